"""An invitation in a real browser: from the record to the patient's own phone."""

import re

import pytest

from tests.browser.conftest import assert_accessible
from tests.browser.test_booking import PHONE, sign_in

pytestmark = pytest.mark.once


def test_a_patient_follows_her_invitation(
    site, page, browser, browser_context_args, mailbox, code_for
):
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(f"{site.base}/pro/patients/")
    page.fill("#q", "soizic")
    page.keyboard.press("Enter")
    page.wait_for_url("**/found/")
    page.locator("a.card").first.click()
    email = page.input_value("#id_email")
    page.get_by_role("button", name="Inviter à réserver en ligne").click()
    page.get_by_text("L’invitation est partie").wait_for()
    assert_accessible(page)
    link = re.search(r"http\S+/invitation/\S+", mailbox(email, "vous invite")).group()
    context = browser.new_context(**browser_context_args, viewport=PHONE)
    hers = context.new_page()
    hers.goto(link)
    assert_accessible(hers)
    hers.get_by_role("button", name="Continuer").click()
    hers.locator("input[name=code]").fill(code_for(email))
    hers.get_by_role("button", name="Continuer").click()
    hers.get_by_text("L’invitation est acceptée").wait_for()
    assert hers.url.endswith("/cabinet-des-lilas/")
    hers.goto(f"{site.base}/mes-rendez-vous/")
    assert hers.locator(".appointments li").count() > 0  # her record's
    context.close()
    page.reload()
    assert page.get_by_text("a un compte").count() == 1
