"""The panel beside the agenda in a real browser: opened, saved, refused, closed; on a phone a sheet."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_agenda import drawn
from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def agenda(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    return page


def opened(page):
    expect(page.locator("#panel")).to_be_visible()
    page.locator("#panel-page h1").wait_for()
    panel = page.locator("#panel")
    # It has come to where it stays.
    panel.evaluate("e => Promise.allSettled(e.getAnimations().map((one) => one.finished))")
    return panel


def pick(page, typed, name):
    """A patient by keys alone."""
    page.locator("#panel [name=patient_search]").focus()
    page.keyboard.type(typed)
    page.locator("#panel").get_by_role("option", name=name).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def spot(page, day, time):
    """Where this time is in the week's grid, scrolled into sight."""
    column = page.locator(".ec-main .ec-day").nth(day)
    hours, minutes = map(int, time.split(":"))
    page.locator(".ec-main").evaluate(f"e => e.scrollTop = {(hours - 8) * 74}")
    line = page.locator(".ec-sidebar time, .ec-slot-label time").filter(has_text=f"{hours:02}:00")
    box, mark = column.bounding_box(), line.first.bounding_box()
    return box["x"] + box["width"] / 2, mark["y"] + mark["height"] / 2 + minutes / 60 * 74


def test_an_event_opens_beside_the_agenda_and_gives_the_focus_back(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    page.locator(".ec-event a.opens[href*='/appointments/']").nth(2).scroll_into_view_if_needed()
    top = page.locator(".ec-main").evaluate("e => e.scrollTop")
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/pro/" in one.url else None)
    event = page.locator(".ec-event a.opens[href*='/appointments/']").nth(2)
    name, address = event.locator(".who").inner_text(), event.get_attribute("href")
    event.click()
    panel = opened(page)
    assert [one for one in asked if "/news/" not in one] == [site.base + address]
    expect(panel).to_have_attribute("aria-label", name)
    expect(panel.locator("h1")).to_be_focused()
    assert_accessible(page)
    assert page.url.endswith("?date=2027-01-11&view=week")
    # Its head has another height beside the panel: what is seen stays where it was.
    assert abs(page.locator(".ec-main").evaluate("e => e.scrollTop") - top) < 24
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(f'.ec-event a[href="{address}"]')).to_be_focused()
    page.keyboard.press("j")  # its keys go on
    expect(page.locator("#range")).to_have_text(re.compile("18.*24 janvier 2027"))


