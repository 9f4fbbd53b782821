"""docs/webmestres.md, followed to the letter: what it says to paste is pasted, and works."""

import re
from pathlib import Path

import pytest

from tests.browser.sites import follow

pytestmark = pytest.mark.once

GUIDE = Path("docs/webmestres.md").read_text()
EXAMPLE = "https://rdv.example.fr"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


HAND_WRITTEN = next(b for b in blocks("html") if b.startswith("<!doctype"))
LINES = next(b for b in blocks("html") if b.startswith("<div>"))
FRAME = next(b for b in blocks("html") if b.startswith("<iframe"))
LINK = next(b for b in blocks("html") if b.startswith("<a "))


@pytest.fixture
def visit(sites, listed, open_browser):
    """Puts a page on the website and opens it."""

    def visit(html, policy="", fragment=""):
        sites.host.pages["/page"] = html.replace(EXAMPLE, sites.base)
        sites.host.policies["/page"] = policy.replace(EXAMPLE, sites.base)
        page = open_browser().new_page()
        page.goto(f"{sites.around}/page{fragment}")
        return page

    return visit


def around(html):
    return f"<!doctype html><html lang=fr><meta charset=utf-8><title>x</title><body>{html}</body>"


def test_ten_lines_written_by_hand_show_the_working_booking_page(visit, listed, sites):
    assert len(HAND_WRITTEN.strip().splitlines()) <= 10
    page = visit(HAND_WRITTEN)
    frame = page.frame_locator("iframe")
    follow(frame.get_by_role("link", name="Suivi de grossesse"))
    follow(frame.locator(".slot").first)
    frame.locator("[name=email]").wait_for()


def test_the_lines_are_those_of_the_settings(listed, sites):
    def plain(text):
        return text.replace(EXAMPLE, sites.base).split()

    assert plain(LINES) == plain(listed)
    assert LINES in HAND_WRITTEN


def test_the_plain_frame_and_the_plain_link(visit):
    frame = visit(around(FRAME)).frame_locator("iframe")
    frame.get_by_role("link", name="Suivi de grossesse").wait_for()
    page = visit(around(LINK))
    page.get_by_role("link", name="Prendre rendez-vous").click()
    page.get_by_role("link", name="Suivi de grossesse").wait_for()


def test_the_address_for_wix_is_the_plain_frames():
    (address, *_rest) = blocks("text")
    assert address.strip() in FRAME


def test_each_option_of_the_table(visit, sites):
    rows = re.findall(r"\| `(data-\w+)=\"([^\"]+)\"` \| `\?(\w+)=([^`]+)` \|", GUIDE)
    names = [attribute for attribute, *_ in rows]
    assert names == ["data-practitioner", "data-type", "data-language", "data-accent"]
    real = {"practitioner": "2", "type": "2"}  # those of the demo
    signs = {
        "practitioner": lambda f: f.get_by_role("navigation", name="Praticienne").count() == 0,
        "type": lambda f: f.locator(".slots").count() == 1,
        "language": lambda f: f.locator("html").get_attribute("lang") == "en-GB",
        "accent": lambda f: f.locator("link[href*='1f7a5c']").count() == 1,
    }
    for attribute, value, parameter, in_address in rows:
        assert attribute == f"data-{parameter}"
        value = real.get(parameter, value)
        lines = LINES.replace("<script", f'<script {attribute}="{value}"')
        plain = FRAME.replace("/embed/", f"/embed/?{parameter}={real.get(parameter, in_address)}")
        for html in (lines, plain):
            frame = visit(around(html)).frame_locator("iframe")
            frame.locator("h1").wait_for()
            assert signs[parameter](frame), html


def test_the_policy_and_the_event(visit):
    policy = next(b for b in blocks("text") if b.startswith("script-src")).strip()
    frame = visit(around(LINES), policy=f"default-src 'none'; {policy}").frame_locator("iframe")
    frame.locator(".types").first.wait_for()
    (script,) = blocks("js")
    assert 'addEventListener("maia:booked"' in script  # heard in test_embed


def test_a_link_to_a_type(visit):
    assert 'href="#rendez-vous-12"' in GUIDE
    frame = visit(around(LINES), fragment="#rendez-vous-2").frame_locator("iframe")
    frame.locator(".slots").wait_for()


def test_what_the_guide_shows_is_there():
    for picture in re.findall(r"\]\((images/[^)]+)\)", GUIDE):
        assert (Path("docs") / picture).exists(), picture
