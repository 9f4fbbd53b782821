"""The ways that must never fail, in each of the three engines: one text for all."""

import re
import ssl
import time
import urllib.parse
import urllib.request
from html import unescape

import pytest

from tests.browser.engines.fixtures import DESKTOP, PHONE, in_every_engine
from tests.pace import PATIENCE

pytestmark = pytest.mark.once


@pytest.fixture
def letter(sites):
    """Waits for an email to somebody, and reads its text."""

    def read(to, subject):
        query = urllib.parse.urlencode({"to": to})
        address = f"https://127.0.0.1:{sites.port}/demo/messages/?{query}"
        asked = urllib.request.Request(address, headers={"Host": sites.base.split("//")[1]})
        trusting = ssl._create_unverified_context()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with urllib.request.urlopen(asked, context=trusting) as answer:
                page = answer.read().decode()
            for mail in page.split('<article class="mail">')[1:]:
                if subject in mail:
                    return unescape(re.search(r"<pre>(.*?)</pre>", mail, re.DOTALL).group(1))
            time.sleep(0.2)
        raise TimeoutError(f"no email to {to}")

    return read


@pytest.fixture
def code_for(letter):
    return lambda to: re.search(r"\b\d{6}\b", letter(to, "votre code")).group()


def website_with(snippet):
    return (
        '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Mon cabinet</title>'
        f"<body><h1>Mon cabinet</h1>{snippet}<p>Pied de page</p></body></html>"
    )


def new_address():
    """Nobody's yet, at a second attempt neither."""
    return f"nouvelle{time.time_ns()}@patiente.example"


def sign_up_and_book(page, code_for, email):
    page.fill("Votre adresse e-mail", email)
    page.press("Recevoir un code")
    page.sees_one("input.code")
    page.fill("Code", code_for(email))
    page.press("Continuer")
    page.fill("Prénom", "Zoé")
    page.fill("Nom", "Garnier")
    page.fill("Téléphone", "06 39 98 00 42")
    page.press("Confirmer le rendez-vous")
    page.sees("Votre rendez-vous est pris")


def move_and_cancel(page):
    when = page.text(".summary .when")
    page.follow("Déplacer ou annuler")
    page.arrives("/mes-rendez-vous/")
    page.follow("Déplacer")
    page.sees_one(".slot")
    page.follow("Plus tard")
    page.arrives("from=")
    page.press_on(".slot", -1)
    page.press("Déplacer le rendez-vous")
    page.sees("Votre rendez-vous est déplacé")
    assert page.text(".summary .when") != when
    page.follow("Annuler")
    page.press("Annuler le rendez-vous")
    page.sees("Votre rendez-vous est annulé")


@in_every_engine
def test_a_newcomer_books_moves_and_cancels(new_visitor, sites, code_for, letter):
    page = new_visitor(PHONE).page()
    email = new_address()
    page.open(f"{sites.base}/cabinet-des-lilas/")
    page.follow("Suivi de grossesse")
    page.follow("Plus tard")
    page.arrives("from=")
    page.press_on(".slot", -1)
    when = page.text(".summary .when")
    sign_up_and_book(page, code_for, email)
    assert page.text(".summary .when") == when
    assert when.splitlines()[0].lower() in letter(email, "Votre rendez-vous du")
    move_and_cancel(page)


@in_every_engine
def test_she_does_the_same_in_the_frame_of_a_website(new_visitor, sites, listed, code_for):
    sites.host.pages["/rdv"] = website_with(listed)
    around = new_visitor(DESKTOP).page()
    around.open(f"{sites.around}/rdv")
    page = around.in_frame()
    page.follow("Suivi de grossesse")
    page.press_on(".slot", -1)
    when = page.text(".summary .when")
    sign_up_and_book(page, code_for, new_address())
    assert page.text(".summary .when") == when
    move_and_cancel(page)


@pytest.mark.parametrize("engine", ["webkit"])
def test_where_no_cookie_is_kept_the_frame_follows_a_tab(new_visitor, sites, listed, code_for):
    sites.host.pages["/rdv"] = website_with(listed)
    visitor = new_visitor(PHONE, refuse_cookies=True)
    around = visitor.page()
    around.open(f"{sites.around}/rdv")
    page = around.in_frame()
    page.follow("Suivi de grossesse")
    page.press_on(".slot", -1)
    page.follow("Continuer dans un nouvel onglet")
    tab = visitor.next_tab()
    sign_up_and_book(tab, code_for, new_address())
    page.sees("Votre rendez-vous est pris")


def sign_in(page, sites, email, leads_to="/pro/"):
    page.open(f"{sites.base}/accounts/login/")
    page.fill("E-mail", email)
    page.fill("Mot de passe", "maia-demo")
    page.press("Se connecter")
    page.arrives(leads_to)


