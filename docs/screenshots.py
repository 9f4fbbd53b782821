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


def _shoot(page: Page, name: str) -> None:
    page.evaluate("document.querySelector('.demo-bar')?.remove()")
    raw = IMAGES / f"{name}.png"
    page.screenshot(path=raw)
    picture = Image.open(raw).convert("RGB")
    picture.quantize(160, method=Image.Quantize.MEDIANCUT).save(raw, optimize=True)


if __name__ == "__main__":
    main()
