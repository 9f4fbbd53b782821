"""What has the focus lies under nothing (WCAG 2.4.11), what is tapped is large enough (2.5.8)."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_booking import sign_in
from tests.browser.test_in_one_press import CAME, a_day_to_note, ask_about
from tests.browser.test_panel import PHONE

pytestmark = pytest.mark.once
LOW = {"width": 1280, "height": 700}

# Of what one taps to toggle it: itself or its label, whichever is the larger.
TARGETS = """all => all.filter(e => e.checkVisibility?.() ?? e.offsetParent).map(e => {
    const sizes = [e, ...(e.labels ?? [])].map(one => one.getBoundingClientRect());
    return [e.name, Math.max(...sizes.map(({ width, height }) => Math.min(width, height)))];
})"""
DRAWN = """all => all.map(e => e.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height))"""


@pytest.mark.parametrize("size", [PHONE, LOW], ids=["390", "1280"])
def test_no_tick_has_the_focus_under_what_saves(site, page_of, size):
    page = page_of(size)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    ask_about(page, site, "2027-01-11", "2027-01-22")
    ticks = page.locator(".covered [name=goes]")
    count = ticks.count()
    assert count > 5
    ticks.first.focus()
    seen = 0
    for _tick in range(count):
        low, bar, top, hit = page.evaluate("""() => {
            const e = document.activeElement, box = e.getBoundingClientRect();
            const bar = document.querySelector(".actions.foot").getBoundingClientRect();
            const middle = [box.left + box.width / 2, box.bottom - 1];
            return [box.bottom, bar.top, box.top, document.elementFromPoint(...middle) === e];
        }""")
        assert page.evaluate("document.activeElement.name") == "goes"
        assert top >= 0
        assert low <= bar
        assert hit
        seen += bar < size["height"]
        page.keyboard.press("Tab")
    assert seen > 3  # the bar stood there
    # What saves keeps the page where it is: it is in sight already.
    page.evaluate("scrollTo(0, 0)")
    page.locator("button.goes").focus()
    assert page.evaluate("scrollY") == 0


def test_what_is_ticked_on_a_phone_is_as_large_as_a_finger_needs(site, page_of):
    page = page_of(PHONE, has_touch=True)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    ticks = page.locator("input[type=checkbox], input[type=radio]")
    small = {}

    def look():
        sizes = ticks.evaluate_all(TARGETS)
        assert sizes, page.url
        small.update({f"{page.url} {name}": size for name, size in sizes if size < 24})

    ask_about(page, site, "2027-01-11", "2027-01-22")
    look()
    drawn = page.locator(".covered [name=goes]").evaluate_all(DRAWN)
    assert min(drawn) >= 24  # and not with its label only
    a_day_to_note(page, site)
    look()
    page.goto(f"{site.base}/pro/appointments/new/")
    page.locator("#id_type").select_option(index=1)
    page.locator("#availability .slot").first.wait_for()
    expect(page.locator("label.chip").first).to_be_visible()
    look()  # what free times are asked for
    for path in ("/pro/events/new/", "/pro/settings/types/2/"):
        page.goto(site.base + path)
        look()
    for path in ("/pro/appointments/", CAME, "/pro/messages/"):  # filters that are links and fields
        page.goto(site.base + path)
        for one in page.locator("nav.quick :is(a, button, input), details.asked > summary").all():
            box = one.bounding_box()
            assert box is None or min(box["width"], box["height"]) >= 24, one
    assert small == {}


def test_links_of_one_line_are_as_high_as_a_finger_needs(site, page_of):
    page = page_of(PHONE, has_touch=True)
    page.goto(f"{site.base}/accounts/login/")
    links = page.locator("main :is(p, dd, li, small) > a:not([class])")
    height = "all => Math.min(...all.map(e => e.getBoundingClientRect().height))"
    assert links.count()
    assert links.evaluate_all(height) >= 24
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    for path in ("appointments/1/", "patients/81/", "messages/", "settings/tokens/", "nowhere/"):
        page.goto(f"{site.base}/pro/{path}")
        page.locator("h1").wait_for()
        if links.count():
            assert links.evaluate_all(height) >= 24, path


@pytest.mark.parametrize("width", [320, 390])
def test_whose_day_it_is_is_chosen_on_a_phone_within_its_width(site, page_of, width):
    page = page_of({**PHONE, "width": width})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}{CAME}?date=2026-11-27")
    expect(page.locator("#whose option").first).to_have_text("Camille Lefèvre")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_forms_of_few_fields_are_as_wide_as_one_reads(site, page_of):
    page = page_of(LOW)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    for path in ("appointments/1/contact/", "settings/practice/", "settings/privacy/"):
        page.goto(f"{site.base}/pro/{path}")
        assert page.locator("form.measured").bounding_box()["width"] <= 720, path
