"""A form that is to be sent once stands on pages that load the script which holds its second click."""

import re
from pathlib import Path

import pytest

HOLDS = "maia/portal.js"
ROOTS = [*Path("maia").glob("*/templates"), Path("maia/templates")]
SOURCES = {
    str(file.relative_to(root)): file.read_text() for root in ROOTS for file in root.rglob("*.html")
}


def named_in(tag, source):
    """The templates that these tags name: all of them, where one is chosen."""
    tags = re.findall(rf"{{%\s*{tag}\s+([^%]*?)%}}", source, re.S)
    return {name for said in tags for name in re.findall(r"[\w/.-]+\.html", said)}


def scripts_of(name):
    """By each way that a page of this template may be framed: what it loads."""
    source = SOURCES[name]
    block = re.search(r"{% block scripts %}(.*?){% endblock %}", source, re.S)
    own = block[1] if block else "{{ block.super }}"
    around = named_in("extends", source)
    if not around or "block.super" not in own:
        return [own]
    return [own + above for parent in around for above in scripts_of(parent)]


def pages_with(name):
    """The pages that this template is, or is a part of."""
    if named_in("extends", SOURCES[name]):
        return {name}
    around = [other for other in SOURCES if name in named_in("include", SOURCES[other])]
    assert around, f"{name} is part of no page"
    return set().union(*(pages_with(other) for other in around))


SENT_ONCE = sorted(name for name, source in SOURCES.items() if "data-once" in source)


@pytest.mark.parametrize("name", SENT_ONCE)
def test_a_form_sent_once_is_held_wherever_it_stands(name):
    for page in pages_with(name):
        assert all(HOLDS in scripts for scripts in scripts_of(page)), page


def test_the_check_sees_a_page_without_the_script():
    assert len(SENT_ONCE) > 30
    assert pages_with("office/messages/_acts.html") >= {"office/messages/message.html"}
    assert [HOLDS in scripts for scripts in scripts_of("demo/messages.html")] == [False]
