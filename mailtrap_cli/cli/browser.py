"""Open pages of Mailtrap's website in the user's browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from ..config.settings import Settings
    from .context import World

SITE = "https://mailtrap.io"


def open_in_browser(address: str, shown: str = "") -> str:
    """Open a URL. Return "", or a sentence for the user if there is no browser; it names `shown` in place of the URL if
    given.

    Waits for the program that $BROWSER names to exit.
    """
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        browser = None
    # A text browser (w3m, lynx) would take over the terminal, so use one only if the user chose it.
    on_terminal = type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER")
    if browser is not None and not on_terminal and webbrowser.open(address):
        return ""
    return f"Could not start a browser: open {shown or address} yourself, or set BROWSER."


def open_page(world: World, settings: Settings, path: str) -> None:
    """Print the address of a page of Mailtrap's website and open it. Raises InputError for the local sandbox."""
    if settings.local:
        raise InputError(
            "--web: the local sandbox has no page on mailtrap.io", hint="For its web inbox, run: mailtrap local serve"
        )
    url = f"{SITE}{path}"
    world.out.text({"url": url}, url)
    world.stdout.flush()
    if problem := open_in_browser(url):
        world.notice(problem)
