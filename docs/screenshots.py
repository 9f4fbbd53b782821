"""`make screenshots`: every picture of the docs, taken from the demo in a real Chromium."""

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
    page.keyboard.press("n")  # the panel beside it
    page.locator("#panel #id_patient_search").fill("lea")
    page.locator("#panel [role=option]", has_text="Léa Martin").click()
    page.locator("#panel #id_type").select_option(index=2)
    page.wait_for_timeout(500)
    _shoot(page, f"note-{name}")
    for path, title in (
        ("appointments/", "appointments"),
        ("settings/", "settings"),
        ("settings/practitioners/1/schedule/", "schedule"),
        ("settings/practitioners/1/", "practitioner"),
        ("settings/practitioners/1/calendars/", "calendars"),
        ("settings/types/", "types"),
        ("settings/types/4/", "type"),
        ("absences/new/", "absence"),
        ("events/new/", "event"),
        ("patients/81/", "patient"),
        ("messages/?status=queued", "messages"),
        ("settings/privacy/", "privacy"),
    ):
        page.goto(f"{base}/pro/{path}")
        _shoot(page, f"{title}-{name}")
    _website(page, base, name)
    context.close()


def _website(page: Page, base: str, name: str) -> None:
    """The settings of the embed, and the page of the webmaster's guide. Served as `localhost`,
    which is another site than Maia's 127.0.0.1."""
    guide = (IMAGES.parent / "webmestres.md").read_text()
    html = next(b for b in re.findall(r"```html\n(.*?)```", guide, re.S) if "<!doctype" in b)
    with serving(html.replace("https://rdv.example.fr", base)) as port:
        page.goto(f"{base}/pro/settings/embed/")
        page.fill("#id_website", f"localhost:{port}")
        page.get_by_role("button", name="Ajouter").click()
        page.frame_locator("iframe").locator(".types").first.wait_for()
        page.evaluate(
            """base => { document.querySelector(".message").remove(); for (const text of document.querySelectorAll("textarea, .rows .name"))
            text.textContent = text.textContent.replaceAll(base, "https://rdv.example.fr")
            .replace(/http:.*localhost:\\d+/, "https://www.mon-site.fr"); }""",
            base,
        )
        _shoot(page, f"embed-{name}", full=True)
        page.goto(f"http://localhost:{port}/")
        page.frame_locator("iframe").locator(".types").first.wait_for()
        page.wait_for_timeout(500)
        _shoot(page, f"website-{name}")


@contextmanager
def serving(html: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def _shoot(page: Page, name: str, *, full: bool = False) -> None:
    page.evaluate(
        "document.querySelector('.demo-bar')?.remove(); dispatchEvent(new Event('resize'))"
    )
    raw = IMAGES / f"{name}.png"
    page.screenshot(path=raw, full_page=full)
    picture = Image.open(raw).convert("RGB")
    picture.quantize(160, method=Image.Quantize.MEDIANCUT).save(raw, optimize=True)


if __name__ == "__main__":
    main()
