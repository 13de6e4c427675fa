"""The flags that errors name for the options and fields of the layers below."""

from __future__ import annotations

import re

# Fields whose flags have another name; all others are the flag, with hyphens.
_FLAGS = {
    "custom_variables": "--variable",
    "headers": "--header",
    "template_uuid": "--template",
    "template_variables": "--template-var",
}


def name_flag(field: str) -> str:
    """Return the flag that sets a field, such as `--inline` for `attachments[0].content_id`."""
    root = root_of(field)
    if root == "attachments":
        return "--inline" if field.endswith(".content_id") else "--attach"
    return _FLAGS.get(root) or f"--{root.replace('_', '-')}"


def root_of(field: str) -> str:
    """Return the first step of a path: `attachments` for `attachments[0].content_id`."""
    return re.split(r"[.\[]", field)[0]
