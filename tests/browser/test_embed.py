"""Maia inside of a website: two sites, TLS, a real Chromium, and what browsers do to cookies."""

import json
import re
import time

import pytest

from tests.browser.sites import STRANGER, follow
from tests.pace import PATIENCE

pytestmark = pytest.mark.once

# Nothing but what the guide asks for: no inline script, no inline style.
STRICT = "default-src 'none'; script-src {maia}; frame-src {maia}"


LOADED = """() => new Promise((done) =>
  document.readyState === "complete" ? done() : addEventListener("load", done))"""


def page_with(snippet):
    return (
        '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Mon cabinet</title>'
        f"<body><h1>Mon cabinet</h1>{snippet}<p>Pied de page</p></body></html>"
    )


def read_mail(context, sites, to, subject, pattern=""):
    reader = context.new_page()
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            reader.goto(f"{sites.base}/demo/messages/?to={to}")
            mail = reader.locator(".mail", has_text=subject)
            if mail.count():
                text = mail.first.locator("pre").text_content()
                return re.search(pattern, text).group() if pattern else text
            time.sleep(0.3)
    finally:
        reader.close()
    raise AssertionError(f"no email to {to}")


def choose_slot(frame):
    follow(frame.get_by_role("link", name="Suivi de grossesse"))
    follow(frame.locator(".slot").last)


def sign_up_and_book(frame, code, email):
    frame.locator("[name=email]").fill(email)
    follow(frame.get_by_role("button", name="Recevoir un code"))
    frame.locator("input.code").fill(code())
    follow(frame.get_by_role("button", name="Continuer"))
    frame.locator("[name=first_name]").fill("Zoé")
    frame.locator("[name=last_name]").fill("Garnier")
    frame.locator("[name=mobile]").fill("06 39 98 00 42")
    follow(frame.get_by_role("button", name="Confirmer le rendez-vous"))


@pytest.mark.rule("3.11.2")
@pytest.mark.parametrize("cookies", ["allowed", "partitioned"])
def test_she_signs_up_books_and_cancels_inside_of_the_frame(sites, listed, open_browser, cookies):
    sites.host.pages["/rdv"] = page_with(listed)
    sites.host.policies["/rdv"] = STRICT.format(maia=sites.base)
    context = open_browser(cookies)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{sites.around}/rdv")
    page.evaluate(
        "document.addEventListener('maia:booked', "
        "(e) => (document.body.dataset.heard = JSON.stringify(e.detail)))"
    )
    frame = page.frame_locator("iframe")
    email = f"cadre-{cookies}@patiente.example"
    choose_slot(frame)
    when = frame.locator(".summary .when").inner_text()
    sign_up_and_book(
        frame, lambda: read_mail(context, sites, email, "votre code", r"\b\d{6}\b"), email
    )
    frame.get_by_role("heading", name="Votre rendez-vous est pris").wait_for()
    assert frame.locator(".summary .when").inner_text() == when
    heard = page.locator("body[data-heard]").get_attribute("data-heard")
    assert json.loads(heard) == {"practice": "cabinet-des-lilas"}  # and nothing of her
    follow(frame.get_by_role("link", name="Déplacer ou annuler"))
    follow(frame.get_by_role("link", name="Annuler"))
    follow(frame.get_by_role("button", name="Annuler le rendez-vous"))
    frame.get_by_text("Votre rendez-vous est annulé").wait_for()
    assert problems == []
    jar = {c["name"]: c for c in context.cookies() if "frame_" in c["name"]}
    assert jar["__Secure-frame_sessionid"]["sameSite"] == "None"
    assert jar["__Secure-frame_sessionid"]["secure"]
    assert jar["__Secure-frame_sessionid"]["httpOnly"]
    assert jar["__Secure-frame_sessionid"]["partitionKey"].startswith(
        "https://cabinet-lilas.localhost"
    )
    # Maia itself does not know her: the frame's session is the frame's.
    page.goto(f"{sites.base}/mes-rendez-vous/")
    assert "/accounts/login/" in page.url


@pytest.mark.rule("3.11.2")
def test_where_no_cookie_is_kept_a_tab_takes_over_and_the_frame_follows(
    sites, listed, open_browser
):
    sites.host.pages["/rdv"] = page_with(listed)
    context = open_browser("blocked")
    page = context.new_page()
    page.goto(f"{sites.around}/rdv")
    frame = page.frame_locator("iframe")
    choose_slot(frame)
    when = frame.locator(".summary .when").inner_text()
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Continuer dans un nouvel onglet").click()
    tab = opened.value
    email = "onglet@patiente.example"
    # In lower case: the first letter is the stylesheet’s.
    assert tab.locator(".summary .when").inner_text().lower() == when.lower()
    sign_up_and_book(
        tab, lambda: read_mail(context, sites, email, "votre code", r"\b\d{6}\b"), email
    )
    tab.get_by_role("heading", name="Votre rendez-vous est pris").wait_for()
    tab.close()
    page.bring_to_front()
    frame.get_by_role("heading", name="Votre rendez-vous est pris").wait_for()
    assert "Zoé" not in frame.locator("body").inner_text()


