"""The office's lists under one thumb: short rows that open whole, filters folded and said."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import sign_in

pytestmark = pytest.mark.once
LISTS = ("/pro/appointments/", "/pro/messages/", "/pro/patients/")


@pytest.fixture
def phone(site, page):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/**")
    return page


@pytest.mark.parametrize("path", LISTS)
def test_a_row_is_short_begins_on_the_first_screen_and_opens_wherever_it_is_touched(
    site, phone, path
):
    phone.goto(site.base + path)
    rows = phone.locator("main :is(.opens, .joined) > li")
    first = rows.first.bounding_box()
    assert first["y"] + first["height"] < 700
    for box in (row.bounding_box() for row in rows.all()[:12]):
        assert box["height"] <= 112  # three lines, four where a name or a type is long
        assert box["x"] + box["width"] <= 390
    at = phone.evaluate("({x, y}) => document.elementFromPoint(x, y).closest('a')?.pathname", {
        "x": first["x"] + first["width"] - 12, "y": first["y"] + first["height"] - 6
    })  # fmt: skip
    assert re.fullmatch(path + r"\d+/", at)
    assert_accessible(phone)


def test_what_the_messages_are_asked_for_is_folded_and_said(site, phone):
    phone.goto(f"{site.base}/pro/messages/?channel=sms&status=sent")
    expect(phone.locator("#kind")).to_be_hidden()
    asked = phone.get_by_role("list", name="Filtres").get_by_role("link")
    expect(asked).to_have_text([re.compile("envoyé"), re.compile("SMS")])
    asked.first.click()
    phone.wait_for_url("**/pro/messages/?channel=sms")
    expect(asked).to_have_count(1)


def test_the_profile_is_saved_from_wherever_one_reads(site, phone):
    phone.goto(f"{site.base}/pro/settings/practitioners/1/")
    phone.get_by_role("link", name="Rappels").click()
    expect(phone.get_by_label("Texte du SMS")).to_be_in_viewport()
    expect(phone.get_by_role("button", name="Enregistrer", exact=True)).to_be_in_viewport()
