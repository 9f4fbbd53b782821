"""The main job in a real browser: a visitor books, and what can come between."""

import time

import pytest

from tests.browser.conftest import assert_accessible
from tests.pace import busy

PHONE = {"width": 390, "height": 844}


def open_slots(page, site, name="Suivi de grossesse"):
    page.goto(f"{site.base}/cabinet-des-lilas/")
    page.get_by_role("link", name=name).click()
    page.wait_for_selector(".slot")


def sign_in(page, site, email, password="maia-demo", leads_to="**/mes-rendez-vous/"):
    page.goto(f"{site.base}/accounts/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(leads_to)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "without javascript"])
def test_a_visitor_books_and_reads_her_confirmation(
    site, browser, browser_context_args, code_for, mailbox, javascript
):
    context = browser.new_context(
        **browser_context_args, viewport=PHONE, java_script_enabled=javascript
    )
    page = context.new_page()
    email = f"visiteuse{int(javascript)}@patiente.example"
    open_slots(page, site)
    page.locator(".slot").nth(2).click()
    when = page.locator(".summary .when").inner_text()
    page.fill("[name=email]", email)
    page.get_by_role("button", name="Recevoir un code").click()
    page.wait_for_selector("input.code")
    assert page.locator(".summary .when").inner_text() == when
    page.fill("input.code", code_for(email))
    page.get_by_role("button", name="Continuer").click()
    page.fill("[name=first_name]", "Zoé")
    page.fill("[name=last_name]", "Garnier")
    page.fill("[name=mobile]", "06 39 98 00 42")
    page.fill("[name=note]", "Bonjour, c’est ma première grossesse.")
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    page.wait_for_url("**/booked/**")
    assert page.locator(".summary .when").inner_text() == when
    text = mailbox(email, "Votre rendez-vous du")
    day = when.splitlines()[0].lower()
    assert day in text
    hers = "camille" if "Camille" in page.locator(".summary").inner_text() else "ines"
    assert "Zoé Garnier" in mailbox(f"{hers}@lilas.example", "Nouveau rendez-vous")
    context.close()


def test_a_slot_taken_by_somebody_else_meanwhile(site, browser, browser_context_args, page):
    sign_in(page, site, "lea@patiente.example")
    open_slots(page, site, "Entretien prénatal")
    page.locator(".slot").last.click()
    page.fill("[name=note]", "À ne pas perdre")
    other = browser.new_context(**browser_context_args).new_page()
    sign_in(other, site, "sofia@patiente.example")
    other.goto(page.url)
    other.get_by_role("button", name="Confirmer le rendez-vous").click()
    other.wait_for_url("**/booked/**")
    other.context.close()
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    page.get_by_text("vient d’être pris").wait_for()
    assert_accessible(page)
    page.locator(".alternatives .slot").first.click()
    assert page.input_value("[name=note]") == "À ne pas perdre"
    page.get_by_role("button", name="Confirmer le rendez-vous").click()
    page.wait_for_url("**/booked/**")


def test_a_double_click_books_once(site, page):
    sign_in(page, site, "lea@patiente.example")
    before = page.locator(".appointments:not(.past) li").count()
    open_slots(page, site, "Suivi gynécologique")
    page.locator(".slot").nth(4).click()
    page.get_by_role("button", name="Confirmer le rendez-vous").dblclick()
    page.wait_for_url("**/booked/**")
    page.goto(f"{site.base}/mes-rendez-vous/")
    assert page.locator(".appointments:not(.past) li").count() == before + 1


def test_the_back_button_goes_back_a_step_each_time(site, page):
    open_slots(page, site)
    first = page.url
    page.get_by_role("link", name="Plus tard").click()
    page.wait_for_url("**from=**")
    later = page.url
    page.locator(".slot").first.click()
    page.wait_for_selector("[name=email]")
    page.go_back()
    page.wait_for_selector(".slot")
    assert page.url == later
    page.go_back()
    page.wait_for_selector(".slot")
    assert page.url == first
    page.go_back()
    page.wait_for_selector(".types")


def test_she_moves_then_cancels(site, page):
    sign_in(page, site, "sofia@patiente.example")
    # Far enough to be changed, and short: it fits into a full week, whichever day it is today.
    hers = page.locator(".appointments:not(.past) a").filter(has_text="Suivi de grossesse")
    hers.last.click()
    before = page.locator(".summary .when").inner_text()
    page.get_by_role("link", name="Déplacer").click()
    page.get_by_role("link", name="Plus tard").click()
    page.wait_for_url("**from=**")
    page.locator(".slot").last.click()
    page.get_by_role("button", name="Déplacer le rendez-vous").click()
    page.get_by_text("Votre rendez-vous est déplacé").wait_for()
    assert page.locator(".summary .when").inner_text() != before
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    page.get_by_text("Votre rendez-vous est annulé").wait_for()


def test_keyboard_only(site, page):
    open_slots(page, site)
    page.locator(".slot").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=email]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


