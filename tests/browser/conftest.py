"""A real Chromium on a real site with the demo practice."""

import os
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.engines.fixtures import firefox, new_visitor, webkit_screen  # noqa: F401
from tests.browser.engines.installed import missing
from tests.browser.sites import listed, open_browser, sites  # noqa: F401
from tests.pace import PATIENCE
from tests.site import running_site

# Playwright keeps an event loop in the process, where Django then suspects every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_collection_modifyitems(config, items):
    here = os.path.dirname(__file__)
    absent = missing()
    for item in items:
        if not str(item.path).startswith(here):
            continue
        engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")
        engine = engine or "chromium"
        item.add_marker(pytest.mark.browser)
        # An engine is launched once, by the one process that has all of its tests.
        item.add_marker(pytest.mark.xdist_group("browser" if engine == "chromium" else engine))
        # On two busy cores Chromium now and then loses a key or a click. Once more, and said aloud
        # (`-rR`), but only for a wait in vain: an assertion that fails has failed.
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError"]))
        if engine in absent:
            item.add_marker(pytest.mark.skip(reason=f"NO {engine.upper()} on this machine"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    setattr(item, f"failed_{report.when}", report.failed)
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    with running_site(tmp_path_factory.mktemp("site"), MAIA_WEB_WORKERS="2") as site:
        yield site


PROVOKED = (
    "the server responded with a status of 4",
    "net::ERR_INTERNET_DISCONNECTED",
    "Failed to fetch",
)


@pytest.fixture
def page(page):
    """Any error in the console is a failure, but for the 4xx and the lost network of a test."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda m: (
            errors.append(m.text)
            if m.type == "error" and not any(words in m.text for words in PROVOKED)
            else None
        ),
    )
    page.set_default_timeout(60_000)
    yield page
    assert errors == []


@pytest.fixture
def page_of(browser, browser_context_args):
    """Opens a page as wide as asked, with a script or without, in a context of its own."""
    contexts = []

    def open_page(viewport, **how):
        contexts.append(browser.new_context(**browser_context_args, viewport=viewport, **how))
        contexts[-1].set_default_timeout(60_000)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def mailbox(site, context):
    """Waits for an email to somebody, and reads its text."""

    def read(to, subject):
        reader = context.new_page()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            reader.goto(f"{site.base}/demo/messages/?to={to}")
            mail = reader.locator(".mail", has_text=subject)
            if mail.count():
                pre = mail.first.locator("pre")
                text = pre.text_content()
                reader.close()
                return text
            time.sleep(0.3)
        raise AssertionError(f"no email to {to}")

    return read


@pytest.fixture
def code_for(mailbox):
    return lambda to: re.search(r"\b\d{6}\b", mailbox(to, "votre code")).group()


def assert_accessible(page):
    """By WCAG 2.2 AA in light colours; in dark ones, which change nothing else, the contrast."""
    levels = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
    for scheme, rules in (("light", levels), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        results = Axe().run(page, options={"runOnly": rules})
        assert results.violations_count == 0, f"{scheme}: {results.generate_report()}"
