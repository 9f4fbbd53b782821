"""By keys, what has the focus is never behind the bar that stays at the bottom."""

import pytest

from tests.browser.test_booking import sign_in
from tests.browser.test_panel import PHONE

pytestmark = pytest.mark.once
WIDE = {"width": 1280, "height": 720}
# What has the focus, where it lies under a bar that stays; a radio is seen as its label.
BEHIND = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e.closest(".saves, .actions.foot, .tabs, .rail")) return "";
    const seen = e.matches("[type=radio], [type=checkbox]") && e.closest("label") || e;
    const { top, bottom, left, right } = seen.getBoundingClientRect();
    const bars = [...document.querySelectorAll("main .saves, .actions.foot")].filter(
        (bar) => getComputedStyle(bar).position === "sticky" && !bar.contains(e));
    return bars.some((bar) => {
        const over = bar.getBoundingClientRect();
        const beside = right <= over.left || left >= over.right;
        return !beside && top < over.bottom && bottom > over.top + 1;
    }) ? e.name || e.id || e.textContent : "";
}"""


@pytest.mark.parametrize("size", [PHONE, WIDE], ids=["390", "1280"])
@pytest.mark.parametrize(
    "path", ["/pro/appointments/new/?start=2027-03-18T10:00", "/pro/settings/types/1/"]
)
def test_what_has_the_focus_is_not_behind_the_bar(site, page_of, size, path):
    page = page_of(size)
    sign_in(page, site, "camille@lilas.example", leads_to="**/pro/")
    page.goto(site.base + path)
    page.locator("main h1").first.wait_for()
    page.locator("main a, main input, main summary").first.focus()
    hidden = []
    for _tab in range(90):
        page.keyboard.press("Tab")
        name = page.evaluate(BEHIND)
        if name:
            hidden.append(name)
    assert hidden == []
