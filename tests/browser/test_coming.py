"""*Prochains créneaux* in a real browser: the acts of the guide's tasks are counted."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_agenda import drawn
from tests.browser.test_booking import sign_in
from tests.browser.test_panel import PHONE, opened

pytestmark = pytest.mark.once


class Thumb:
    """Taps, and counts them. What it taps is in sight, and lies under nothing."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, what):
        what.wait_for()
        what.tap()
        self.taps += 1


def is_on_top(what):
    """From its upper to its lower edge."""
    return what.evaluate("""e => {
        const box = e.getBoundingClientRect();
        const x = box.left + box.width / 2;
        return [box.top + 2, box.bottom - 2].every((y) => {
            const top = document.elementFromPoint(x, y);
            return top === e || e.contains(top);
        });
    }""")


@pytest.fixture
def thumb(site, browser, browser_context_args):
    context = browser.new_context(**browser_context_args, viewport=PHONE, has_touch=True)
    page = context.new_page()
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    drawn(page)
    yield Thumb(page)
    context.close()


def test_at_the_end_of_a_visit_the_next_one_takes_four_taps(site, thumb):
    page = thumb.page
    page.goto(f"{site.base}/pro/?date=2027-01-12&view=day")
    drawn(page)
    visit = page.locator(".ec-event a.opens", has=page.locator(".kind")).first
    name = visit.locator(".who").inner_text()
    thumb.tap(visit)
    panel = opened(page)
    thumb.tap(panel.get_by_role("link", name="dans 4 semaines"))
    panel.locator("#note").wait_for()
    expect(panel.locator(".picked")).to_contain_text(name)
    days = panel.locator("#availability .day")
    expect(days.first).to_be_visible()
    mornings = panel.locator("#availability .times").nth(1).locator("button")  # a Tuesday
    expect(days.nth(1)).to_contain_text("mardi")
    # All that is listed can be tapped: what saves stands under it, never over it.
    for time in panel.locator("#availability .slot").all():
        time.scroll_into_view_if_needed()
        assert is_on_top(time), time.inner_text()
    assert_accessible(page)
    wanted = mornings.first
    when = wanted.get_attribute("data-time")
    thumb.tap(wanted)
    expect(wanted).to_have_attribute("aria-pressed", "true")
    expect(panel.locator("#until")).to_contain_text(re.compile(rf"mardi .*, {when} jusqu’à"))
    thumb.tap(panel.get_by_role("button", name="Enregistrer le rendez-vous"))
    expect(panel).to_be_hidden()
    assert thumb.taps == 4


def test_wishes_are_one_tap_each(site, thumb):
    page = thumb.page
    page.goto(f"{site.base}/pro/appointments/new/")
    page.locator("#id_type").select_option(index=1)
    times = page.locator("#availability .slot")
    times.first.wait_for()  # nothing was pressed
    thumb.tap(page.get_by_role("button", name="Dans 6 semaines"))
    expect(page.get_by_role("button", name="Dans 6 semaines")).to_have_attribute(
        "aria-pressed", "true"
    )
    with page.expect_response("**/availability/**"):
        thumb.tap(page.locator(".chip", has_text="matin").first)
    with page.expect_response("**/availability/**"):
        thumb.tap(page.locator("label.chip", has=page.get_by_label("mardi")))
    expect(page.locator("#availability")).not_to_have_attribute("aria-busy", "true")
    days = page.locator("#availability .day").all_inner_texts()
    assert days, "she has Tuesday mornings"
    assert all("mardi" in day for day in days)
    hours = page.locator("#availability .slot").evaluate_all("all => all.map(e => e.dataset.time)")
    assert max(hours) < "12:00"
    page.get_by_text("Plus tard", exact=False).first.wait_for()
    assert thumb.taps == 3


def test_on_a_phone_the_page_shows_a_free_time_and_its_button_at_once(site, thumb):
    page = thumb.page
    page.goto(f"{site.base}/pro/appointments/new/?date=2026-12-25")
    expect(page.locator(".will-be")).to_have_text("Aucune heure n’est encore choisie.")
    page.locator("#id_type").select_option(index=1)
    expect(page.locator("#availability .none-on")).to_contain_text("vendredi 25 décembre")
    page.evaluate("scrollTo(0, 0)")
    time, save = page.locator("#availability .slot").first, page.locator(".saves button")
    assert_accessible(page)
    for one in (time, save):
        expect(one).to_be_in_viewport(ratio=1)
        assert is_on_top(one)
    thumb.tap(time)
    words = rf"{time.get_attribute('data-time')} jusqu’à"
    expect(page.locator(".will-be")).to_contain_text(re.compile(words))
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert is_on_top(save)
    assert is_on_top(page.locator("#note summary").last)


