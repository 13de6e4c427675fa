"""`--web` opens the page of mailtrap.io that shows the same thing; the pages are those in the API's documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.loopback import Loopback, Reply


def browser(tmp_path: Path) -> dict[str, str]:
    return {"BROWSER": f"sh -c 'echo \"$0\" > {tmp_path}/seen' %s"}


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        (("domains", "list"), "https://mailtrap.io/domains"),
        (("tokens", "list"), "https://mailtrap.io/api-tokens"),
        (("sandboxes", "get", "7"), "https://mailtrap.io/sandboxes/7/settings"),
    ],
)
def test_the_page_is_opened_and_printed_without_a_request(
    mailtrap: Run, server: Loopback, tmp_path: Path, arguments: tuple[str, ...], page: str
) -> None:
    result = mailtrap(*arguments, "--web", env={**server.env, **browser(tmp_path)})
    assert (result.code, result.out) == (0, f"{page}\n")
    assert (tmp_path / "seen").read_text().strip() == page


def test_a_name_is_looked_up_for_the_page(mailtrap: Run, server: Loopback, tmp_path: Path) -> None:
    server.reply(Reply(200, [{"id": 7, "name": "Staging"}]))
    result = mailtrap("sandboxes", "get", "Staging", "--web", "-o", "json", env={**server.env, **browser(tmp_path)})
    assert result.json() == {"url": "https://mailtrap.io/sandboxes/7/settings"}


def test_without_a_browser_the_url_is_printed(mailtrap: Run, server: Loopback) -> None:
    result = mailtrap("domains", "list", "--web", env={**server.env, "BROWSER": "false"})
    assert (result.code, result.out) == (0, "https://mailtrap.io/domains\n")
    assert "Could not start a browser" in result.err


def test_the_local_sandbox_has_no_page(mailtrap: Run) -> None:
    result = mailtrap("sandboxes", "get", "1", "--web", "-p", "local")
    assert result.code == 2
    assert "no page on mailtrap.io" in result.err
