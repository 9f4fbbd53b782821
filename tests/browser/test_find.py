"""The search of every page of the office: a list as one types, by keys."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once


@pytest.mark.parametrize("path", ["/pro/", "/pro/settings/", "/pro/appointments/"])
def test_a_patient_is_found_by_keys_from_every_page(site, page, path):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(site.base + path)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Chercher une patiente")
    expect(field).to_be_focused()
    page.keyboard.type("sof")
    options = page.locator("#found-patients [role=option]")
    expect(options.first).to_contain_text("Sofia")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("sof")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pro/patients/\d+/"))
    expect(page.locator("h1")).to_contain_text("Sofia")


def test_it_is_there_while_the_panel_has_its_room(site, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.locator(".ec-event a, a.ec-event").first.click()
    field = page.get_by_role("combobox", name="Chercher une patiente")
    page.locator("#panel-page h1").wait_for()
    assert field.bounding_box()["width"] < 60  # its sign, in the rail of signs
    page.keyboard.press("/")
    expect(field).to_be_focused()
    assert field.bounding_box()["width"] > 150
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    assert field.bounding_box()["width"] < 60
    assert page.evaluate("document.activeElement.closest('#panel-page, .side') !== null")
    expect(page.locator("#panel-page h1")).to_be_visible()


def test_nobody_found_is_said_and_leads_to_her_new_record(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.keyboard.press("/")
    page.keyboard.type("Zélie Quux")
    option = page.locator("#found-patients [role=option]")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("Zélie Quux")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pro/patients/new/")
    expect(page.locator("#id_first_name")).to_have_value("Zélie")
    expect(page.locator("#id_last_name")).to_have_value("Quux")
    kept = page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    assert "Zélie" not in kept
    page.reload()
    expect(page.locator("#id_first_name")).to_have_value("")


def test_the_list_of_patients_says_how_many_and_not_who(site, page):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/patients/")
    said = page.locator("#patients-said")
    expect(said).to_have_text("")
    page.locator("#q").press_sequentially("dumont")
    expect(said).to_contain_text("patientes trouvées")
    expect(said).to_have_attribute("role", "status")
    assert page.locator("#patients").get_attribute("aria-live") is None
    page.locator("#q").fill("zzzzzz")
    expect(said).to_have_text("Personne de ce nom")
