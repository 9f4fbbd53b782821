"""The floor of docs/browsers.md, held: what CSS and JavaScript ask for that its browsers lack.

Linters from npm look at the files that pages load. They are installed once, beside the project's
other tools, in the versions of `package-lock.json`.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import allauth
import django_htmx

from tests.browser.chromium import apt_install

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WORKSHOP = ROOT / ".tools" / "floor"
SERVED = (
    ROOT / "maia" / "static",
    Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-4.min.js",
    Path(allauth.__file__).parent / "mfa" / "static" / "mfa" / "js",
    Path(allauth.__file__).parent / "account" / "static" / "account" / "js" / "onload.js",
)
SETTINGS = ("package.json", "package-lock.json", "stylelint.config.js", "eslint.config.js")


def install() -> bool:
    """Whether the linters are there: not without node, npm and a registry."""
    if not shutil.which("npm"):
        apt_install("nodejs", "npm")
    if not shutil.which("npm"):
        return False
    locked = (HERE / "package-lock.json").read_bytes()
    stamp = WORKSHOP / "installed"
    if not stamp.exists() or stamp.read_bytes() != locked:
        WORKSHOP.mkdir(parents=True, exist_ok=True)
        for name in SETTINGS[:2]:
            shutil.copy(HERE / name, WORKSHOP)
        # npm has been seen to end well with files cut short: what it brought is tried.
        if not (_bring() and _speak()) and not (_bring() and _speak()):
            return False
        stamp.write_bytes(locked)
    return True


def _bring() -> bool:
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=WORKSHOP, capture_output=True, text=True, timeout=300)
    print(done.stderr[-2000:])
    return done.returncode == 0


def _speak() -> bool:
    """Whether both say of a file what they are there to say."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "newer.css").write_text("a { grid-template-rows: subgrid }")
        Path(folder, "newer.js").write_text("[2, 1].toSorted();")
        said = complaints([Path(folder)])
    print(said)
    return "/newer.css" in said and "/newer.js" in said


def complaints(served: Iterable[Path] = SERVED) -> str:
    """Of files and folders, in the linters' words; empty if there is none."""
    for name in SETTINGS:
        shutil.copy(HERE / name, WORKSHOP)
    with tempfile.TemporaryDirectory(prefix="served-", dir=WORKSHOP) as copy:
        for path in served:
            if path.is_dir():
                shutil.copytree(path, copy, dirs_exist_ok=True)
            else:
                shutil.copy(path, copy)
        css = _run("stylelint", f"{copy}/**/*.css", "--allow-empty-input")
        return css + _run("eslint", copy, "--no-error-on-unmatched-pattern")


def _run(linter: str, *arguments: str) -> str:
    command = [str(WORKSHOP / "node_modules" / ".bin" / linter), *arguments]
    done = subprocess.run(command, cwd=WORKSHOP, capture_output=True, text=True, timeout=120)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"
