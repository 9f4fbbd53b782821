"""A cheap phone with a slow line, in a real Chromium: what the booking page weighs and when its first
free slot can be tapped; when the agenda's first event is drawn. Run by `bench.run`; prints its rows as
JSON."""

import json
import os
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.rows import goal, row
from tests.browser.chromium import FLAGS, find_chromium
from tests.site import running_site

# What Lighthouse calls a slow 4G line and a mid-tier phone.
LINE = {
    "offline": False,
    "latency": 150,  # milliseconds, of each round trip
    "downloadThroughput": 1_638_400 / 8,  # bytes a second
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4  # times, than this machine's processor
TIMES = 5
SLOT = "a.slot"
# The browser itself says when a midwife's first event was painted: who watches from outside waits for
# a moment in which the phone has nothing else to do.
PAINTED = """
window.painted = {};
new PerformanceObserver((entries) => {
  for (const { identifier, renderTime } of entries.getEntries()) window.painted[identifier] ??= renderTime / 1000;
}).observe({ type: "element", buffered: true });
for (const [name, selector] of [["line", ".at-first .who"], ["hours", ".ec-event .who"]]) {
  new MutationObserver((_, watch) => {
    const event = document.querySelector(selector);
    if (!event) return;
    watch.disconnect();
    event.setAttribute("elementtiming", name);
  }).observe(document, { childList: true, subtree: true });
}
"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site:
        script = (
            "from django.urls import reverse;"
            "from maia.schedules.models import AppointmentType as T;"
            "pk = T.objects.get(name='Suivi de grossesse').pk;"
            "print(reverse('slots', args=['cabinet-des-lilas', pk]))"
        )
        path = site.manage("shell", "--no-imports", "-c", script).split()[-1]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(install=True), args=FLAGS
            )
            seen = [first_visit(browser, site.base + path) for _ in range(TIMES)]
            again = [second_visit(browser, site.base + path) for _ in range(TIMES)]
            opened, back, hours = zip(
                *(agenda(browser, site.base) for _ in range(TIMES)), strict=True
            )
            browser.close()
    weight = median(one["kilobytes"] for one in seen)
    print(
        json.dumps(
            [
                goal("booking page, first visit: weight", weight, "kB", at_most=60),
                goal(
                    "booking page, first visit: requests",
                    median(one["requests"] for one in seen), "", at_most=12,
                ),
                goal(
                    "slow 4G, phone 4 times slower: first slot",
                    median(one["seconds"] for one in seen), "s", at_most=2,
                ),
                row("… on a second visit", round(median(again), 2), "s"),
                row("… the agenda's first event, nothing in the cache", round(median(opened), 2), "s"),
                goal("… the agenda's first event", median(back), "s", at_most=1),
                row("… its hours, with their events", round(median(hours), 2), "s"),
            ]
        )
    )  # fmt: skip


def first_visit(browser: Any, url: str) -> dict[str, float]:
    """Nothing in the cache."""
    context, page = _phone(browser)
    weights: list[float] = []
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    seconds = _open(page, url)
    page.wait_for_load_state("networkidle")
    context.close()
    return {"seconds": seconds, "kilobytes": sum(weights) / 1000, "requests": len(weights)}


def second_visit(browser: Any, url: str) -> float:
    context, page = _phone(browser)
    _open(page, url)
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")
    seconds = _open(page, url)
    context.close()
    return seconds


def agenda(browser: Any, base: str) -> tuple[float, float, float]:
    """Seconds until the first event of a midwife's day is drawn: with nothing in the cache, and as she
    opens it every day; then until it stands in its hours."""
    context, page = _phone(browser, throttled=False)
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", "camille@lilas.example")
    page.fill("#id_password", "maia-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/pro/**")
    kept = context.cookies()
    context.close()
    context, page = _phone(browser)
    context.add_cookies(kept)
    day = f"{base}/pro/?view=day&date={_full_day()}"
    page.add_init_script(PAINTED)
    first, _ = _drawn(page, day)
    page.goto("about:blank")
    again, hours = _drawn(page, day)
    context.close()
    return first, again, hours


def _drawn(page: Any, url: str) -> tuple[float, float]:
    """Seconds from asking until an event can be read, and until it stands in its hours."""
    page.goto(url)
    page.wait_for_function("window.painted.hours")
    painted = page.evaluate("window.painted")
    page.wait_for_load_state("networkidle")
    return min(painted.values()), painted["hours"]


def _full_day() -> date:
    """The next one on which the demo's practice works."""
    today = datetime.now().astimezone().date()
    return today + timedelta(days=7 - today.weekday() if today.weekday() > 3 else 1)


def _phone(browser: Any, *, throttled: bool = True) -> tuple[Any, Any]:
    context = browser.new_context(
        viewport={"width": 390, "height": 780}, device_scale_factor=2, is_mobile=True,
        has_touch=True, locale="fr-FR",
    )  # fmt: skip
    page = context.new_page()
    if not throttled:
        return context, page
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return context, page


def _open(page: Any, url: str) -> float:
    """Seconds until a slot is there to tap."""
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(SLOT).first.wait_for(state="visible")
    return time.perf_counter() - started


if __name__ == "__main__":
    os.environ.pop("MAIA_DATABASE_URL", None)
    sys.exit(main())