def test_on_the_telephone_the_first_free_time_by_keys_alone(site, page):
    """Whom, her name, her number, the type: the first free time of the day is there."""
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2027-02-23&view=week")
    drawn(page)
    keys = page.keyboard
    keys.press("n")
    panel = opened(page)
    page.locator("#panel [name=patient_search]:focus").wait_for()
    keys.type("Zoé Téléphone")
    panel.get_by_role("option", name="Nouvelle patiente").wait_for()
    keys.press("ArrowUp")
    keys.press("Enter")
    expect(panel.locator("#id_last_name")).to_have_value("Téléphone")
    panel.locator("#id_type").focus()
    keys.type("Suivi de g")
    first = panel.locator("#availability .slot").first
    first.wait_for()
    expect(panel.locator("#id_date")).to_have_value("2027-02-23")
    expect(panel.locator("#id_time")).to_have_value(first.get_attribute("data-time"))
    # Another one by keys: it is taken where the focus is, which stays.
    second = panel.locator("#availability .slot").nth(1)
    second.focus()
    keys.press("Enter")
    expect(second).to_be_focused()
    expect(panel.locator("#id_time")).to_have_value(second.get_attribute("data-time"))
    keys.press("Control+Enter")
    expect(panel).to_be_hidden()
    assert page.url.endswith("?date=2027-02-23&view=week")


def test_moving_shows_the_free_times_at_once(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    page.locator(".ec-event a.opens", has=page.locator(".kind")).first.click()
    panel = opened(page)
    panel.get_by_text("Déplacer ou modifier").click()
    panel.locator("#availability .slot").first.wait_for()
    panel.get_by_role("button", name="1 semaine plus tard").click()
    slot = panel.locator("#availability .slot").first
    expect(panel.locator("[name=from]")).to_have_value("2027-01-18")
    expect(slot).to_have_attribute("data-date", re.compile("2027-01-(1[89]|2)"))
    slot.click()
    expect(panel.locator("#id_time")).to_have_value(slot.get_attribute("data-time"))
    words = rf"\w+ \w+ janvier à {slot.get_attribute('data-time')}, au lieu de \w+ \w+ janvier à "
    expect(panel.locator("#moving .will-be")).to_have_text(re.compile(words))
    panel.get_by_role("button", name="Enregistrer la modification").click()
    expect(page.locator("#agenda-status")).to_contain_text("déplacé")


def test_moving_is_three_taps_without_scrolling(site, thumb):
    page = thumb.page
    page.goto(f"{site.base}/pro/?date=2027-01-13&view=day")
    drawn(page)
    page.locator(".ec-event a.opens", has=page.locator(".kind")).first.tap()
    panel = opened(page)
    thumb.tap(panel.locator("summary", has_text="Déplacer ou modifier"))
    time = panel.locator("#moving [data-time]").first
    expect(time).to_be_in_viewport(ratio=1)
    thumb.tap(time)
    save = panel.get_by_role("button", name="Enregistrer la modification")
    expect(save).to_be_in_viewport(ratio=1)
    assert is_on_top(save)
    thumb.tap(save)
    expect(panel).to_contain_text("rendez-vous déplacé au")
    assert thumb.taps == 3


def test_the_first_free_time_is_that_of_the_type_from_today_on(site, page):
    """What is guessed before a type is known says nothing of another's times."""
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/appointments/new/?practitioner=1")
    today = page.input_value("[name=from]")
    for type in page.locator("#id_type option").evaluate_all(
        "all => all.slice(1, 4).map(e => e.value)"
    ):
        with page.expect_response(lambda answer: "availability" in answer.url):
            page.select_option("#id_type", type)
        first = page.locator("[data-time]").first
        expect(first).to_have_attribute("aria-pressed", "true")
        assert page.input_value("[name=from]") == today
        assert page.input_value("#id_date") == first.get_attribute("data-date")
        assert page.input_value("#id_time") == first.get_attribute("data-time")
