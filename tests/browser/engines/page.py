"""What a test says of a page, in any engine: the words that a person would use.

Things are found by what is written on them, in one piece of JavaScript that every engine runs. A
step waits for its thing for as long as `PATIENCE`; a thing that never comes is a `TimeoutError`.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

PATIENCE = 20  # seconds: for a slow, noisy machine
AT_ONCE = 5  # for what has just been seen

# Puts the mark on what was asked for, and says whether it is there to be seen.
LOOK = """([kind, name, nth]) => {
  const plain = (text) => (text ?? "").replace(/\\s+/g, " ").trim().toLowerCase();
  const wanted = plain(name);
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
  const said = (e) => plain(e.getAttribute("aria-label") || e.textContent);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const called = (list) => {
    const exact = list.filter((e) => said(e) === wanted);
    return exact.length ? exact : list.filter((e) => said(e).includes(wanted));
  };
  let things = [];
  if (kind === "css") things = all(name);
  if (kind === "link") things = called(all("a[href]").filter(seen));
  if (kind === "button") things = called(all("button, summary").filter(seen));
  if (kind === "field") things = called(all("label")).map((label) => label.control ?? label);
  if (kind === "words") return all("body").some((e) => plain(e.innerText).includes(wanted));
  things = things.filter(seen);
  for (const old of all("[data-meant]")) old.removeAttribute("data-meant");
  const meant = things.at(nth);
  meant?.setAttribute("data-meant", "");
  return Boolean(meant);
}"""
MEANT = "[data-meant]"
DROPPED = "e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}))"


class Page(ABC):
    """A page, or what a frame of it holds."""

    @abstractmethod
    def run(self, script: str, argument: Any = None) -> Any:
        """What a JavaScript function of one argument returns there."""

    @abstractmethod
    def open(self, url: str) -> None: ...

    @abstractmethod
    def _press(self) -> None:
        """A click on what is meant."""

    @abstractmethod
    def _type(self, text: str) -> None:
        """Into what is meant, in place of what is there."""

    @abstractmethod
    def in_frame(self) -> Self:
        """The page in the first frame of this one."""

    @abstractmethod
    def is_between_pages(self, error: Exception) -> bool:
        """Whether an engine's complaint only says that the page is leaving, or not there yet."""

    def wait(self, what: str, script: str, argument: Any = None) -> Any:
        """Until the script returns something true; that."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if answer := self.run(script, argument):
                    return answer
            except Exception as error:
                if not self.is_between_pages(error):
                    raise
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: waited in vain for {PATIENCE} s. {self._seen()}")
            time.sleep(0.1)

    def follow(self, link: str) -> None:
        self._act("link", link, 0, self._press)

    def press(self, button: str) -> None:
        """A button, or what unfolds."""
        self._act("button", button, 0, self._press)

    def press_on(self, selector: str, nth: int = 0) -> None:
        self._act("css", selector, nth, self._press)

    def fill(self, label: str, text: str) -> None:
        self._mean("field", label)
        kind = self.run(f"() => document.querySelector('{MEANT}').type")
        if kind in ("date", "time", "color"):  # each engine has its own way to type these
            self.run(
                f"(text) => {{ const e = document.querySelector('{MEANT}'); e.value = text; {DROPPED} }}",
                text,
            )
        else:
            self._act("field", label, 0, lambda: self._type(text))

    def tick(self, label: str) -> None:
        self._act("field", label, 0, self._press)

    def choose(self, label: str, option: str) -> None:
        """Of a list, the first line that begins so."""
        self._mean("field", label)
        chosen = self.run(
            f"""(option) => {{ const e = document.querySelector('{MEANT}');
            const i = [...e.options].findIndex((o) => o.text.startsWith(option));
            e.selectedIndex = i; {DROPPED}; return i; }}""",
            option,
        )
        assert chosen >= 0, f"{label} has no {option}"

    def sees(self, words: str) -> None:
        self.wait(words, LOOK, ["words", words, 0])

    def sees_one(self, selector: str) -> None:
        self._mean("css", selector)

    def text(self, selector: str) -> str:
        self._mean("css", selector)
        return str(self.run(f"() => document.querySelector('{MEANT}').innerText"))

    def value(self, label: str) -> str:
        self._mean("field", label)
        return str(self.run(f"() => document.querySelector('{MEANT}').value"))

    def count(self, selector: str) -> int:
        return int(self.run("(s) => document.querySelectorAll(s).length", selector))

    def arrives(self, part: str) -> str:
        """Until the address has ``part``; the whole of it."""
        script = "(part) => location.href.includes(part) && document.readyState === 'complete' && location.href"
        return str(self.wait(part, script, part))

    def back(self) -> None:
        self.run("() => history.back()")

    def scrolls_sideways(self) -> int:
        """How many pixels stick out."""
        return int(self.run("() => document.documentElement.scrollWidth - innerWidth"))

    def _act(self, kind: str, name: str, nth: int, act: Callable[[], None]) -> None:
        """On the page that is there: one that leaves meanwhile takes the mark along."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._mean(kind, name, nth)
            try:
                return act()
            except Exception as error:
                if not self.is_between_pages(error) or time.monotonic() > deadline:
                    raise

    def _mean(self, kind: str, name: str, nth: int = 0) -> None:
        self.wait(name, LOOK, [kind, name, nth])

    def _seen(self) -> str:
        try:
            return str(self.run("() => location.href + '\\n' + document.body.innerText"))
        except Exception as error:
            return str(error)


class Visitor(ABC):
    """Somebody with a browser of her own, and no cookie in it yet."""

    @abstractmethod
    def page(self) -> Page:
        """A new one."""

    @abstractmethod
    def next_tab(self) -> Page:
        """The one that a link has opened."""

    @abstractmethod
    def complaints(self) -> list[str]:
        """The errors that pages wrote on their console."""

    @abstractmethod
    def leave(self) -> None: ...
