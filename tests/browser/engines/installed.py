"""Which engines this machine has; as root on Debian, what is missing is installed."""

import os
import shutil
import subprocess

from tests.browser.chromium import apt_install, find_chromium

ENGINES = ("chromium", "firefox", "webkit")
FIREFOX = ("firefox-esr", "firefox-esr-l10n-fr")
WEBKIT = ("webkit2gtk-driver", "xvfb", "python3-gi", "gir1.2-webkit2-4.1", "locales")
FRENCH = "fr_FR.utf8"


def find_firefox(*, install: bool = False) -> str | None:
    """Path of Debian's: Playwright drives it as it is."""
    if install and not shutil.which("firefox-esr"):
        apt_install(*FIREFOX)
    return shutil.which("firefox-esr")


def find_webkit(*, install: bool = False) -> str | None:
    """Path of its driver, if a window can be made for it too."""
    if install and not _has_webkit():
        apt_install(*WEBKIT)
    if install and not _speaks_french() and os.geteuid() == 0:
        subprocess.run(["localedef", "-i", "fr_FR", "-f", "UTF-8", "fr_FR.UTF-8"])
    return shutil.which("WebKitWebDriver") if _has_webkit() else None


def missing(*, install: bool = False) -> list[str]:
    """The engines that this machine cannot run."""
    find = {"chromium": find_chromium, "firefox": find_firefox, "webkit": find_webkit}
    return [engine for engine in ENGINES if find[engine](install=install) is None]


def _has_webkit() -> bool:
    if not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
        return False
    asked = "import gi; gi.require_version('WebKit2', '4.1')"
    return subprocess.run(["/usr/bin/python3", "-c", asked], capture_output=True).returncode == 0


def _speaks_french() -> bool:
    done = subprocess.run(["locale", "-a"], capture_output=True, text=True)
    return FRENCH in done.stdout.split()
