"""What email clients lack, found in HTML."""

from __future__ import annotations

from mailtrap_cli.local.html_support import find_unsupported


def test_features_that_clients_lack_are_named_with_their_lines_and_clients() -> None:
    html = """<p>hi</p>
<video></video><style>
/* float: left; */
@font-face { font-family: x }
a:hover { color: red }
</style>
<div style="border-radius: 3px; display: flex; background: linear-gradient(red, blue)">x</div>"""
    found = {finding.feature: finding for finding in find_unsupported(html)}
    assert {"<video>", "@font-face", ":hover", "border-radius", "display: flex", "linear-gradient()"} <= set(found)
    assert (found["<video>"].line, found["@font-face"].line, found["border-radius"].line) == (2, 4, 7)
    assert "Outlook (Windows)" in found["border-radius"].clients["desktop"]
    assert "float" not in found


def test_plain_html_has_no_findings() -> None:
    assert find_unsupported('<p>Hello <b>Ada</b>, <a href="https://x.example">here</a></p>') == []


def test_broken_html_and_css_are_read_as_far_as_possible() -> None:
    for html in ("<style>a{", "<![x", "<style>/* ", "<p style=':;::'>", "<style>" + "{" * 10_000):
        find_unsupported(html)
