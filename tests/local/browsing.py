"""Drive the web inbox in a real browser: one per module; every request it makes is recorded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, Playwright, expect

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
SIZES = {400: 800, 1280: 800}
PATIENCE = 20_000  # milliseconds, for a machine that is busy with other tests

expect.set_options(timeout=PATIENCE)


def start_browser(playwright: Playwright) -> Browser:
    # Without the browser's sandbox: the gate may run as root, and nothing opened here comes from elsewhere.
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])


@dataclass
class Seen:
    """What a page did: every URL it requested, and anything that must not happen."""

    urls: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        self.trouble.append(what)

    def dismiss(self, dialog: Dialog) -> None:
        self.note(dialog.message)
        dialog.dismiss()

    def leaving(self, url: str) -> list[str]:
        """The requests to anything but the server."""
        return [each for each in self.urls if not each.startswith((f"{url}/", "data:"))]


@contextmanager
def open_page(browser: Browser, width: int = 1280, *, dark: bool = False) -> Iterator[tuple[Page, Seen]]:
    """Open a page in its own profile. Requests beyond loopback are recorded and fail."""
    seen = Seen()
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(PATIENCE)
    context.on("request", lambda request: seen.urls.append(request.url))
    context.route(lambda url: "//127.0.0.1:" not in url, lambda route: route.abort())
    page = context.new_page()
    page.on("dialog", lambda dialog: seen.dismiss(dialog))
    page.on("popup", lambda popup: seen.note(popup.url))
    page.on("pageerror", lambda error: seen.note(str(error)))
    page.on("console", lambda message: seen.note(message.text) if message.type == "error" else None)
    try:
        yield page, seen
    finally:
        context.close()


def assert_accessible(page: Page, where: str) -> None:
    """Assert that axe reports nothing critical or serious."""
    found = [each for each in Axe().run(page).response["violations"] if each["impact"] in ("serious", "critical")]
    assert not found, (where, [(each["id"], [node["html"] for node in each["nodes"]]) for each in found])


def assert_fits(page: Page, where: str) -> None:
    """Assert that the page does not scroll horizontally."""
    widths = page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]")
    assert max(widths[:2]) <= widths[2], (where, widths)
