"""The agenda in a real browser: its place, its keys, what it says aloud, what others do in it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once
WEEK = "/pro/?date=2027-01-11&view=week"


@pytest.fixture
def agenda(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector("#agenda[aria-busy=false] .ec-event")
    return page


def drawn(page):
    page.wait_for_selector("#agenda[aria-busy=false]")
    expect(page.locator("#heard")).to_contain_text("rendez-vous")


def address(page):
    return page.url.split("/pro/")[1]


def test_it_keeps_its_place(site, agenda):
    page = agenda
    page.goto(site.base + WEEK)
    page.wait_for_selector(".ec-event")
    page.keyboard.press("j")
    expect(page.locator("#range")).to_have_text(re.compile("18.*24 janvier 2027"))
    assert address(page) == "?date=2027-01-18&view=week"
    page.keyboard.press("d")
    assert address(page) == "?date=2027-01-18&view=day"
    page.go_back()
    page.go_back()
    expect(page.locator("#range")).to_have_text(re.compile("11.*17 janvier 2027"))
    page.go_forward()
    page.reload()
    expect(page.locator("#range")).to_have_text(re.compile("18.*24 janvier 2027"))
    drawn(page)
    page.locator(".ec-main").evaluate("e => e.scrollTop = 300")
    page.goto(page.locator(".ec-event a.opens").last.evaluate("e => e.href"))
    back = page.locator("p.back a")
    assert back.get_attribute("href") == "/pro/?date=2027-01-18&view=week"
    back.click()
    drawn(page)
    assert address(page) == "?date=2027-01-18&view=week"
    page.wait_for_function("document.querySelector('.ec-main').scrollTop === 300")
    page.goto(f"{site.base}/pro/")  # where an act ends
    expect(page.locator("#range")).to_have_text(re.compile("18.*24 janvier 2027"))


def test_keys_jump_and_are_not_keys_while_she_types(agenda):
    page = agenda
    page.keyboard.press("m")
    expect(page.locator("[data-view=month]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("d")
    expect(page.locator("[data-view=month]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("dw")
    expect(page.locator("#find")).to_have_value("dw")
    expect(page.locator("[data-view=month]")).to_have_attribute("aria-pressed", "true")
    page.locator("#range").click()
    expect(page.locator("#jump [aria-current=date]")).to_be_focused()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    chosen = page.locator("#jump :focus").get_attribute("aria-label")
    page.keyboard.press("Enter")
    expect(page.locator("#jump")).to_be_hidden()
    page.keyboard.press("d")
    expect(page.locator("#range")).to_have_text(chosen)
    page.keyboard.press("n")
    day = page.url.split("date=")[1][:10]
    expect(page.locator("#panel #id_date")).to_have_value(day)


def test_an_event_says_all_of_itself(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2026-12-07&view=team")
    drawn(page)
    name = page.locator(".ec-event", has_text="avec Camille Lefèvre").first
    said = name.locator(".unseen").text_content()
    assert re.match(r"\w+ \d+ \w+ \d{4}, \d\d:\d\d – \d\d:\d\d, .+, avec Camille Lefèvre$", said)
    assert page.get_by_role("article").count() == 0


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_day_is_in_the_first_third(site, browser, browser_context_args, width):
    context = browser.new_context(**browser_context_args, viewport={"width": width, "height": 844})
    page = context.new_page()
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector("#agenda[aria-busy=false] .ec-main")  # a Sunday as well
    top = page.locator("#agenda").bounding_box()["y"]
    above = page.locator(".demo-bar").bounding_box()["height"]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if width == 390:
        assert top - above <= 844 / 3
    assert_accessible(page)
    for target in ("summary", "#bar button", ".strip button"):
        for one in page.locator(target).all():
            assert not one.is_visible() or one.bounding_box()["height"] >= 24
    context.close()


def test_what_others_do_shows_by_itself_and_is_new(site, agenda, browser, browser_context_args):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2027-02-01&view=week")
    page.wait_for_selector("#agenda[aria-busy=false]")
    other = browser.new_context(**browser_context_args).new_page()
    sign_in(other, site, "camille@lilas.example", leads_to="**/pro/")
    other.goto(f"{site.base}/pro/appointments/new/?start=2027-02-03T10:00")
    other.fill("[name=patient_search]", "sof")
    other.get_by_role("option", name="Sofia Costa").click()
    other.select_option("#id_type", index=1)
    other.locator("#until", has_text="jusqu’à").wait_for()
    other.get_by_role("button", name="Enregistrer le rendez-vous").click()
    other.get_by_text("rendez-vous enregistré.").wait_for()
    page.evaluate("live.ask()")
    new = page.locator(".ec-event.news", has_text="Sofia Costa")
    expect(new.locator(".is-new")).to_have_text("nouveau")
    expect(page.locator("#heard")).to_have_text(re.compile("1 changement.*rendez-vous"))
    asked = []
    page.on("response", lambda answer: asked.append((answer.status, answer.url)))
    page.evaluate("live.ask()")
    page.wait_for_timeout(500)
    assert [(status, "/news/" in url) for status, url in asked] == [(304, True)]
    spot = new.bounding_box()
    page.mouse.move(spot["x"] + 20, spot["y"] + 12)
    expect(page.locator(".ec-event.news")).to_have_count(0)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("hors connexion")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    other.context.close()


def test_forced_colours_keep_what_colours_said(site, agenda):
    page = agenda
    page.emulate_media(forced_colors="active")
    pressed = page.locator("[data-view][aria-pressed=true]")
    plain = page.locator("[data-view][aria-pressed=false]").first
    ground = "e => getComputedStyle(e).backgroundColor"
    assert pressed.evaluate(ground) != plain.evaluate(ground)
    border = "e => getComputedStyle(e).borderTopStyle"
    assert page.locator(".ec-event").first.evaluate(border) == "solid"
    hatched = page.locator(".ec-bg-event.hours").first
    assert "gradient" in hatched.evaluate("e => getComputedStyle(e).backgroundImage")


@pytest.mark.parametrize("view", ["week", "day"])
def test_on_paper_it_is_one_sheet_that_says_whose_and_when(site, agenda, view):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2026-12-07&view={view}")
    drawn(page)
    pdf = page.pdf(prefer_css_page_size=True, format="A4")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    page.emulate_media(media="print")
    expect(page.locator(".on-paper")).to_have_text("Cabinet des Lilas · Camille Lefèvre")
    expect(page.locator("#range")).to_be_visible()
    for left_out in (".checklist", ".filters", ".views", ".rail"):
        expect(page.locator(left_out).first).to_be_hidden()


def test_a_slow_answer_is_not_drawn_over_the_page_that_followed(site, agenda):
    page = agenda
    slow = []

    def hold(route):
        slow.append(route)
        if len(slow) > 1:
            route.continue_()

    page.route("**/agenda/events/**", hold)
    page.keyboard.press("j")
    page.wait_for_timeout(100)
    page.keyboard.press("j")
    page.wait_for_selector("#agenda[aria-busy=false] .ec-event")
    shown = page.locator(".ec-event .who").all_text_contents()
    slow[0].continue_()
    page.wait_for_timeout(500)
    assert page.locator(".ec-event .who").all_text_contents() == shown
    page.unroute("**/agenda/events/**")
    page.route("**/agenda/events/**", lambda route: route.fulfill(status=400))
    page.keyboard.press("j")
    expect(page.locator("#offline")).to_contain_text("ne peut pas")


def test_what_was_said_goes_by_itself_and_covers_no_tab(site, agenda):
    page = agenda
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("tell('Le rendez-vous est annulé.')")
    said = page.locator("#agenda-status")
    expect(said).to_have_text("Le rendez-vous est annulé.")
    tabs = page.locator(".menu").bounding_box()
    box = said.bounding_box()
    assert box["y"] + box["height"] <= tabs["y"]
    expect(said).to_have_text("", timeout=30_000)


def test_the_first_of_a_month_is_written_as_it_is_said(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2026-12-01&view=day")
    expect(page.locator("#range")).to_contain_text("1er décembre 2026")


def click_on_its_name(page, name):
    """It stands under the grid, which takes the clicks."""
    where = name.bounding_box()
    page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)


def test_a_click_on_what_closes_a_day_leads_to_where_it_is_kept(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2026-12-30&view=week")
    drawn(page)
    name = page.locator("a.why", has_text="Fermé").first
    leads_to = name.evaluate("e => e.href")
    click_on_its_name(page, name)
    page.wait_for_url(leads_to)


def test_a_click_or_enter_on_an_absence_opens_it_beside_the_agenda(site, agenda):
    page = agenda
    page.goto(f"{site.base}/pro/?date=2026-12-30&view=team")
    drawn(page)
    name = page.locator("a.why", has_text="Congés").first
    path = name.get_attribute("href")
    assert re.fullmatch(r"/pro/absences/\d+/", path)
    panel = page.locator("#panel")
    click_on_its_name(page, name)
    expect(panel.locator("h1")).to_have_text("Modifier l’absence")
    expect(page.locator("#panel-whole")).to_have_attribute("href", site.base + path)
    expect(panel.get_by_label("Titre")).to_have_value("Congés")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    page.locator(f'a.why[href="{path}"]').first.focus()
    page.keyboard.press("Enter")
    expect(panel.locator("h1")).to_have_text("Modifier l’absence")
    # Said no to, its deletion leads back to it.
    panel.get_by_role("button", name="Supprimer", exact=True).click()
    panel.get_by_role("heading", name="Supprimer").wait_for()
    panel.get_by_role("link", name="Non, revenir en arrière").click()
    expect(panel.locator("h1")).to_have_text("Modifier l’absence")


def test_days_that_cannot_be_read_offline_do_not_look_free(site, agenda):
    page = agenda
    page.context.set_offline(True)
    page.get_by_role("button", name="Plus tard").click()
    expect(page.locator("#offline")).to_contain_text("ne sont pas chargés")
    expect(page.locator("#agenda")).to_have_class(re.compile(r"\bunread\b"))
    expect(page.locator("#heard")).to_be_empty()  # nobody knows how many appointments they have
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#agenda")).not_to_have_class(re.compile(r"\bunread\b"))
    drawn(page)


def test_a_session_that_ended_and_begins_again_is_caught_up_with(site, agenda):
    page = agenda
    page.context.clear_cookies()
    page.evaluate("live.ask()")
    expect(page.locator("#offline")).to_contain_text("Votre session a pris fin")
    with page.context.expect_page() as opening:
        page.locator("#offline a").click()
    door = opening.value
    door.fill("#id_login", "camille@lilas.example")
    door.fill("#id_password", "maia-demo")
    door.get_by_role("button", name="Se connecter").click()
    door.wait_for_url("**/pro/")
    door.close()
    page.evaluate("live.ask()")
    expect(page.locator("#offline")).to_be_hidden()
    assert page.evaluate("post(config.news, {}).then((answer) => answer.status)") != 403


def test_on_a_phone_the_days_pressed_keep_the_focus_and_only_their_own_are_counted(site, agenda):
    page = agenda
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=day")
    page.locator(".ec-event").first.wait_for()
    page.evaluate("live.ask()")
    page.wait_for_timeout(500)
    assert page.evaluate("live.fresh.size") == 0
    shown = page.evaluate("calendar.getEvents().map(({ start }) => wall(start).date)")
    assert len(set(shown)) <= 2  # a whole day before or after may reach in
    page.locator("#strip button").nth(1).press("Enter")
    expect(page.locator("#strip button[aria-current]")).to_be_focused()


def test_three_days_on_a_phone_are_each_named_and_all_marked(site, page_of):
    page = page_of({"width": 390, "height": 844})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2026-12-29&view=3days&practitioner=2")  # Inès is away
    page.locator(".ec-event, .why").first.wait_for()
    heads = page.locator(".ec-col-head time")
    expect(heads).to_have_text(["mar. 29", "mer. 30", "jeu. 31"])
    expect(heads.first).to_be_visible()
    expect(page.locator("#strip .shown")).to_have_text(["mar.29", "mer.30", "jeu.31"])
    expect(page.locator("#strip [aria-current]")).to_have_count(1)
    away = page.locator(".why").first
    assert away.text_content() == "Absence · Congés"
    assert away.get_attribute("title") == "Absence · Congés"
    assert away.bounding_box()["height"] <= 26  # one line
    page.goto(f"{site.base}/pro/?date=2026-12-24&view=3days&practitioner=2")
    christmas = page.locator(".why", has_text="Noël (férié)")
    assert christmas.bounding_box()["height"] <= 26
    page.goto(f"{site.base}/pro/?view=3days")
    today = page.locator(".ec-col-head.ec-today time")
    assert today.evaluate("e => getComputedStyle(e).fontWeight") == "700"
    page.goto(f"{site.base}/pro/?date=2027-01-11&view=day")
    page.locator(".ec-event").first.wait_for()
    expect(page.locator(".ec-col-head time")).to_be_hidden()  # its date stands in the title


@pytest.mark.parametrize("width", [390, 1280])
def test_without_a_script_it_is_a_day_in_lines_and_nothing_is_dead(site, page_of, width):
    page = page_of({"width": width, "height": 844}, java_script_enabled=False)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2026-12-24&view=week")
    day = page.locator(".plain-day")
    expect(day).to_have_text("jeudi 24 décembre 2026")
    expect(page.locator("main button:visible, main select:visible")).to_have_count(0)
    expect(page.locator(".at-first a:visible").first).to_be_visible()
    step = page.locator(".plain-days a")  # Playwright gives what stands in a noscript no role
    step.filter(has_text="La veille").click()
    step.filter(has_text="Le lendemain").click()
    step.filter(has_text="Le lendemain").click()
    expect(day).to_have_text("vendredi 25 décembre 2026")
    expect(page.locator(".outside", has_text="Noël (férié)")).to_be_visible()
    page.locator("[aria-label='jeudi 24 décembre 2026']").click()
    expect(day).to_have_text("jeudi 24 décembre 2026")
    page.locator(".at-first a:visible").first.click()
    expect(page.locator(".summary .when")).to_contain_text("24 décembre 2026")


def test_beside_the_panel_its_event_is_marked_and_the_menu_is_in_reach(site, page_of):
    page = page_of({"width": 1280, "height": 800})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/?date=2026-12-03&view=week")
    drawn(page)
    title = page.locator("#range")
    assert title.bounding_box()["height"] < 44  # one line
    event = page.locator(".ec-event a.opens").first
    event.click()
    page.locator("#panel-page h1").wait_for()
    expect(page.locator(".ec-event [aria-current=true]")).to_have_count(1)
    expect(event).to_have_attribute("aria-current", "true")
    assert title.bounding_box()["height"] < 44
    for name in ("Patientes", "Réglages", "Nouveau rendez-vous"):
        expect(page.locator(".rail").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    assert_accessible(page)
    page.locator("#find").click()
    page.keyboard.type("sof")
    expect(page.get_by_role("option", name="Sofia Costa")).to_be_in_viewport(ratio=1)
    page.locator("#panel-close").click()
    expect(page.locator(".ec-event [aria-current=true]")).to_have_count(0)


def test_the_narrowest_phone_has_its_hours_in_the_first_third(site, page_of):
    page = page_of({"width": 320, "height": 844})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.wait_for_selector("#agenda[aria-busy=false] .ec-main")
    above = page.locator(".demo-bar").bounding_box()["height"]
    assert page.locator("#agenda").bounding_box()["y"] - above <= 844 / 3


def test_in_forced_colours_a_closed_day_of_the_month_is_read(site, agenda):
    page = agenda
    page.emulate_media(forced_colors="active")
    page.goto(f"{site.base}/pro/?date=2026-12-03&view=month")
    closed = page.locator(".ec-month-view .why", has_text="Fermé").first
    closed.wait_for()
    assert closed.evaluate("e => getComputedStyle(e).forcedColorAdjust") == "auto"


def test_on_a_short_event_new_is_a_mark_and_the_name_is_read(site, agenda):
    page = agenda
    page.goto(site.base + WEEK)
    drawn(page)
    page.evaluate(
        "for (const one of calendar.getEvents()) live.fresh.add(String(one.id)); calendar.refetchEvents()"
    )
    brief = page.locator(".ec-event .is-new.brief")
    brief.first.wait_for()
    assert max(brief.evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")) < 24
