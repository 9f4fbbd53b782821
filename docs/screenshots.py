"""`make screenshots`: every picture of the docs, taken from the demo in a real Chromium."""

import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.site import running_site

IMAGES = Path(__file__).parent / "images"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(install=True), args=FLAGS
            )
            for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
                _patient(browser, site.base, name, size)
                _practitioner(browser, site.base, name, size)
            browser.close()


def _patient(browser: Browser, base: str, name: str, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size, locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    page.goto(f"{base}/cabinet-des-lilas/")
    _shoot(page, f"what-for-{name}")
    page.goto(f"{base}/cabinet-des-lilas/book/1/")
    _shoot(page, f"when-{name}")
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", "lea@patiente.example")
    page.fill("#id_password", "maia-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/mes-rendez-vous/")
    _shoot(page, f"my-appointments-{name}")
    page.goto(f"{base}/cabinet-des-lilas/book/1/")
    page.locator(".slot").first.click()
    page.wait_for_selector("textarea")
    _shoot(page, f"confirm-{name}")
    context.close()


def _practitioner(browser: Browser, base: str, name: str, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size, locale="fr-FR", timezone_id="Europe/Paris")
    page = context.new_page()
    page.goto(f"{base}/accounts/login/")
    page.fill("#id_login", "camille@lilas.example")
    page.fill("#id_password", "maia-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/pro/")
    page.wait_for_selector(".ec-event")
    page.wait_for_timeout(500)
    _shoot(page, f"agenda-{name}")
    page.goto(f"{base}/pro/appointments/new/?start=2026-12-03T14:00")
    page.fill("#id_patient_search", "lea")
    page.get_by_text("Léa Martin").wait_for()
    page.select_option("#id_type", index=2)
    _shoot(page, f"note-{name}")
    for path, title in (
        ("settings/", "settings"),
        ("settings/practitioners/1/schedule/", "schedule"),
        ("settings/practitioners/1/", "practitioner"),
        ("settings/types/", "types"),
        ("settings/types/4/", "type"),
        ("absences/new/", "absence"),
        ("patients/81/", "patient"),
        ("messages/?status=queued", "messages"),
    ):
        page.goto(f"{base}/pro/{path}")
        _shoot(page, f"{title}-{name}")
    context.close()


def _shoot(page: Page, name: str) -> None:
    page.evaluate("document.querySelector('.demo-bar')?.remove()")
    raw = IMAGES / f"{name}.png"
    page.screenshot(path=raw)
    picture = Image.open(raw).convert("RGB")
    picture.quantize(160, method=Image.Quantize.MEDIANCUT).save(raw, optimize=True)


if __name__ == "__main__":
    main()
