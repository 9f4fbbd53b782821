"""The seed page, step by step: a practice set up from nothing in the browser, then a patient books."""

import re
import secrets
from datetime import date, timedelta

import pytest

from tests.browser.test_booking import PHONE

pytestmark = pytest.mark.once


def by_code(page, site, code_for, email, leads_to):
    page.goto(f"{site.base}/accounts/login/code/")
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.fill("input.code", code_for(email))
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url(leads_to)


def line(page, weekday, *edges):
    for name, value in zip(("start", "break_start", "break_end", "end"), edges, strict=True):
        page.fill(f"#id_{name}_{weekday}", value)


def offered(page):
    """What the week on the page offers: weekday to times."""
    days = {}
    for day in page.locator(".days > li:not(.none)").all():
        weekday = day.locator(".weekday").inner_text().lower()
        days[weekday] = [slot.inner_text()[:5] for slot in day.locator(".slot").all()]
    return days


def test_a_practice_from_nothing(site, page, browser, browser_context_args, code_for):
    port = f"port-{secrets.token_hex(3)}"  # another, if a click was lost and all begins anew
    nina = f"nina@{port}.example"
    site.manage(
        *("practice", "create", "--name", "Cabinet du Port", "--slug", port),
        *("--owner", nina, "--first-name", "Nina", "--last-name", "Le Goff"),
    )
    by_code(page, site, code_for, nina, "**/pro/")

    # 1. The schedule: one line a day; then how far ahead patients may book.
    page.get_by_role("link", name="Donner vos heures de la semaine").click()
    line(page, 0, "09:00", "12:00", "14:00", "17:00")
    page.get_by_role("button", name="Copier le lundi").click()
    line(page, 4, "", "", "", "")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("C’est enregistré").wait_for()
    page.get_by_role("link", name="Réglages").first.click()
    page.get_by_role("link", name="Fiche d’informations professionnelles").click()
    page.fill("#id_booking_horizon_days", "20")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("C’est enregistré").wait_for()

    # 2. The types: duration, colour, description, online or not, a schedule of its own.
    def new_type(name, minutes, **options):
        page.goto(f"{site.base}/pro/settings/types/new/")
        page.fill("#id_name", name)
        page.fill("#id_duration_minutes", minutes)
        page.fill("#id_colour", options.get("colour", "#2f7d6b"))
        page.fill("#id_description", options.get("description", ""))
        if not options.get("online", True):
            page.uncheck("#id_allow_online_booking")
        if "tuesday" in options:
            page.get_by_text("Emploi du temps propre").first.click()
            page.check("#id_own_schedule")
            line(page, 1, *options["tuesday"])
        page.get_by_role("button", name="Enregistrer").click()
        page.get_by_text("C’est enregistré").wait_for()

    new_type("Suivi", "60", description="Apportez **vos analyses**.")
    new_type("Rééducation", "45", colour="#3b6fb6", tuesday=("16:00", "", "", "17:30"))
    new_type("Réunion interne", "30", online=False)
    page.get_by_role("link", name="Agenda").first.click()
    page.locator(".checklist summary").click()
    page.get_by_role("link", name="Indiquer votre adresse").click()
    page.fill("#id_street", "2 quai du Port")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("C’est enregistré").wait_for()
    page.goto(f"{site.base}/pro/")
    page.locator(".checklist summary").click()
    page.get_by_role("link", name="Mettre la page de réservation sur votre site").click()
    page.get_by_role("button", name="Le lien ci-dessous me suffit").click()
    page.wait_for_url("**/pro/")
    assert page.get_by_text("Avant que les patientes").count() == 0

    # A patient sees exactly what was promised.
    context = browser.new_context(**browser_context_args, viewport=PHONE)
    patient = context.new_page()
    patient.goto(f"{site.base}/{port}/")
    shown = patient.locator(".types").inner_text()
    assert "Suivi" in shown
    assert "Rééducation" in shown
    assert "Réunion" not in shown
    monday = date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011
    patient.get_by_role("link", name="Suivi").click()
    assert patient.locator(".description strong").inner_text() == "vos analyses"
    patient.goto(re.sub(r"\?.*", "", patient.url) + f"?from={monday}")
    general = ["09:00", "10:00", "11:00", "14:00", "15:00", "16:00"]
    week = {"lundi": general, "mardi": general, "mercredi": general, "jeudi": general}
    assert offered(patient).items() <= week.items()  # a public holiday may close a day
    assert len(offered(patient)) >= 3
    patient.goto(f"{site.base}/{port}/")
    patient.get_by_role("link", name="Rééducation").click()
    assert set(offered(patient)) == {"mardi"}
    assert offered(patient)["mardi"] == ["16:00", "16:45"]
    beyond = monday + timedelta(days=60)
    patient.goto(re.sub(r"\?.*", "", patient.url) + f"?from={beyond}")
    assert "La réservation est ouverte" in patient.content()

    # She books; the appointment is in the agenda, in its colour.
    patient.goto(f"{site.base}/{port}/")
    patient.get_by_role("link", name="Rééducation").click()
    patient.locator(".slot").first.click()
    patient.fill("[name=email]", f"zelie@{port}.example")
    patient.get_by_role("button", name="Recevoir un code").click()
    patient.fill("input.code", code_for(f"zelie@{port}.example"))
    patient.get_by_role("button", name="Continuer").click()
    patient.fill("[name=first_name]", "Zélie")
    patient.fill("[name=last_name]", "Caron")
    patient.fill("[name=mobile]", "06 39 98 00 77")
    patient.get_by_role("button", name="Confirmer le rendez-vous").click()
    patient.wait_for_url("**/booked/**")
    context.close()
    page.goto(f"{site.base}/pro/")
    event = page.locator(".ec-event", has_text="Zélie Caron")
    page.wait_for_selector("#agenda[aria-busy=false]")
    while not event.count():  # next Tuesday is this week or the next
        with page.expect_response(lambda answer: "/agenda/events/" in answer.url):
            page.get_by_role("button", name="Plus tard").click()
        page.wait_for_selector("#agenda[aria-busy=false]")
        page.wait_for_timeout(300)
    event.first.wait_for()
    assert event.first.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(59, 111, 182)"