@pytest.mark.once
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_accessible(site, browser, browser_context_args, width):
    context = browser.new_context(**browser_context_args, viewport={"width": width, "height": 860})
    page = context.new_page()

    def check(path):
        page.goto(site.base + path)
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{path} scrolls sideways"

    for path in ("/", "/cabinet-des-lilas/", "/cabinet-des-lilas/nope/", "/a/nope/"):
        check(path)
    for path in ("/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"):
        check(path)
    check("/cabinet-des-lilas/book/2/")
    check("/cabinet-des-lilas/book/2/?from=9999-12-31")
    for path in ("embed/", "embed/?type=2", "confidentialite/", "mentions-legales/"):
        check(f"/cabinet-des-lilas/{path}")
    check("/cabinet-des-lilas/embed/auto-own-all/accounts/login/code/")
    page.goto(f"{site.base}/cabinet-des-lilas/book/2/")
    slot = page.locator(".slot").first.get_attribute("href")
    check(slot)
    sign_in(page, site, "lea@patiente.example")
    check(slot)
    check("/mes-rendez-vous/")
    mine = page.locator(".appointments a").first.get_attribute("href")
    for path in (mine, f"{mine}cancel/", f"{mine}move/", "/accounts/email/", "/accounts/2fa/"):
        check(path)
    for path in (
        *("/mon-compte/", "/mon-compte/agenda/"),
        *("/accounts/sessions/", "/mon-compte/encore/"),
    ):
        check(path)
    check("/demo/messages/")
    context.close()


@pytest.mark.alone
def test_the_slots_of_a_week_appear_fast(site, page):
    open_slots(page, site)
    times = []
    for _ in range(10):
        started = time.monotonic()
        answer = page.request.get(f"{site.base}/cabinet-des-lilas/book/2/")
        times.append((time.monotonic() - started) * 1000)
        assert answer.ok
    median = sorted(times)[5]
    print(f"slots of a week: median {median:.0f} ms")
    assert median < busy(100)


@pytest.mark.once
def test_the_page_weighs_little_and_asks_nobody_else(site, page):
    weights = {}
    hosts = set()

    def note(response):
        hosts.add(response.url.split("/")[2])
        if response.url.split("?")[0].endswith((".css", ".js")):
            weights[response.url] = int(response.headers.get("content-length", "0"))

    page.on("response", note)
    open_slots(page, site)
    page.wait_for_load_state("networkidle")
    print(f"CSS and JavaScript: {sum(weights.values()) / 1000:.1f} kB")
    assert hosts == {site.base.removeprefix("http://")}
    assert 10_000 < sum(weights.values()) < 60_000


def test_other_days_are_said_and_the_focus_stays(site, page):
    open_slots(page, site)
    page.locator("#later").focus()
    page.keyboard.press("Enter")
    page.locator("#said", has_text="Du ").wait_for(state="attached")
    assert page.evaluate("document.activeElement.id") == "later"
    title = page.locator("#slots-title").inner_text()
    assert page.locator("#said").inner_text() == title


def test_on_a_phone_the_following_days_come_under_the_first(site, page):
    page.set_viewport_size(PHONE)
    open_slots(page, site)
    days = page.locator("#days > li:not(.none)")
    first, before = days.first.inner_text(), days.count()
    page.get_by_role("link", name="Voir les jours suivants").click()
    days.nth(before).wait_for()
    assert days.first.inner_text() == first
    assert page.evaluate("document.activeElement.textContent") in days.nth(before).text_content()
    more = days.count()
    page.get_by_role("link", name="Voir les jours suivants").click()
    days.nth(more).wait_for()
    assert_accessible(page)


def test_a_long_description_leaves_the_times_in_sight(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/**")
    page.goto(f"{site.base}/pro/settings/types/2/")
    kept = page.locator("[name=description]").input_value()
    page.fill("[name=description]", "Apportez vos résultats d’analyses du mois. " * 30)
    page.get_by_role("button", name="Enregistrer").first.click()
    page.wait_for_load_state()
    page.set_viewport_size(PHONE)
    page.goto(f"{site.base}/cabinet-des-lilas/book/2/")
    folded = page.locator(".description").bounding_box()["height"]
    page.get_by_text("Lire la suite").click()
    assert page.locator(".description").bounding_box()["height"] > 2 * folded
    page.goto(f"{site.base}/pro/settings/types/2/")
    page.fill("[name=description]", kept)
    page.get_by_role("button", name="Enregistrer").first.click()


def test_other_days_that_cannot_be_loaded_say_so(site, page):
    open_slots(page, site)
    page.context.set_offline(True)
    page.locator("#later").click()
    page.get_by_text("Ces horaires n’ont pas pu être chargés").wait_for()
    page.context.set_offline(False)
    page.locator("#later").click()
    page.locator("#said.unseen", has_text="Du ").wait_for(state="attached")
