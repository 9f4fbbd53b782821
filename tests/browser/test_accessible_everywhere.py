"""The main pages, by the same rules of WCAG 2.2 AA, as each of the three engines draws them."""

from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.engines.fixtures import PHONE, in_every_engine
from tests.browser.test_three_engines import sign_in

pytestmark = pytest.mark.once
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# Its own text is run as a part of the function: the pages let nobody evaluate any.
# From the end of the page: a field that is half under the bar that saves is no small target, it scrolls.
ASK = f"""() => {{
  scrollTo(0, document.documentElement.scrollHeight);
  {AXE}
  window.faults = null;
  axe.run({{ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }}).then((said) => {{
    window.faults = said.violations.map((v) => v.id + " " + v.nodes.map((n) => n.html).join(" ")).join("\\n") || "none";
  }});
  return true;
}}"""
PATIENTS = ("/cabinet-des-lilas/", "/cabinet-des-lilas/book/2/", "/accounts/login/")
OFFICE = (
    *("/pro/", "/pro/?view=month", "/pro/appointments/", "/pro/appointments/new/", "/pro/more/"),
    *("/pro/patients/", "/pro/absences/new/", "/pro/settings/", "/pro/settings/types/2/"),
)


# A colour on its way to another is neither. What turns for ever is no colour.
STILL = """() => document.readyState === 'complete' && document.getAnimations().every(
  (moving) => moving.playState !== "running" || moving.effect.getTiming().iterations === Infinity
)"""


def assert_no_fault(page, address):
    page.open(address)
    page.wait(address, STILL)
    page.run(ASK)
    assert page.wait(f"axe on {address}", "() => window.faults") == "none", address


@in_every_engine
def test_axe_has_nothing_to_say(new_visitor, sites):
    page = new_visitor(PHONE).page()
    for path in PATIENTS:
        assert_no_fault(page, sites.base + path)
    sign_in(page, sites, "camille@lilas.example")
    page.sees_one("#agenda[aria-busy=false] .ec-main")  # on a closed day as well
    for path in OFFICE:
        assert_no_fault(page, sites.base + path)
