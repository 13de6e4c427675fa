"""The user's web browser."""

from __future__ import annotations

import os


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