@in_every_engine
def test_a_midwife_reads_her_agenda_and_opens_an_appointment(new_visitor, sites):
    page = new_visitor(DESKTOP).page()
    sign_in(page, sites, "camille@lilas.example")
    page.sees_one(".ec-week-view .ec-event")
    for view, sign in (("Mois", ".ec-month-view"), ("Liste", ".ec-list"), ("Jour", ".ec-day-view")):
        page.press(view)
        page.sees_one(sign)
    page.press("Semaine")
    page.press("Plus tard")
    page.sees_one(".ec-week-view .ec-event .who")
    name = page.text(".ec-event .who")
    page.press_on(".ec-event .opens")
    page.sees_one("#panel-page h1")
    assert page.text("#panel-page h1") == name


@in_every_engine
def test_she_notes_an_appointment(engine, new_visitor, sites):
    page = new_visitor(DESKTOP).page()
    sign_in(page, sites, "camille@lilas.example")
    page.open(f"{sites.base}/pro/appointments/new/")
    page.fill("Patiente", "sof")
    page.sees_one("[role=option]")
    page.press_on("[role=option]")
    page.sees("Sofia Costa")
    page.choose("Type", "Suivi de g")
    time_of_day = {"chromium": "05:05", "firefox": "05:50", "webkit": "06:35"}[engine]
    page.fill("Heure", time_of_day)
    page.sees("jusqu’à")
    page.press("Enregistrer le rendez-vous")
    page.sees("rendez-vous enregistré.")
    assert time_of_day in page.text(".summary .when")


@in_every_engine
def test_an_absence_has_hours_once_she_asks_for_them(new_visitor, sites):
    page = new_visitor(PHONE).page()
    sign_in(page, sites, "camille@lilas.example")
    page.open(f"{sites.base}/pro/absences/new/")
    page.fill("Titre", "Réunion")
    hours = "() => [...document.querySelectorAll('input[type=time]')].filter((e) => e.getClientRects().length).length"
    assert page.run(hours) == 0
    page.tick("Pas toute la journée")
    assert page.run(hours) == 2
    far = page.run("() => new Date(Date.now() + 300 * 86400e3).toISOString().slice(0, 10)")
    page.fill("Du", far)
    page.fill("Au (inclus)", far)
    page.run("() => document.getElementById('id_first_time').value = '18:15'")
    page.press("Enregistrer")
    page.sees("C’est enregistré")
    page.sees("18:15")


@in_every_engine
def test_a_passkey_is_offered_where_the_browser_has_them(engine, new_visitor, sites):
    page = new_visitor(PHONE).page()
    page.open(f"{sites.base}/accounts/login/")
    page.sees("Recevoir un code par e-mail")
    has_them = page.run("() => Boolean(window.PublicKeyCredential)")
    assert has_them == (engine != "webkit")
    page.wait("the script", "() => document.readyState === 'complete'")
    shown = "() => document.getElementById('passkey_login').getClientRects().length > 0"
    assert page.run(shown) == has_them


NARROW = (
    "/pro/appointments/new/",
    "/pro/appointments/1/",
    "/pro/patients/81/",
    "/pro/absences/new/",
    "/pro/events/new/",
    "/pro/messages/",
    "/pro/settings/practice/",
    "/pro/settings/practitioners/1/",
    "/pro/settings/practitioners/1/schedule/",
    "/pro/settings/types/4/",
    "/pro/settings/embed/",
    "/pro/settings/team/",
)


@in_every_engine
def test_no_page_of_the_office_scrolls_sideways_on_a_phone(new_visitor, sites):
    page = new_visitor(PHONE).page()
    sign_in(page, sites, "camille@lilas.example")
    wider = {}
    for path in NARROW:
        page.open(sites.base + path)
        page.sees_one("h1")
        wider[path] = page.scrolls_sideways()
    wider = {path: pixels for path, pixels in wider.items() if pixels > 0}
    assert not wider, wider


@in_every_engine
def test_the_agenda_keeps_its_place_in_every_engine(new_visitor, sites):
    page = new_visitor(DESKTOP).page()
    sign_in(page, sites, "camille@lilas.example")
    page.open(f"{sites.base}/pro/?date=2026-12-07&view=week")
    page.sees_one(".ec-week-view .ec-event")
    page.press("3 jours")
    page.arrives("view=3days")
    page.press("Plus tard")
    page.arrives("date=2026-12-10&view=3days")
    page.back()
    page.arrives("date=2026-12-07&view=3days")
    page.sees_one(".ec-event .who")
    page.press_on(".ec-event .opens")
    page.sees_one("#panel-page h1")
    page.press_on("#panel-close")
    page.arrives("/pro/?date=2026-12-07&view=3days")
    page.sees_one(".ec-event .who")
