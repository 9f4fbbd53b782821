"""Many at once in one press, and the press that takes it back: what an absence cancels, who came."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import sign_in
from tests.browser.test_panel import PHONE

pytestmark = pytest.mark.once
WIDE = {"width": 1280, "height": 900}
CAME = "/pro/appointments/attendance/"
NAMES = ("Toutes venues", "Défaire")


@pytest.fixture
def office(site, page_of):
    def open_office(viewport, **how):
        page = page_of(viewport, **how)
        sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
        return page

    return open_office


def ask_about(page, site, first, last):
    """An absence over these days: the page that asks which appointments go. Nothing is saved."""
    page.goto(f"{site.base}/pro/absences/new/")
    page.locator("#id_practitioner").select_option("1")
    page.fill("#id_first_date", first)
    page.fill("#id_last_date", last)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.locator(".covered").wait_for()


def a_day_to_note(page, site):
    """The last day with at least three of whom it is not said whether they came."""
    page.goto(site.base + CAME)
    for _day in range(20):
        page.get_by_role("link", name="La veille").click()
        page.wait_for_load_state()
        if unsaid(page).count() > 2:
            return page.url
    raise AssertionError("everything is said")


def unsaid(page):
    return page.locator(".came [value='']:checked")


def came(page):
    return page.locator(".came [value=attended]:checked")


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1280"])
def test_what_an_absence_cancels_is_ticked_in_one_press(site, office, size):
    page = office(size)
    ask_about(page, site, "2027-01-11", "2027-01-22")
    ticks, save = page.locator(".covered [name=goes]"), page.locator("button.goes")
    count = ticks.count()
    assert count > 5
    expect(page.locator(".covered > p").first).to_contain_text(re.compile(r"\d+ e-mails"))
    sends = page.locator(".sends")
    page.get_by_role("button", name="Tout décocher").click()
    expect(sends).to_have_text("Aucun message ne partira.")
    expect(save).to_have_text("Enregistrer sans rien annuler")
    assert page.locator(".covered [name=goes]:checked").count() == 0
    page.get_by_role("button", name="Tout cocher").click()
    expect(save).to_have_text(f"Annuler {count} rendez-vous et enregistrer")
    assert page.locator(".covered [name=goes]:checked").count() == count
    told = page.locator(".covered [name=goes][data-email]")
    mails = told.count()
    expect(sends).to_contain_text(f"Ce qui est coché enverra {mails} e-mails")
    told.first.uncheck()
    expect(save).to_have_text(f"Annuler {count - 1} rendez-vous et enregistrer")
    expect(sends).to_contain_text(f"Ce qui est coché enverra {mails - 1} e-mails")
    page.get_by_label("Prévenir les patientes").uncheck()
    expect(sends).to_have_text("Aucun message ne partira.")
    assert page.url.endswith("/pro/absences/new/")
    assert_accessible(page)


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1280"])
def test_who_came_is_ticked_in_one_press_and_taken_back(site, office, size):
    page = office(size)
    address = a_day_to_note(page, site)
    waits, had = unsaid(page).count(), came(page).count()
    tick, undo = (page.locator(".fill").get_by_role("button", name=name) for name in NAMES)
    tick.click()
    expect(undo).to_be_visible()
    expect(page.locator(".fill [role=status]")).to_contain_text("pas encore enregistrées")
    assert (unsaid(page).count(), came(page).count()) == (0, had + waits)
    undo.click()
    expect(tick).to_be_visible()
    assert (unsaid(page).count(), came(page).count()) == (waits, had)
    # After a reload the button says what is ticked, or nothing is.
    tick.click()
    page.reload()
    assert undo.count() == (unsaid(page).count() == 0)
    if undo.count():
        undo.click()
    expect(tick).to_be_visible()
    assert unsaid(page).count() == waits
    # Saved, it is taken back from the message, which a reload keeps.
    tick.click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    said = page.locator(".message", has_text=f"{waits} rendez-vous notés")
    expect(said).to_be_focused()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # no row half under the bar
    assert_accessible(page)
    page.goto(address)
    assert unsaid(page).count() == 0
    said.get_by_role("button", name="Défaire").click()
    page.locator(".message", has_text="comme avant").wait_for()
    assert (unsaid(page).count(), came(page).count()) == (waits, had)
    expect(said).to_have_count(0)


def test_on_a_phone_what_saves_stays_in_reach_and_each_choice_is_on_one_line(site, office):
    page = office(PHONE)
    a_day_to_note(page, site)
    save = page.get_by_role("button", name="Enregistrer", exact=True)
    rows = page.locator(".came fieldset")
    for row in (rows.first, rows.last):
        row.scroll_into_view_if_needed()
        expect(save).to_be_in_viewport(ratio=1)
        tops = row.locator("label:visible").evaluate_all(
            "all => all.map((e) => e.getBoundingClientRect().top)"
        )
        assert len(tops) == 3
        assert len(set(tops)) == 1
    expect(page.locator(".rail .new")).to_be_hidden()  # it lay over a choice
    for label in rows.last.locator("label:visible").all():
        label.click(trial=True)  # nothing lies over it


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1280"])
def test_without_a_script_it_is_ticked_saved_and_taken_back(site, office, size):
    page = office(size, java_script_enabled=False)
    a_day_to_note(page, site)
    waits, had = unsaid(page).count(), came(page).count()
    tick, undo = (page.locator(".fill").get_by_role("button", name=name) for name in NAMES)
    tick.click()
    assert (unsaid(page).count(), came(page).count()) == (0, had + waits)
    undo.click()
    assert (unsaid(page).count(), came(page).count()) == (waits, had)
    tick.click()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.reload()
    said = page.locator(".message", has_text=f"{waits} rendez-vous notés")
    said.get_by_role("button", name="Défaire").click()
    assert (unsaid(page).count(), came(page).count()) == (waits, had)
