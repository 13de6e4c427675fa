"""The user's web browser, and the pages of Mailtrap's website."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from ..config.settings import Settings
    from .context import World

SITE = "https://mailtrap.io"


def open_in_browser(address: str, shown: str = "") -> str:
    """Open an address. Returns "", or a sentence for the user, which names `shown` instead if given, without a browser.

    Waits as long as the program that $BROWSER names runs.
    """
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        browser = None
    # One that draws on the terminal (w3m, lynx) would take it from this program, unless the user chose it.
    on_terminal = type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER")
    if browser is not None and not on_terminal and webbrowser.open(address):
        return ""
    return f"No browser could be started: open {shown or address} yourself, or set BROWSER."


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