def test_an_event_is_a_link_like_any_other(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    with page.context.expect_page() as other:
        page.locator(".ec-event a.opens").first.click(modifiers=["ControlOrMeta"])
    other.value.wait_for_url("**/pro/appointments/*/")
    expect(page.locator("#panel")).to_be_hidden()
    other.value.close()
    page.locator(".ec-event a.opens").first.focus()
    page.keyboard.press("Enter")
    opened(page)
    with page.expect_navigation():
        page.locator("#panel-whole").click()
    page.wait_for_url("**/pro/appointments/*/")


def test_a_drag_keeps_its_end_and_what_is_saved_shows_at_once(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-18&view=week")
    drawn(page)
    x, y = spot(page, 6, "10:00")  # a Sunday: nothing stands there
    page.mouse.move(x, y + 3)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=4)
    page.mouse.move(x, y + 74 + 16, steps=4)
    page.mouse.up()
    panel = opened(page)
    assert panel.locator("#id_date").input_value() == "2027-01-24"
    start, end = (panel.locator(f"#id_{name}").input_value() for name in ("time", "until"))
    assert start.startswith("10:0"), start
    assert end > "11:00", end
    expect(panel.locator("[name=patient_search]")).to_be_focused()
    pick(page, "sof", "Sofia Costa")
    panel.locator("#id_type").select_option(index=1)
    # Another time, while it is being noted: it goes into the form, and nothing else is lost.
    x, y = spot(page, 6, "14:00")
    page.mouse.click(x, y + 4)
    expect(panel.locator("#id_time")).to_have_value(re.compile("14:0"))
    expect(panel.locator("#id_until")).to_have_value("")
    assert panel.locator("#id_type").input_value()
    page.keyboard.press("Control+Enter")
    expect(panel).to_be_hidden()
    expect(page.locator("#agenda-status")).to_contain_text("rendez-vous enregistré.")
    page.locator(".ec-event", has_text="Sofia Costa").last.wait_for()
    assert page.url.endswith("?date=2027-01-18&view=week")


def test_refused_it_keeps_all_and_leads_to_what_was_refused(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-02-08&view=week")
    drawn(page)
    page.keyboard.press("n")
    panel = opened(page)
    panel.get_by_text("Une note, ou un mot").click()
    panel.locator("#id_word").fill("Venez à jeun")
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".refusal")).to_be_visible()
    assert panel.locator("#id_word").input_value() == "Venez à jeun"
    assert panel.evaluate("e => e.contains(document.activeElement)")
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    assert_accessible(page)
    # The connection goes: nothing is lost either.
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_role("alert").first).to_contain_text("rien n’est parti")
    assert panel.locator("#id_word").input_value() == "Venez à jeun"
    page.context.set_offline(False)
    panel.locator("#id_word").focus()
    page.keyboard.press("Escape")
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text("pas enregistré")
    expect(question.get_by_role("button", name="Continuer la saisie")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("z")  # nothing else is heard meanwhile
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(panel).to_be_visible()
    expect(panel.locator("#id_word")).to_be_focused()
    page.keyboard.press("Escape")
    question.get_by_role("button", name="Abandonner la saisie").press("Enter")
    expect(panel).to_be_hidden()
    expect(question).to_be_hidden()


def test_back_on_a_phone_asks_about_what_was_typed(site, page_of):
    page = page_of(PHONE, has_touch=True)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2027-01-12&view=day")
    drawn(page)
    before = page.url
    page.locator(".rail .new").tap()
    panel = opened(page)
    panel.locator("[name=patient_search]").fill("zo")
    page.go_back()
    question = page.get_by_role("alertdialog")
    question.get_by_role("button", name="Continuer la saisie").tap()
    expect(question).to_be_hidden()
    expect(panel.locator("[name=patient_search]")).to_have_value("zo")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.go_back()
    question.get_by_role("button", name="Abandonner la saisie").tap()
    expect(panel).to_be_hidden()
    assert page.url == before


def test_a_link_out_of_the_panel_asks_about_what_was_typed(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    page.locator(".ec-event a.opens[href*='/appointments/']").nth(2).click()
    panel = opened(page)
    panel.locator("[name=practice_notes]").fill("À rappeler")
    leads = panel.locator("h1 a")
    leads.click()
    question = page.get_by_role("alertdialog")
    question.get_by_role("button", name="Continuer la saisie").click()
    expect(panel.locator("[name=practice_notes]")).to_have_value("À rappeler")
    leads.click()
    question.get_by_role("button", name="Abandonner la saisie").click()
    page.wait_for_url("**/pro/patients/*/")


def test_a_drag_over_something_asks_in_words_of_the_page(site, agenda):
    page = agenda
    note_event(page, site, "2027-02-28T09:00", "2027-02-28T10:00", "Réunion du mois")
    note_event(page, site, "2027-02-28T11:00", "2027-02-28T12:00", "Visite du matériel")
    page.goto(f"{site.base}/pro/?date=2027-02-22&view=week")
    drawn(page)
    event = page.locator(".ec-event", has_text="Visite du matériel")
    question = page.get_by_role("alertdialog")

    def drag():
        x, y = spot(page, 6, "11:30")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y - 30, steps=4)
        page.mouse.move(x, y - 74 * 1.5, steps=4)
        page.mouse.up()
        expect(question).to_contain_text("Déplacer quand même")

    drag()
    expect(question).to_have_accessible_name(re.compile("déjà quelque chose à cette heure"))
    assert_accessible(page)
    expect(question.get_by_role("button", name="Laisser où il était")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(event).to_contain_text("11:00 – 12:00")
    drag()
    page.emulate_media(color_scheme="dark")
    assert_accessible(page)
    page.emulate_media(color_scheme="light")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#agenda-status")).to_contain_text("déplacé")
    expect(event).to_contain_text(re.compile("09:(25|30) – 10:(25|30)"))


@pytest.mark.parametrize("path", ["/pro/appointments/new/", "/pro/?date=2027-02-15&view=week"])
def test_a_patient_is_chosen_by_keys(site, agenda, path):
    page = agenda
    page.goto(site.base + path)
    if "view" in path:
        drawn(page)
        page.keyboard.press("n")
        opened(page)
    field = page.get_by_role("combobox", name="Patiente", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("mar")
    options = page.locator("#who [role=option]")
    expect(field).to_have_attribute("aria-expanded", "true")
    said = page.locator(".combobox:not(.find) [role=status]")
    expect(said).to_have_text(f"{options.count() - 1} patientes trouvées")
    assert_accessible(page)

    def at(nth):
        active = options.nth(nth)
        expect(field).to_have_attribute("aria-activedescendant", active.get_attribute("id"))
        expect(active).to_have_attribute("aria-selected", "true")
        return active

    page.keyboard.press("ArrowDown")
    at(0)
    page.keyboard.press("ArrowDown")
    at(1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    at(options.count() - 1)  # somebody new
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("mar")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.keyboard.press("Enter")  # saves nothing
    page.keyboard.type("sof")
    expect(options.first).to_contain_text("Sofia Costa")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".refusal")).to_have_count(0)
    expect(page.locator("#who")).to_be_hidden()
    expect(page.locator(".picked")).to_contain_text("Sofia Costa")
    expect(page.locator("#id_type")).to_be_focused()
    page.locator("#id_type").select_option(index=1)
    expect(page.locator(".told")).to_contain_text("Un e-mail partira à")
    page.get_by_label("E-mails").uncheck()
    expect(page.locator(".told")).not_to_contain_text("e-mail")
    page.get_by_role("button", name="Changer").press("Enter")
    expect(field).to_be_focused()
    page.keyboard.type("Zélie Nouvelle")
    new = page.get_by_role("option", name="Nouvelle patiente")
    expect(new).to_contain_text("Zélie Nouvelle")
    new.click()
    expect(page.locator("#id_first_name")).to_have_value("Zélie")
    expect(page.locator("#id_last_name")).to_have_value("Nouvelle")


def test_on_a_phone_it_is_a_sheet_that_back_closes(site, browser, browser_context_args):
    context = browser.new_context(**browser_context_args, viewport=PHONE, has_touch=True)
    page = context.new_page()
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2027-01-12&view=day")
    drawn(page)
    before = page.url
    page.locator(".rail .new").tap()
    panel = opened(page)
    box = panel.bounding_box()
    assert box["width"] == 390
    assert box["y"] > 0
    assert box["y"] + box["height"] == 844
    assert panel.evaluate("e => e.matches(':modal')")
    close = page.locator("#panel-close").bounding_box()
    assert min(close["width"], close["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert_accessible(page)
    page.go_back()
    expect(panel).to_be_hidden()
    assert page.url == before
    page.locator(".ec-event a.opens").first.tap()
    opened(page)
    said = page.locator("#agenda-status")
    panel.get_by_role("button", name="Enregistrer").tap()
    expect(said).to_contain_text("enregistré")
    assert said.evaluate("e => Boolean(e.closest('#panel'))"), (
        "the page behind the sheet is not heard"
    )
    page.locator("#panel-close").tap()
    assert said.evaluate("e => !e.closest('#panel')"), "nor what is in a closed one"
    expect(panel).to_be_hidden()
    assert page.url == before
    expect(page.locator(".ec-event a.opens").first).to_be_focused()
    context.close()


ON_TOP = """e => {
    const { left, top, width, height } = e.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit === e || e.contains(hit);
}"""


# Acts of the sheet that lie under what is said, somewhere.
UNDER = """said => {
    const over = said.getBoundingClientRect();
    const acts = document.querySelectorAll("#panel-page :is(button:not(.unseen), a, summary, .chip)");
    return [...acts].filter((e) => {
        const { top, bottom, left, right, width } = e.getBoundingClientRect();
        return width > 1 && top < over.bottom && over.top < bottom && left < over.right && over.left < right;
    }).map((e) => e.textContent.trim());
}"""


def test_on_a_phone_what_is_said_lies_over_no_button_of_the_sheet(site, page_of):
    page = page_of(PHONE, has_touch=True)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2027-01-12&view=day")
    drawn(page)
    # Said of the agenda with what undoes it, a sheet opened meanwhile has it too.
    page.evaluate("tell('Léa Martin : déplacé au jeudi 14 janvier à 10:30.', () => {}, () => {})")
    said = page.locator("#agenda-status")
    page.locator(".ec-event a.opens").first.tap()
    panel = opened(page)
    undo = said.get_by_role("button", name="Défaire")
    assert said.evaluate("e => Boolean(e.closest('#panel'))")
    assert said.evaluate(UNDER) == []
    panel.get_by_text("Déplacer ou modifier").tap()
    panel.locator("#availability .slot").first.wait_for()
    save = panel.get_by_role("button", name="Enregistrer la modification")
    for button in (save, undo, page.locator("#panel-close")):
        assert button.evaluate(ON_TOP), button
    panel.get_by_text("Déplacer ou modifier").scroll_into_view_if_needed()
    for button in (save, undo, page.locator("#panel-close")):
        assert button.evaluate(ON_TOP), button
    undo.tap()
    expect(said).to_be_empty()
    page.locator("#panel-close").tap()
    page.locator(".rail .new").tap()
    panel = opened(page)
    page.evaluate("tell('Léa Martin : rendez-vous enregistré.', () => {})")
    for button in (panel.get_by_role("button", name="Enregistrer le rendez-vous"), undo):
        assert button.evaluate(ON_TOP), button
    assert said.evaluate(UNDER) == []
    assert_accessible(page)


def test_an_overlap_is_saved_anyway_from_where_it_was_refused(site, agenda):
    page = agenda
    for patient in ("sof", "cla"):
        page.goto(f"{site.base}/pro/appointments/new/?start=2027-03-21T10:00&practitioner=1")
        field = page.get_by_role("combobox", name="Patiente", exact=True)
        field.fill(patient)
        page.locator("#who [role=option]").first.click()
        page.locator("#id_type").select_option(index=1)
        page.keyboard.press("Control+Enter")
        if patient == "cla":
            page.locator(".refusal:focus").wait_for()
            page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/pro/appointments/\d+/"))


# With or without the cookie of its forms; each on a Saturday that no other test knows of.
@pytest.mark.parametrize(("gone", "day"), [("session", "2027-10-09"), ("", "2027-10-16")])
def test_a_session_that_ends_loses_nothing_of_what_was_typed(site, agenda, gone, day):
    page = agenda
    page.keyboard.press("n")
    panel = opened(page)
    pick(page, "lea", "Léa Martin")
    panel.locator("#id_type").select_option(index=2)
    panel.locator("#id_date").fill(day)
    panel.locator("#id_time").fill("06:10")
    page.context.clear_cookies(name=re.compile(gone))
    page.keyboard.press("Control+Enter")
    expect(panel.get_by_role("alert")).to_contain_text("Votre session a pris fin")
    with page.context.expect_page() as opening:
        panel.get_by_role("link", name="Se connecter").click()
    door = opening.value
    door.fill("#id_login", "camille@lilas.example")
    door.get_by_role("button", name="mot de passe").or_(
        door.locator("#id_password")
    ).first.wait_for()
    door.fill("#id_password", "maia-demo")
    door.get_by_role("button", name="Se connecter").click()
    door.wait_for_url("**/pro/")
    door.close()
    expect(panel.locator("#id_date")).to_have_value(day)
    expect(panel.locator("#id_time")).to_have_value("06:10")
    panel.get_by_role("button", name="Enregistrer le rendez-vous").click()
    expect(page.locator("#agenda-status, .toast")).to_contain_text("enregistré")


def test_a_move_typed_in_the_panel_is_taken_back_by_a_key(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    page.locator(".ec-event a.opens[href*='/appointments/']").nth(2).click()
    panel = opened(page)
    when = panel.locator(".summary .when").inner_text()
    panel.get_by_text("Déplacer ou modifier").click()
    panel.locator("#moving #id_time, form #id_time").first.fill("06:20")
    panel.get_by_role("button", name="Enregistrer la modification").click()
    expect(panel.locator(".taken-back")).to_contain_text("c’était")
    assert "06:20" in panel.locator(".summary .when").inner_text()
    panel.locator("h1 a").focus()
    page.keyboard.press("z")
    expect(panel.locator(".taken-back")).to_have_count(0)
    assert panel.locator(".summary .when").inner_text() == when


def note_event(page, site, start, end, title):
    page.goto(f"{site.base}/pro/events/new/?start={start}&end={end}")
    page.get_by_label("Titre").fill(title)
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer", exact=True).click()


def test_a_click_takes_the_time_that_is_free_and_a_drag_goes_by_five_minutes(site, agenda):
    page = agenda
    note_event(page, site, "2027-02-07T09:40", "2027-02-07T10:20", "Réunion de quartier")
    page.goto(f"{site.base}/pro/?date=2027-02-01&view=week")
    drawn(page)
    panel, time = page.locator("#panel"), page.locator("#panel #id_time")
    for clicked, noted in (("10:26", "10:20"), ("10:48", "10:45"), ("08:22", "08:15")):
        x, y = spot(page, 6, clicked)
        page.mouse.click(x, y)
        expect(time).to_have_value(re.compile(noted))
    x, y = spot(page, 6, "13:11")
    page.mouse.move(x, y)
    page.mouse.down()
    for minutes in (8, 20, 41):
        page.mouse.move(x, y + minutes / 60 * 74)
    page.mouse.up()
    expect(time).to_have_value(re.compile("13:10"))
    expect(panel.locator("#id_until")).to_have_value(re.compile("13:5[05]"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Abandonner la saisie").click()
    expect(panel).to_be_hidden()
    # By twenty minutes, which were none.
    event = page.locator(".ec-event", has_text="Réunion de quartier")
    x, y = spot(page, 6, "10:00")
    page.mouse.move(x, y)
    page.mouse.down()
    for minutes in (8, 14, 20):
        page.mouse.move(x, y + minutes / 60 * 74)
    page.mouse.up()
    expect(page.locator("#agenda-status")).to_contain_text("déplacé")
    expect(event).to_contain_text("10:00 – 10:40")


@pytest.mark.parametrize("taken_back", ["z", "Défaire"])
def test_a_move_is_taken_back_once_the_panel_is_closed(site, agenda, taken_back):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=week")
    drawn(page)
    event = page.locator(".ec-event a.opens[href*='/appointments/']").nth(2)
    address, stood = event.get_attribute("href"), event.inner_text()
    event.click()
    panel = opened(page)
    panel.get_by_text("Déplacer ou modifier").click()
    panel.locator("#moving #id_time").fill("06:20")
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".taken-back")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    moved = page.locator(f'.ec-event a.opens[href="{address}"]')
    expect(moved).to_contain_text("06:20")
    if taken_back == "z":
        page.keyboard.press("z")
    else:
        page.locator("#agenda-status").get_by_role("button", name=taken_back).click()
    expect(page.locator("#agenda-status")).to_contain_text("défait")
    expect(moved).not_to_contain_text("06:20")
    assert moved.inner_text() == stood


# Its reminder, once a worker has written it, has left.
SENT = """
from time import sleep
from django.utils import timezone
from maia.messaging.models import Message
made = Message.objects.filter(appointment={}, kind="reminder", channel="email")
while not made.update(status="sent", sent_at=timezone.now()): sleep(0.2)
"""


def test_a_message_is_sent_again_from_the_sheet_in_the_panel(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/appointments/new/?start=2027-03-20T10:00&practitioner=1")
    page.get_by_role("combobox", name="Patiente", exact=True).fill("sof")
    page.locator("#who [role=option]").first.click()
    page.locator("#id_type").select_option(index=1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/pro/appointments/\d+/"))
    address = page.url.removeprefix(site.base)
    site.manage("shell", "-c", SENT.format(address.strip("/").split("/")[-1]))
    page.goto(f"{site.base}/pro/?date=2027-03-15&view=week")
    drawn(page)
    event = page.locator(f'.ec-event a.opens[href="{address}"]')
    event.click()
    panel = opened(page)
    line = panel.locator(".history li", has_text="rappel (e-mail) · envoyé")
    again = line.get_by_role("button", name="Renvoyer")
    again.click()
    asked = re.compile("Renvoyer ce message")
    expect(panel.locator("h1")).to_have_text(asked)
    expect(panel).to_have_attribute("aria-label", asked)
    expect(panel.locator("#panel-page")).to_contain_text("sofia")
    assert_accessible(page)
    panel.get_by_role("link", name="Non, revenir en arrière").click()
    again.click()
    panel.locator("#sure").get_by_role("button", name="Renvoyer").click()
    expect(page.locator("#agenda-status")).to_contain_text("Le message repart.")
    expect(panel.locator("h1")).to_contain_text("Sofia Costa")
    expect(panel.locator(".history li", has_text="rappel (e-mail)")).to_have_count(2)
    assert page.url.endswith("?date=2027-03-15&view=week")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(event).to_be_focused()
