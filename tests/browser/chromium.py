"""Finds the browser that most tests drive, and installs Debian's when it may."""

import os
import shutil
import subprocess
import sys

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def apt_install(*packages: str) -> None:
    """Where it may: as root on Debian."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    print(f"Installing {', '.join(packages)} with apt-get…", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        **quiet,
    )


def find_chromium(*, install: bool = False) -> str | None:
    """Path of a Chromium: `MAIA_CHROMIUM`, then the path, then apt as root, then Playwright's."""
    known = os.environ.get("MAIA_CHROMIUM") or shutil.which("chromium")
    if known or not install:
        return known
    apt_install("chromium")
    if found := shutil.which("chromium"):
        return found
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"])
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None
