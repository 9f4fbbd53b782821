"""Browsers as old as docs/browsers.md allows: what is newer is taken away from Chromium, and the
pages still say all that they have to say."""

import re

import pytest

from tests.browser.test_booking import open_slots, sign_in

pytestmark = pytest.mark.once

WITHOUT = """
(() => {
  const known = CSS.supports.bind(CSS);
  CSS.supports = (...asked) => !/color-mix|subgrid/.test(asked.join(" ")) && known(...asked);
})();
"""


@pytest.fixture
def older(page):
    """Neither `color-mix()` nor `subgrid`: Chrome 109, the last of Windows 7 and 8."""

    def strip(route):
        answer = route.fetch()
        css = re.sub(r"color-mix\(|subgrid|:has\(", "unknown-\\g<0>", answer.text())
        route.fulfill(response=answer, body=css)

    page.route("**/*.css", strip)
    page.add_init_script(WITHOUT)
    return page


def look(element, *properties):
    return element.evaluate(
        "(e, names) => names.map((n) => getComputedStyle(e).getPropertyValue(n))", list(properties)
    )


def test_a_slot_and_a_pressed_button_are_seen(older, site):
    open_slots(older, site)
    ground, line, width = look(
        older.locator(".slot").first, "background-color", "border-top-color", "border-top-width"
    )
    assert ground not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)")
    assert line not in ("rgba(0, 0, 0, 0)", ground)
    assert width == "1px"
    older.locator(".slot").first.click()
    button = older.get_by_role("button", name="Recevoir un code")
    button.hover()
    older.wait_for_function(
        """() => {
          const button = document.querySelector("button:hover");
          if (!button) return false;
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = "var(--accent-pressed)";
          const pressed = getComputedStyle(probe).color;
          probe.remove();
          return getComputedStyle(button).backgroundColor === pressed;
        }"""
    )
    ink, ground = look(button, "color", "background-color")
    assert ink == "rgb(255, 255, 255)"
    assert ground not in ("rgba(0, 0, 0, 0)", ink)


def test_the_agenda_is_a_list_and_says_why(older, site):
    sign_in(older, site, "camille@lilas.example", leads_to="**/pro/")
    older.get_by_text("trop ancien pour dessiner").wait_for()
    older.locator(".ec-list .ec-event").first.wait_for()
    assert older.get_by_role("button", name="Semaine").count() == 0
    older.locator(".ec-event").first.click()
    older.locator("#panel-page h1").wait_for()


def test_a_browser_of_today_has_the_week_and_no_such_sentence(page, site):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.locator(".ec-week-view .ec-event").first.wait_for()
    assert not page.locator(".no-columns").is_visible()


def test_the_axis_has_whole_hours_when_something_begins_at_a_quarter(page, site):
    sign_in(page, site, "ines@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/events/new/")
    today = page.evaluate("new Date().toLocaleDateString('sv')")
    page.fill("#id_title", "Livraison")
    page.fill("#id_date", today)
    for field, hour in (("#id_time", "06:15"), ("#id_until", "06:40")):
        page.fill(field, hour)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("C’est enregistré").wait_for()
    page.goto(f"{site.base}/pro/")
    page.locator(".ec-event", has_text="Livraison").wait_for()
    page.wait_for_function(
        "document.querySelector('.ec-sidebar .ec-slot')?.textContent.includes('06') ||"
        "document.querySelectorAll('.ec-sidebar .ec-slot').length > 28"
    )
    labels = {text for text in page.locator(".ec-sidebar .ec-slot").all_inner_texts() if text}
    assert labels == {f"{hour:02}:00" for hour in range(7, 21)}  # the first has no room for a label
