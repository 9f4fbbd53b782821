"""After an act the focus is on its answer, or where one begins: never on nothing. A visit leaves it alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.engines.fixtures import PHONE as PHONE_WIDTH
from tests.browser.engines.fixtures import in_every_engine
from tests.browser.test_agenda import drawn
from tests.browser.test_booking import open_slots, sign_in
from tests.browser.test_panel import PHONE, opened
from tests.browser.test_three_engines import sign_in as enter

CAMILLE = "camille@lilas.example"
A_SUNDAY = "/pro/?date=2027-04-18"  # nothing stands there
IN_THE_AGENDA = "document.getElementById('agenda').contains(document.activeElement)"


@pytest.fixture
def office(site, page):
    sign_in(page, site, CAMILLE, leads_to="**/pro/")
    return page


@pytest.fixture
def patient(site, page):
    sign_in(page, site, "sofia@patiente.example")
    return page


def test_signed_in_she_begins_at_the_head_of_the_agenda(office):
    expect(office.locator("h1")).to_be_focused()


@pytest.mark.parametrize("path", ["/pro/appointments/1/", "/pro/patients/81/"])
def test_an_appointment_for_her_whose_page_it_is_begins_at_its_type(site, office, path):
    office.goto(site.base + path)
    office.locator("main").get_by_role("link", name="Nouveau rendez-vous").first.click()
    office.wait_for_url("**/appointments/new/?*patient=*")
    expect(office.locator(".picked")).to_be_visible()
    expect(office.locator("#id_type")).to_be_focused()


def test_an_arrow_of_a_type_keeps_the_focus_and_hands_it_over_at_the_end(site, office):
    office.goto(f"{site.base}/pro/settings/types/")
    last_but_one = office.locator("#types > li").nth(-2).locator("[id^=down-]")
    key = last_but_one.get_attribute("id").partition("-")[2]
    office.locator(f"#down-{key}").press("Enter")
    expect(office.locator(f"#up-{key}")).to_be_focused()  # it is the last one now
    office.keyboard.press("Enter")
    office.wait_for_url(f"**#up-{key}")
    expect(office.locator(f"#down-{key}")).to_be_enabled()
    expect(office.locator(f"#up-{key}")).to_be_focused()


def test_the_same_in_the_panel(site, office):
    office.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(office)
    office.locator(".ec-event a.opens", has=office.locator(".kind")).first.click()
    opened(office).get_by_role("link", name="dans 4 semaines").click()
    expect(office.locator("#panel .picked")).to_be_visible()
    expect(office.locator("#panel #id_type")).to_be_focused()


def test_an_event_saved_from_a_time_that_was_tapped_leaves_her_in_the_agenda(
    site, browser, browser_context_args
):
    context = browser.new_context(**browser_context_args, viewport=PHONE, has_touch=True)
    page = context.new_page()
    sign_in(page, site, CAMILLE, leads_to="**/pro/")
    page.goto(f"{site.base}{A_SUNDAY}&view=day")
    drawn(page)
    box = page.locator(".ec-main").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened(page).get_by_role("link", name="Événement").tap()
    expect(page.locator("#panel #id_title")).to_be_focused()
    page.keyboard.type("Courses")
    page.locator("#panel").get_by_role("button", name="Enregistrer").tap()
    expect(page.locator("#panel")).to_be_hidden()
    page.locator(".ec-event", has_text="Courses").wait_for()
    page.wait_for_timeout(500)  # drawn anew, with wider hours perhaps
    assert page.evaluate(IN_THE_AGENDA), page.evaluate("document.activeElement.outerHTML")[:200]
    context.close()


def test_who_may_be_there_already_is_read_first(site, office):
    office.goto(f"{site.base}/pro/patients/new/")
    expect(office.locator("#id_first_name")).to_be_focused()
    office.fill("#id_first_name", "Sofia")
    office.fill("#id_last_name", "Costa")
    office.get_by_role("button", name="Créer").click()
    warned = office.get_by_role("alert")
    expect(warned).to_contain_text("Sofia Costa")
    expect(warned).to_be_focused()


def test_a_page_that_does_not_come_says_so_where_the_focus_is(site, office):
    office.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(office)
    office.locator(".ec-event a.opens", has=office.locator(".kind")).first.click()
    link = opened(office).get_by_role("link", name="dans 4 semaines")
    office.context.set_offline(True)
    link.press("Enter")
    expect(office.locator("#panel").get_by_role("alert")).to_be_focused()
    office.context.set_offline(False)


def test_her_details_refused_begin_at_the_field_and_saved_at_what_is_said(site, patient):
    patient.goto(f"{site.base}/mon-compte/")
    patient.locator("a[href*='/mon-compte/'] .name", has_text="Sofia Costa").click()
    number = patient.locator("[name=mobile]")
    kept = number.input_value()
    number.fill("12")
    patient.get_by_role("button", name="Enregistrer").click()
    expect(patient.get_by_role("alert")).to_be_visible()
    expect(number).to_be_focused()
    number.fill(kept)
    patient.get_by_role("button", name="Enregistrer").click()
    patient.wait_for_url("**/mon-compte/")
    expect(patient.locator(".message.success")).to_be_focused()


def test_her_details_pressed_twice_are_sent_once(site, patient):
    patient.goto(f"{site.base}/mon-compte/")
    patient.locator("a[href*='/mon-compte/'] .name", has_text="Sofia Costa").click()
    patient.wait_for_url("**/coordonnees/**")  # loaded whole, its scripts too
    twice = """button => {
      let held = 0;
      addEventListener("submit", (sent) => (held += sent.defaultPrevented));
      button.click();
      button.click();
      return held;
    }"""
    assert patient.get_by_role("button", name="Enregistrer").evaluate(twice) == 1
    expect(patient.locator(".message.success")).to_be_visible()


def test_she_books_moves_and_cancels_by_keys(site, patient):
    open_slots(patient, site)
    patient.locator(".slot").last.click()
    patient.get_by_role("button", name="Confirmer le rendez-vous").press("Enter")
    patient.wait_for_url("**/booked/**")
    expect(patient.locator("h1")).to_be_focused()
    patient.get_by_role("link", name="Déplacer ou annuler").press("Enter")
    patient.wait_for_url("**/mes-rendez-vous/**")
    assert patient.evaluate("document.activeElement === document.body"), "she only looks at it"
    patient.get_by_role("link", name="Déplacer").press("Enter")
    patient.get_by_role("link", name="Plus tard").press("Enter")
    patient.wait_for_url("**from=**")
    patient.locator(".slot").first.press("Enter")
    patient.get_by_role("button", name="Déplacer le rendez-vous").press("Enter")
    said = patient.locator(".message.success")
    expect(said).to_contain_text("est déplacé")
    expect(said).to_be_focused()
    patient.get_by_role("link", name="Annuler").press("Enter")
    patient.get_by_role("button", name="Annuler le rendez-vous").press("Enter")
    expect(said).to_contain_text("est annulé")
    expect(said).to_be_focused()


def test_a_refused_confirmation_begins_at_what_is_wrong(site, page, code_for):
    open_slots(page, site)
    page.locator(".slot").nth(6).click()
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.locator("[name=email]")).to_be_focused()
    page.fill("[name=email]", "clavier@patiente.example")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.locator("input.code")).to_be_focused()
    page.fill("input.code", code_for("clavier@patiente.example"))
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_selector("[name=first_name]")
    page.fill("[name=first_name]", "Zoé")
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()


VISITED = [
    *("/cabinet-des-lilas/", "/cabinet-des-lilas/book/2/", "/mes-rendez-vous/", "/mon-compte/"),
    *("/pro/", "/pro/patients/81/", "/pro/settings/", "/pro/appointments/1/"),
]


def test_a_visit_takes_no_focus_and_does_not_scroll(site, office):
    """Neither by an address, nor by a link of a page that has answered something."""
    for path in VISITED:
        office.goto(site.base + path)
        office.wait_for_load_state("networkidle")
        assert office.evaluate("document.activeElement === document.body"), path
        assert office.evaluate("scrollY") == 0, path
    office.goto(f"{site.base}/pro/settings/practice/")
    office.get_by_role("button", name="Enregistrer").click()
    expect(office.locator(".message.success")).to_be_focused()
    office.locator(".menu a", has_text="Patientes").click()
    office.wait_for_url(re.compile("/pro/patients/"))
    office.wait_for_load_state("networkidle")
    assert office.evaluate("document.activeElement === document.body")


def test_a_head_that_has_the_focus_has_no_ring(office):
    head = office.locator("h1")
    expect(head).to_be_focused()
    assert head.evaluate("e => getComputedStyle(e).outlineStyle") == "none"


@pytest.mark.once
@in_every_engine
def test_in_every_engine_an_act_of_a_patient_ends_where_its_answer_is(new_visitor, sites):
    page = new_visitor(PHONE_WIDTH).page()
    enter(page, sites, "lea@patiente.example", leads_to="/mes-rendez-vous/")
    page.wait("the heading", "() => document.activeElement.matches('h1')")
    page.follow("Mon compte")
    page.press_on("a[href*='/mon-compte/'] .name")
    page.fill("Téléphone", "12")
    page.press("Enregistrer")
    page.wait("the field", "() => document.activeElement.matches('[name=mobile][aria-invalid]')")
    page.fill("Téléphone", "06 39 98 00 77")
    page.press("Enregistrer")
    page.wait("what is said", "() => document.activeElement.matches('.message.success')")
