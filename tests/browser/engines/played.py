"""Chromium, and Debian's own Firefox (over WebDriver BiDi), by Playwright."""

from typing import Any

from playwright.sync_api import Browser, Error, Frame

from tests.browser.engines.page import AT_ONCE, MEANT, PATIENCE, Page, Visitor

# A test may provoke a refusal: that a page was refused is no complaint of the page.
PROVOKED = "the server responded with a status of 4"


class PlayedPage(Page):
    def __init__(self, frame: Frame, *, framed: bool = False) -> None:
        self.frame, self.framed = frame, framed

    def run(self, script: str, argument: Any = None) -> Any:
        return self.frame.evaluate(script, argument)

    def open(self, url: str) -> None:
        self.frame.goto(url)

    def _press(self) -> None:
        if self.framed:  # of those that are sent into a frame, one is lost now and then
            self.frame.evaluate(f"() => document.querySelector('{MEANT}').click()")
        else:
            self.frame.click(MEANT, timeout=AT_ONCE * 1000)

    def _type(self, text: str) -> None:
        self.frame.fill(MEANT, text, timeout=AT_ONCE * 1000)

    def in_frame(self) -> "PlayedPage":
        held = self.frame.wait_for_selector("iframe").content_frame()
        assert held is not None
        return PlayedPage(held, framed=True)

    def is_between_pages(self, error: Exception) -> bool:
        return isinstance(error, Error)


class PlayedVisitor(Visitor):
    def __init__(self, browser: Browser, width: int) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale="fr-FR",
            timezone_id="Europe/Paris",
            ignore_https_errors=True,
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.said: list[str] = []
        self.context.on("weberror", lambda error: self.said.append(str(error.error)))
        self.context.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type == "error" and PROVOKED not in message.text:
            self.said.append(message.text)

    def page(self) -> PlayedPage:
        return PlayedPage(self.context.new_page().main_frame)

    def next_tab(self) -> PlayedPage:
        if len(self.context.pages) < 2:
            self.context.wait_for_event("page")
        return PlayedPage(self.context.pages[-1].main_frame)

    def complaints(self) -> list[str]:
        return self.said

    def leave(self) -> None:
        self.context.close()
