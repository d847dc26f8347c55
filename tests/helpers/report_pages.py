"""Open pages of a report that the tests of a module share: to open one takes three seconds."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

GO = "at => { document.activeElement.blur(); location.hash = at; scrollTo(0, 0); }"


def open_page(browser: Any, width: int, dark: bool, **context: Any) -> Any:
    """An empty page that keeps its `complaints`, messages of any kind, and its `requests`.

    context: other arguments of a browser context.
    """
    made = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if dark else "light",
        **context,
    )
    page = made.new_page()
    page.complaints, page.requests = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
    page.on("request", lambda request: page.requests.append(request.url))
    return page


class SharedPages:
    """The pages of one browser, by all that they were opened with except for the fragment.

    The next test gets the page where the last one left it, with its complaints and requests so
    far; after one that says that it changes the page, as it is when loaded, without complaints.
    """

    def __init__(self, browser: Any, file: Path):
        self.browser, self.file = browser, file
        self.pages: dict[tuple, Any] = {}
        self.changed: set[Any] = set()

    def fresh(
        self, at: str = "", width: int = 1280, dark: bool = False, policy: bool = True
    ) -> Any:
        """A new page whose scripts have run; its charts may not be there yet."""
        page = open_page(
            self.browser,
            width,
            dark,
            offline=True,
            bypass_csp=not policy,  # for the scripts of a test, which the page refuses
            accept_downloads=True,
        )
        page.goto(self.file.as_uri() + at)
        return page

    def at(self, at: str = "", width: int = 1280, dark: bool = False, policy: bool = True) -> Any:
        """The page of this width, these colours and this language, all drawn, at a fragment."""
        address = urlsplit(at)
        key = (address.query, width, dark, policy)
        if key not in self.pages:
            self.pages[key] = self.fresh(at, width, dark, policy)
        page = self.pages[key]
        if page in self.changed:
            self.changed.remove(page)
            page.complaints.clear()
            page.goto("about:blank")
            page.goto(self.file.as_uri() + at)
        page.wait_for_selector("html[data-drawn=yes]", timeout=120_000)
        page.mouse.move(0, 0)
        page.evaluate(GO, address.fragment)
        shown = f"#{address.fragment or 'answer'}"
        page.locator(f"[data-panel-of]:not(.waiting):is({shown}, :has({shown}))").wait_for()
        return page
