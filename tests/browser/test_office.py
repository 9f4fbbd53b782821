"""The back office in a real browser: the agenda, a call noted by keyboard, settings."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once


@pytest.fixture
def office(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector(".ec-event")
    return page


def test_a_call_noted_by_keyboard_alone(site, office):
    page = office
    page.goto(f"{site.base}/pro/appointments/new/")
    keys = page.keyboard
    page.locator("[name=patient_search]:focus").wait_for()  # the browser gives it, in its time
    keys.type("sof")
    page.get_by_role("option", name="Sofia Costa").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    page.locator("#id_type:focus").wait_for()
    keys.type("Suivi de g")
    assert "jusqu’à" in page.locator("#until").inner_text()
    assert page.get_by_label("Rappel par SMS").is_checked()
    page.locator("#availability small").first.wait_for()  # by itself
    page.get_by_text("créneaux libres").wait_for(state="attached")
    page.locator("#id_time").fill("06:05")  # before hours: hers to decide
    page.get_by_role("button", name="Enregistrer le rendez-vous").focus()
    keys.press("Enter")
    page.get_by_text("rendez-vous enregistré.").wait_for()
    assert "06:05" in page.locator(".summary .when").inner_text()


def test_the_agenda_opens_a_sheet_and_a_drag_can_be_undone(site, office):
    page = office
    page.get_by_role("button", name="Plus tard").click()
    page.wait_for_load_state("networkidle")
    event = page.locator(".ec-event.ec-draggable, .ec-event").filter(has=page.locator(".who")).first
    event.scroll_into_view_if_needed()
    name = event.locator(".who").inner_text()
    before = event.locator(".at").inner_text()
    box = event.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=6)
    page.mouse.move(box["x"] + 40, box["y"] + 60, steps=6)
    page.mouse.up()
    anyway = page.get_by_role("button", name="Déplacer quand même")
    page.get_by_text("déplacé au").or_(anyway).first.wait_for()
    if anyway.is_visible():  # it may have come to lie over another
        anyway.click()
    page.get_by_text("déplacé au").wait_for()
    page.get_by_role("button", name="Ne pas prévenir").click()
    page.get_by_text("La patiente n’est pas prévenue.").wait_for()
    page.get_by_role("button", name="Défaire").click()
    page.wait_for_load_state("networkidle")
    page.locator(".ec-event", has_text=name).filter(has_text=before).first.wait_for()
    page.locator(".ec-event", has_text=name).filter(has_text=before).first.click()
    page.locator("#panel h1", has_text=name).wait_for()


@pytest.mark.parametrize("width", [390, 1280])
def test_every_office_page_is_accessible(site, browser, browser_context_args, width):
    context = browser.new_context(**browser_context_args, viewport={"width": width, "height": 860})
    page = context.new_page()
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector("#agenda[aria-busy=false] .ec-main")
    page.wait_for_timeout(300)
    assert_accessible(page)
    sheet = page.request.get(
        f"{site.base}/pro/agenda/events/?start=2026-01-01T00:00&end=2026-01-02T00:00"
    )
    assert sheet.ok
    page.goto(f"{site.base}/pro/absences/")
    event, absence = (
        page.locator(f".rows a[href*='/{kind}/']").first.get_attribute("href")
        for kind in ("events", "absences")
    )
    for path in (
        "/pro/?view=month",
        "/pro/?view=list",
        "/pro/?view=team",
        "/pro/appointments/",
        "/pro/appointments/attendance/",
        "/pro/more/",
        "/pro/patients/new/",
        "/pro/settings/start/",
        "/pro/settings/booking-page/",
        "/pro/settings/doors/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/pro/appointments/new/",
        "/pro/settings/",
        "/pro/settings/practitioners/1/",
        "/pro/settings/practitioners/1/schedule/",
        "/pro/settings/practitioners/1/periods/",
        "/pro/settings/practitioners/1/periods/new/",
        "/pro/settings/periods/1/",
        "/pro/settings/practitioners/1/openings/",
        "/pro/settings/practitioners/1/openings/new/",
        "/pro/settings/openings/1/",
        "/pro/settings/replacements/",
        "/pro/settings/replacements/new/",
        "/pro/settings/places/",
        "/pro/settings/places/new/",
        "/pro/settings/practitioners/1/travel/",
        "/pro/appointments/round/",
        "/pro/settings/types/",
        "/pro/settings/rooms/",
        "/pro/settings/rooms/1/",
        "/pro/settings/pathway/",
        "/pro/settings/pathway/french/",
        "/pro/settings/pathway/1/",
        "/pro/settings/types/new/",
        "/pro/settings/types/4/",
        *(
            f"/pro/settings/types/4/{page}/"
            for page in ("schedule", "periods", "periods/new", "openings")
        ),
        "/pro/appointments/1/",
        "/pro/patients/",
        "/pro/patients/81/",
        "/pro/patients/import/",
        "/pro/messages/",
        "/pro/messages/?status=queued",
        "/pro/messages/1/",
        "/pro/absences/",
        "/pro/absences/new/",
        "/pro/events/new/",
        event,
        f"{event}delete/",
        absence,
        "/pro/settings/practice/",
        "/pro/settings/team/",
        "/pro/settings/embed/",
        "/pro/settings/privacy/",
        "/pro/settings/privacy/journal/",
        "/pro/settings/tokens/",
        "/pro/settings/webhooks/",
        "/pro/settings/practitioners/1/calendars/",
        "/pro/patients/81/erase/",
    ):
        page.goto(site.base + path)
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{path} scrolls sideways"
    context.close()


def test_a_week_says_what_it_gives_as_it_is_typed(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/**")
    page.goto(f"{site.base}/pro/settings/practitioners/1/schedule/")
    gives = page.locator("#gives")
    before = gives.inner_text()
    page.locator(".week input[type=text]").first.fill("11:00")
    page.wait_for_function(
        "before => document.getElementById('gives').innerText !== before", arg=before
    )
    assert "le premier à 11:00" in gives.inner_text()
    page.reload()
    assert gives.inner_text() == before  # nothing was saved


def test_a_list_on_paper_says_whose_it_is_and_leaves_acts_out(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/**")
    page.goto(f"{site.base}/pro/appointments/")
    page.emulate_media(media="print")
    assert page.locator(".brand").is_visible()
    assert page.locator(".listed .name").last.is_visible()
    for left_out in (".requests", ".quick", ".menu", "main .button"):
        assert not page.locator(left_out).first.is_visible(), left_out
    pdf = page.pdf(prefer_css_page_size=True, format="A4")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1  # a day of two midwives
    today = timezone.localdate()
    first, last = today - timedelta(days=14), today + timedelta(days=45)
    page.goto(f"{site.base}/pro/appointments/?first={first}&last={last}")
    rows = page.locator(".opens > li").count()
    pdf = page.pdf(prefer_css_page_size=True, format="A4")
    assert rows == 50  # a page of the list
    assert len(re.findall(rb"/Type /Page\b", pdf)) <= 2


def test_the_end_of_what_does_not_repeat_is_neither_sent_nor_lost_in_silence(site, page_of):
    """A script does not send it; without one it is refused, where it can be seen."""
    for script in (True, False):
        page = page_of({"width": 390, "height": 844}, java_script_enabled=script)
        sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
        when = "start=2027-04-04T19:00&end=2027-04-04T20:00"
        page.goto(f"{site.base}/pro/events/new/?{when}&practitioner=1")
        page.fill("#id_title", "Ne revient pas")
        page.locator("#id_repeat").select_option("weekly")
        page.fill("#id_repeat_until", "2027-05-01")
        page.locator("#id_repeat").select_option("never")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        if script:
            page.wait_for_url(re.compile(r"/pro/($|\?)"))
        else:
            page.locator("#id_repeat_until_error").wait_for()
            assert page.locator("#id_repeat_until").input_value() == "2027-05-01"
            assert "/events/new/" in page.url
