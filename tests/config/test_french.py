"""French as it is printed: spaces that do not break, curly apostrophes, one word for one thing."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

PO = Path("maia/locale/fr/LC_MESSAGES/django.po")
# What stands for something else: its own spelling.
NOT_WORDS = re.compile(r"%\([^)]*\)[a-z]|\{[^}]*\}|<[^>]*>|[\w.+]+@[\w.]+|https?://\S+")
WRONG = {
    "a space that may break": r" [:;?!»]|« ",
    "a straight apostrophe": r"[a-zà-ÿ]'[a-zà-ÿ]",
    "hours from and to have spaces": r"\d:\d\d[–-]\d",
    "e-mail has a hyphen": r"\b[Ee]mails?\b",
}

pytestmark = pytest.mark.once


@pytest.mark.parametrize("what", WRONG)
def test_every_sentence_is_printed_well(what):
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    found = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        found += [s for s in strings if message.id and re.search(WRONG[what], NOT_WORDS.sub("", s))]
    assert found == []


def test_no_name_stands_where_french_would_elide():
    """*d’Alice*, but *de Nina*: a sentence that takes a name is built so that it need not know."""
    elided = re.compile(
        r"\b(de|que|le|la) %\((who|name|names|kept|patient|practice|practitioner|email)\)s"
    )
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    met = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        met += [s for s in strings if message.id and elided.search(s)]
    assert met == []


def test_every_sentence_is_there_in_french():
    with PO.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    ids = [m.id for m in catalogue if m.id and not all(m.string if m.pluralizable else [m.string])]
    assert ids == []
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
