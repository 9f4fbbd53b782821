"""`visitor`: somebody new in the engine of the test's parameter. Nobody's console may complain."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.browser.engines.installed import ENGINES, find_firefox
from tests.browser.engines.page import Visitor
from tests.browser.engines.played import PlayedVisitor
from tests.browser.engines.webkit import WebKitVisitor, screen

PHONE, DESKTOP = 390, 1280
in_every_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture(scope="session")
def firefox(playwright):
    """Launching it takes ten seconds: once."""
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=find_firefox(),
        firefox_user_prefs={"intl.locale.requested": "fr"},  # its date fields too
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def webkit_screen():
    with screen() as env:
        yield env


@pytest.fixture
def new_visitor(request, engine: str) -> Iterator[Callable[..., Visitor]]:
    visitors = []
    with ExitStack() as leaving:

        def new(width: int, **options: bool) -> Visitor:
            if engine == "webkit":
                env = request.getfixturevalue("webkit_screen")
                visitor: Visitor = WebKitVisitor(env, width, **options)
            else:
                name = "browser" if engine == "chromium" else engine
                visitor = PlayedVisitor(request.getfixturevalue(name), width, **options)
            leaving.callback(visitor.leave)
            visitors.append(visitor)
            return visitor

        yield new
        assert [line for visitor in visitors for line in visitor.complaints()] == []
