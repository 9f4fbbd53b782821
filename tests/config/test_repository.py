"""The repository says nothing that is not so, and holds nothing that it must not."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parent.parent.parent
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LARGEST = 600_000  # bytes of one file: pictures are compressed, nothing else is near
LONGEST_LINE = 150
NEVER = re.compile(
    r"(^|/)(secret_key|\.env|\.schemathesis|\.hypothesis|node_modules|data|__pycache__)(/|$)"
    r"|\.(sqlite3|backup|pem|key|pyc|mo)$"
)


def tracked():
    asked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        pytest.skip("not a clone")
    return [name for name in asked.stdout.split("\0") if name and (ROOT / name).exists()]


def test_no_key_no_cache_and_nothing_large_is_kept():
    assert [name for name in tracked() if NEVER.search(name)] == []
    assert [name for name in tracked() if (ROOT / name).stat().st_size > LARGEST] == []


def documented(pattern):
    """What the docs name, by the file that names it."""
    return {
        (file.name, match) for file in DOCS for match in re.findall(pattern, file.read_text(), re.M)
    }


def test_every_make_that_is_documented_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = documented(r"(?:`|^|&& )make ([a-z]+)\b(?=[^a-z]*(?:`|$| ARGS|\s+#| ))")
    assert {(file, target) for file, target in named if target not in targets} == set()
    assert ("developers.md", "quick") in named


def test_every_command_that_is_documented_is_there():
    named = documented(r"(?:`|^)maia ([a-z][a-z_-]+)\b")
    assert {(file, name) for file, name in named if not is_command(name)} == set()


def is_command(name):
    """As `maia/config/cli.py` reads it."""
    return name.replace("-", "_") in {*get_commands(), "help", "django"}


def test_every_file_that_is_documented_is_there():
    named = documented(r"`((?:maia|tests|docs|bench)/[\w./-]+|(?:[a-z]+/)?[a-z_]+\.py)(?::\w+)?`")
    files = [str(path.relative_to(ROOT)) for path in ROOT.glob("maia/**/*")] + [
        str(path.relative_to(ROOT))
        for folder in ("tests", "docs", "bench")
        for path in (ROOT / folder).rglob("*")
    ]

    def is_there(name):
        return any(
            file == name.rstrip("/") or file.endswith("/" + name.rstrip("/")) for file in files
        )

    assert {(file, name) for file, name in named if not is_there(name)} == set()


def test_no_line_of_a_template_is_long():
    """`make check` holds their form; what no tool can break, a tag, stays within a screen."""
    templates = [name for name in tracked() if name.endswith(".html")]
    long = {
        f"{name}:{at}"
        for name in templates
        for at, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    }
    assert long == set()
    assert len(templates) > 100


def test_every_link_leads_somewhere():
    for file in DOCS:
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", file.read_text()):
            assert (file.parent / link).exists(), f"{file.name}: {link}"


def test_a_button_that_copies_comes_with_its_script():
    """Without it the button stays hidden, and nobody is told."""
    templates = {path: path.read_text() for path in ROOT.glob("maia/**/templates/**/*.html")}
    offering = {
        path.name
        for path, text in templates.items()
        if ("data-copy-from" in text or "forms/to_copy.html" in text)
        and path.name != "to_copy.html"
    }
    helped = {path.name for path, text in templates.items() if "maia/copy.js" in text}
    assert {"tokens.html", "embed.html"} <= offering
    assert offering - helped == set()


def test_what_is_asked_is_asked_in_words_of_the_page():
    """A browser's own question has neither our words nor our keys, and stops everything."""
    natives = re.compile(r"(?<![.\w])(window\.)?(confirm|alert|prompt)\(")
    ours = [name for name in tracked() if re.match(r"maia/.*\.(js|html)$", name)]
    ours = [name for name in ours if "/vendor/" not in name]
    assert len(ours) > 100
    assert [name for name in ours if natives.search((ROOT / name).read_text())] == []