@pytest.mark.once
def test_the_frame_follows_a_tab_that_the_middle_button_or_a_long_press_opened(
    sites, listed, open_browser
):
    sites.host.pages["/rdv"] = page_with(listed)
    context = open_browser("blocked")
    page = context.new_page()
    page.goto(f"{sites.around}/rdv")
    frame = page.frame_locator("iframe")
    choose_slot(frame)
    link = frame.get_by_role("link", name="Continuer dans un nouvel onglet")
    link.evaluate(LOADED)  # and heard by its script
    link.dispatch_event("pointerdown", {"button": 1})
    tab = context.new_page()
    tab.goto(sites.base + link.get_attribute("href"))
    email = f"milieu{time.time_ns()}@patiente.example"  # new at a second attempt too
    sign_up_and_book(
        tab, lambda: read_mail(context, sites, email, "votre code", r"\b\d{6}\b"), email
    )
    tab.get_by_role("heading", name="Votre rendez-vous est pris").wait_for()
    tab.close()
    page.bring_to_front()
    frame.get_by_role("heading", name="Votre rendez-vous est pris").wait_for()


def test_an_unlisted_website_shows_nothing_but_the_link(sites, listed, open_browser):
    sites.host.pages["/rdv"] = page_with(listed)
    page = open_browser().new_page()
    page.goto(f"https://{STRANGER}:{sites.host.server_port}/rdv")
    page.get_by_role("link", name="Prendre rendez-vous").wait_for()
    page.locator("iframe").wait_for(state="hidden")
    assert page.get_by_role("link", name="Prendre rendez-vous").is_visible()
    for framed in page.frames[1:]:
        assert framed.locator(".types").count() == 0


def test_nothing_else_is_framed_even_on_a_listed_website(sites, listed, open_browser):
    paths = ("/cabinet-des-lilas/", "/pro/", "/accounts/login/", "/mes-rendez-vous/", "/admin/")
    sites.host.pages["/all"] = page_with(
        "".join(f'<iframe src="{sites.base}{path}"></iframe>' for path in paths)
    )
    page = open_browser().new_page()
    page.goto(f"{sites.around}/all")
    page.wait_for_load_state("networkidle")
    assert len(page.frames) == 1 + len(paths)
    for framed in page.frames[1:]:
        assert framed.locator("main").count() == 0, framed.url


def test_the_frame_is_as_high_as_its_page_and_two_live_on_one_page(sites, listed, open_browser):
    sites.host.pages["/two"] = page_with(
        listed + listed.replace("<script", '<script data-type="2" data-accent="#7a4f9a"')
    )
    page = open_browser(viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{sites.around}/two")
    first, second = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    first.locator(".types").first.wait_for()
    second.locator(".slot").first.wait_for()
    assert page.get_by_role("link", name="Prendre rendez-vous", exact=True).count() == 0
    for number, frame in enumerate((first, second)):
        body = frame.locator("body")
        page.wait_for_function(
            f"document.querySelectorAll('iframe')[{number}].clientHeight !== 640"
        )
        assert body.evaluate("document.documentElement.scrollHeight - innerHeight") <= 1
    assert "7a4f9a" in second.locator("link[href*=theme]").get_attribute("href")
    high = page.locator("iframe").first.bounding_box()["height"]
    page.mouse.wheel(0, 400)
    first.get_by_role("link", name="Suivi de grossesse").click()
    first.locator(".slot").first.wait_for()
    page.wait_for_function(f"document.querySelector('iframe').clientHeight !== {round(high)}")
    top = page.locator("iframe").first.bounding_box()["y"]
    assert -5 <= top <= 430, "the page has not followed the step"


def test_a_link_on_the_page_opens_the_right_step(sites, listed, open_browser):
    sites.host.pages["/rdv"] = page_with('<a href="#rendez-vous-2">Rééducation</a>' + listed)
    page = open_browser().new_page()
    page.goto(f"{sites.around}/rdv")
    frame = page.frame_locator("iframe")
    frame.locator(".types").first.wait_for()
    page.get_by_role("link", name="Rééducation").click()
    frame.locator(".slot").first.wait_for()
    page.goto(f"{sites.around}/rdv?again#rendez-vous-3")
    page.frame_locator("iframe").locator(".slots").wait_for()


def test_without_scripts_there_is_a_link(sites, listed, open_browser):
    sites.host.pages["/rdv"] = page_with(listed)
    page = open_browser(java_script_enabled=False).new_page()
    page.goto(f"{sites.around}/rdv")
    page.get_by_role("link", name="Prendre rendez-vous").click()
    page.get_by_role("link", name="Suivi de grossesse").wait_for()


def test_a_plain_iframe_works(sites, listed, open_browser):
    address = f"{sites.base}/cabinet-des-lilas/embed/?language=en"
    sites.host.pages["/plain"] = page_with(f'<iframe src="{address}" height="900"></iframe>')
    page = open_browser().new_page()
    page.goto(f"{sites.around}/plain")
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="What is your appointment for?").wait_for()
    frame.get_by_role("link", name="Français").click()
    frame.get_by_role("heading", name="Pour quel motif").wait_for()
