"""Maia and a practice's own website on two sites, over TLS, and browsers of every mood."""

import json
from types import SimpleNamespace

import pytest

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.websites import make_certificate, website
from tests.site import running_site

# Three sites, which every browser finds on this machine by itself: `*.localhost`.
MAIA = "rdv.maia.localhost"
HOST, STRANGER = "www.cabinet-lilas.localhost", "www.ailleurs.localhost"


@pytest.fixture(scope="session")
def sites(tmp_path_factory):
    """Maia, and a website that its practice has listed. One certificate for all names."""
    certificate, key = make_certificate(
        tmp_path_factory.mktemp("tls"), MAIA, HOST, STRANGER, "127.0.0.1"
    )
    with (
        running_site(
            tmp_path_factory.mktemp("maia"),
            MAIA_BASE_URL=f"https://{MAIA}:{{port}}",
            MAIA_TLS_CERTIFICATE=certificate,
            MAIA_TLS_KEY=key,
        ) as maia,
        website(certificate, key) as host,
    ):
        around = f"https://{HOST}:{host.server_port}"
        yield SimpleNamespace(
            base=maia.base, port=maia.port, log=maia.log, host=host, around=around
        )


@pytest.fixture
def open_browser(sites, playwright, tmp_path, request):
    """A Chromium with a profile of its own, so that its cookie settings can be chosen."""
    opened = []
    sites.host.pages.clear()
    sites.host.policies.clear()

    def open(cookies="allowed", **options):
        profile = tmp_path / f"profile{len(opened)}"
        preferences = {
            "allowed": {"profile": {"cookie_controls_mode": 0}},
            # Third-party cookies blocked: what is partitioned is let through.
            "partitioned": {"profile": {"cookie_controls_mode": 1}},
            # This site refused inside of that one, partitioned or not.
            "blocked": {
                "profile": {
                    "content_settings": {
                        "exceptions": {
                            "cookies": {
                                "https://[*.]maia.localhost,https://[*.]cabinet-lilas.localhost": {
                                    "setting": 2
                                }
                            }
                        }
                    }
                }
            },
        }[cookies]
        (profile / "Default").mkdir(parents=True)
        (profile / "Default/Preferences").write_text(json.dumps(preferences))
        context = playwright.chromium.launch_persistent_context(
            str(profile),
            executable_path=find_chromium(),
            args=FLAGS,
            ignore_https_errors=True,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            **options,
        )
        context.set_default_timeout(60_000)
        opened.append(context)
        return context

    yield open
    for context in opened:
        if getattr(request.node, "failed_call", False):
            _print_what_was_seen(context)
        context.close()
    if getattr(request.node, "failed_call", False):
        print(sites.log.read_text()[-4000:])


def _print_what_was_seen(context):
    for page in context.pages:
        for frame in page.frames:
            print(f"--- {frame.url}\n{frame.locator('body').inner_text()}")


@pytest.fixture
def listed(sites, open_browser):
    """The owner lists her website, and copies the snippet of her settings page."""
    page = open_browser().new_page()
    page.goto(f"{sites.base}/accounts/login/")
    page.fill("#id_login", "camille@lilas.example")
    page.fill("#id_password", "maia-demo")
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/pro/")
    page.goto(f"{sites.base}/pro/settings/embed/")
    page.fill("#id_website", f"{sites.around}/contact?x=1")
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_text("peut afficher votre page").wait_for()
    return page.input_value("#copy-snippet")


def follow(target):
    """An event and no mouse, no key: while the website around scrolls and the frame goes from page
    to page, Chromium now and then loses one of those that Playwright sends into a frame."""
    target.dispatch_event("click")
