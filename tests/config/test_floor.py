"""The check that holds CSS and JavaScript to the oldest browsers sees what is too new."""

import os
import re
from pathlib import Path

import pytest

from tests.floor import held

# The linters are installed once, by the one process that has all of these.
pytestmark = [pytest.mark.once, pytest.mark.xdist_group("floor")]

BROWSERS = Path("docs/browsers.md").read_text()


@pytest.fixture(scope="module", autouse=True)
def linters():
    if held.install():
        return
    assert not os.environ.get("CI"), "no npm, no linters"
    pytest.skip("NO NPM on this machine: the floor of browsers is not held")


def test_what_pages_load_asks_for_nothing_newer():
    assert held.complaints() == ""


def test_what_is_newer_is_refused_but_behind_a_question(tmp_path):
    newer = {
        "mixed.css": "a { color: color-mix(in srgb, red 5%, blue) }",
        "sub.css": "a { grid-template-rows: subgrid }",
        "nested.css": "a { & b { color: red } }",
        "newer.js": "[2, 1].toSorted();",
        "regexp.js": "const x = /[a--b]/v;",
    }
    mixed = newer["mixed.css"]
    known = {
        "asked.css": f"@supports (color: color-mix(in srgb, red, blue)) {{ {mixed} }}",
        "old.css": "a { color: rgb(0 0 0 / 7%); inset: 0 }",
        "old.js": "document.querySelector('a')?.remove();",
    }
    for name, text in (newer | known).items():
        (tmp_path / name).write_text(text)
    said = held.complaints([tmp_path])
    assert [name for name in newer if name not in said] == []
    assert [name for name in known if f"/{name}" in said] == []


def test_the_guide_names_the_same_browsers():
    held_to = re.findall(r'"(\w+) ([\d.]+)"', (held.HERE / "package.json").read_text())
    names = {
        "chrome": "Chrome", "edge": "Edge", "firefox": "Firefox", "safari": "Safari",
        "ios_saf": "iOS", "samsung": "Samsung Internet",
    }  # fmt: skip
    for browser, version in (pair for pair in held_to if pair[0] in names):
        assert f"{names[browser]} {version}" in BROWSERS, browser
