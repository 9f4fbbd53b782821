"""WebKitGTK: Debian's WebKitWebDriver and a window of our own (`minibrowser.py`), by selenium."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By

from tests.browser.engines.page import MEANT, PATIENCE, Page, Visitor

WINDOW = Path(__file__).with_name("minibrowser.py")


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """A screen that nobody looks at; the environment of what is to be drawn on it."""
    read, write = os.pipe()
    size = ["-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    command = ["Xvfb", "-displayfd", str(write), *size]
    xvfb = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as number:  # written when it is ready
            display = number.readline().strip()
        yield {
            **os.environ,
            "DISPLAY": f":{display}",
            "LANG": "fr_FR.UTF-8",
            "LC_ALL": "fr_FR.UTF-8",
            "TZ": "Europe/Paris",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            # Its sandbox wants namespaces, which a container does not give; it sees tests only.
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
    finally:
        xvfb.terminate()
        xvfb.wait(10)


class WebKitPage(Page):
    def __init__(self, driver: WebKitGTK, window: str, *, framed: bool = False) -> None:
        self.driver, self.window, self.framed = driver, window, framed

    def run(self, script: str, argument: Any = None) -> Any:
        self._go()
        return self.driver.execute_script(f"return ({script})(arguments[0])", argument)

    def open(self, url: str) -> None:
        self._go()
        self.driver.get(url)

    def _press(self) -> None:
        if self.framed:  # WebKit loses clicks and keys that are sent into a frame
            self.run(f"() => document.querySelector('{MEANT}').click()")
        else:
            self.run(f"() => document.querySelector('{MEANT}').scrollIntoView({{block: 'center'}})")
            self.driver.find_element(By.CSS_SELECTOR, MEANT).click()

    def _type(self, text: str) -> None:
        if self.framed:
            self.run(
                f"""(text) => {{ const e = document.querySelector('{MEANT}'); e.value = text;
                e.dispatchEvent(new Event("input", {{ bubbles: true }})); }}""",
                text,
            )
            return
        field = self.driver.find_element(By.CSS_SELECTOR, MEANT)
        field.clear()
        field.send_keys(text)

    def in_frame(self) -> "WebKitPage":
        return WebKitPage(self.driver, self.window, framed=True)

    def is_between_pages(self, error: Exception) -> bool:
        return isinstance(error, WebDriverException)

    def _go(self) -> None:
        self.driver.switch_to.window(self.window)
        if self.framed:
            self.driver.switch_to.frame(self.driver.find_element(By.TAG_NAME, "iframe"))


class WebKitVisitor(Visitor):
    def __init__(self, env: dict[str, str], width: int, *, refuse_cookies: bool = False) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="maia-webkit-")
        self.console = Path(self.folder.name) / "console"
        options = WebKitGTKOptions()
        options.binary_location = str(WINDOW)
        for argument in ("--automation", str(width), "844", str(self.console)):
            options.add_argument(argument)
        if refuse_cookies:
            options.add_argument("--refuse-cookies")
        options.set_capability("acceptInsecureCerts", True)
        log = str(Path(self.folder.name) / "driver.log")
        self.driver = WebKitGTK(options=options, service=WebKitGTKService(log_output=log, env=env))
        self.driver.set_page_load_timeout(PATIENCE * 3)
        self.pages: list[str] = []

    def page(self) -> WebKitPage:
        if self.pages:
            self.driver.switch_to.new_window("window")
        return self._on(self.driver.current_window_handle)

    def next_tab(self) -> WebKitPage:
        deadline = time.monotonic() + PATIENCE
        while not (new := set(self.driver.window_handles) - set(self.pages)):
            if time.monotonic() > deadline:
                raise TimeoutError("no window has opened")
            time.sleep(0.1)
        return self._on(new.pop())

    def _on(self, window: str) -> WebKitPage:
        self.pages.append(window)
        return WebKitPage(self.driver, window)

    def complaints(self) -> list[str]:
        return self.console.read_text().splitlines() if self.console.exists() else []

    def leave(self) -> None:
        self.driver.quit()
        self.folder.cleanup()
