"""The layers below name options by their fields; the command line has them name its flags."""

from __future__ import annotations

import pytest

from mailtrap_cli.cli.flag_names import name_flag
from mailtrap_cli.errors import name_option, naming_options


@pytest.mark.parametrize(
    ("field", "flag"),
    [
        ("skip_invalid", "--skip-invalid"),
        ("headers", "--header"),
        ("custom_variables", "--variable"),
        ("template_uuid", "--template"),
        ("to[2].name", "--to"),
        ("attachments", "--attach"),
        ("attachments[0].content_id", "--inline"),
    ],
)
def test_a_field_is_named_by_its_flag(field: str, flag: str) -> None:
    assert name_option(field) == field
    with naming_options(name_flag):
        assert name_option(field) == flag
    assert name_option(field) == field
