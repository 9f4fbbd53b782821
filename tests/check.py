"""What `make check` runs: format, lint, types, import contracts, migrations, advisories, what older
browsers know, words."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from tests.floor import held

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "maia" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
BIN = Path(sys.executable).parent


def main() -> int:
    checks = [
        ("format", [BIN / "ruff", "format", "--check", "--quiet", "."]),
        ("templates", [BIN / "djangofmt", "--check", "--quiet", "maia"]),
        ("lint", [BIN / "ruff", "check", "--quiet", "."]),
        ("types", [BIN / "mypy"]),
        ("imports", [BIN / "lint-imports", "--no-logo"]),
        ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ]
    failed = [name for name, command in checks if not _passes(name, command)]
    skipped: list[str] = []
    if not _no_dependency_is_known_to_be_vulnerable(skipped):
        failed.append("advisories")
    if not _old_browsers_know_it(skipped):
        failed.append("browsers")
    if not _all_words_are_french():
        failed.append("words")
    end = f"FAILED: {', '.join(failed)}" if failed else "all good"
    print("check: " + end + (f"; SKIPPED: {', '.join(skipped)}" if skipped else ""))
    return 1 if failed else 0


def _passes(name: str, command: list[object]) -> bool:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def _no_dependency_is_known_to_be_vulnerable(skipped: list[str]) -> bool:
    """Asks the registry for advisories of what is installed. Where it has none to give, says so:
    that is no pass, and ``skipped`` has it."""
    command = [BIN / "pip-audit", "-r", "requirements/main.txt", "--require-hashes"]
    options = ["--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(
            [*map(str, command), *options], cwd=ROOT, capture_output=True, text=True, timeout=180
        )
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        print("!!! NO ADVISORIES: dependencies could not be audited here !!!")
        print("SKIPPED advisories", flush=True)
        skipped.append("advisories")
        return True
    vulnerable = [package for package in found if package.get("vulns")]
    unknown = [package["name"] for package in found if "skip_reason" in package]
    if unknown:
        print(f"!!! NO ADVISORIES HERE FOR {len(unknown)} OF {len(found)} DEPENDENCIES !!!")
        skipped.append(f"advisories of {len(unknown)}")
    outcome = "FAILED" if vulnerable else "SKIPPED" if unknown else "ok    "
    print(f"{outcome} advisories", flush=True)
    for package in vulnerable:
        known = ", ".join(vuln["id"] for vuln in package["vulns"])
        print(f"  {package['name']} {package['version']}: {known}")
    return not vulnerable


def _old_browsers_know_it(skipped: list[str]) -> bool:
    """Stylesheets and scripts ask for nothing that the browsers of docs/browsers.md lack."""
    if not held.install():
        print("!!! NO NPM: what older browsers lack cannot be looked for here !!!", flush=True)
        skipped.append("browsers")
        return not os.environ.get("CI")
    complaints = held.complaints()
    print(f"{'FAILED' if complaints else 'ok    '} browsers\n{complaints}".rstrip(), flush=True)
    return not complaints


def _all_words_are_french() -> bool:
    """Extracts every string anew, and looks for one that has no French."""
    if not _has_gettext():
        print("!!! NO GETTEXT: untranslated strings cannot be looked for here !!!", flush=True)
        return not os.environ.get("CI")
    kept = FRENCH.read_text()
    try:
        subprocess.run(
            [sys.executable, "../manage.py", "makemessages", "-l", "fr", "--no-obsolete"],
            cwd=ROOT / "maia",
            check=True,
            capture_output=True,
        )
        with FRENCH.open("rb") as file:
            catalogue = read_po(file)
    finally:
        FRENCH.write_text(kept)
    missing = [m.id for m in catalogue if m.id and (m.fuzzy or not m.string)]
    print(f"{'FAILED' if missing else 'ok    '} words", flush=True)
    for words in missing:
        print(f"  not in French: {words}")
    return not missing


def _has_gettext() -> bool:
    if not shutil.which("xgettext") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "gettext"], capture_output=True)
    return shutil.which("xgettext") is not None


if __name__ == "__main__":
    sys.exit(main())
