"""The stylesheet of an accent: what is mixed from it is written out, and stays readable."""

import re

import pytest

from maia.portal.theme import DARK, LIGHT
from maia.practices.colours import contrast, mixed

pytestmark = pytest.mark.once

COLOURS = ["1f7a5c", "ffdd00", "7a4f9a", "000000", "ffffff", "808080", "ff0000", "3b6fb6", "00ff7f"]


def tokens_of(client, colour):
    """The tokens in the light, and in the dark."""
    css = client.get(f"/theme/2/{colour}.css").content.decode()
    light, dark = css.split("@media")
    return [dict(re.findall(r"--([\w-]+):([^;]+);", part)) for part in (light, dark)]


@pytest.mark.parametrize("colour", COLOURS)
def test_words_in_the_accent_are_readable_wherever_they_stand(client, colour):
    for tokens, (paper, card) in zip(tokens_of(client, colour), (LIGHT, DARK), strict=True):
        accent = tokens["accent"]
        hovered = [mixed(accent, ground, 0.1) for ground in (paper, card)]
        for ground in (paper, card, tokens["slot-ground"], tokens["today-ground"], *hovered):
            assert contrast(accent, ground) >= 4.5, ground


@pytest.mark.parametrize("colour", COLOURS)
def test_words_on_the_accent_are_readable_pressed_too(client, colour):
    for tokens in tokens_of(client, colour):
        assert contrast(tokens["accent-ink"], tokens["accent"]) >= 4.5
        assert contrast(tokens["accent-ink"], tokens["accent-pressed"]) >= 4.5


def test_a_slot_has_a_line_and_a_ground(client):
    for tokens, (paper, card) in zip(tokens_of(client, "1f7a5c"), (LIGHT, DARK), strict=True):
        assert tokens["slot-ground"] not in (paper, card)
        assert contrast(tokens["slot-line"], tokens["slot-ground"]) > 1.5


def test_every_colour_is_said_in_a_way_that_old_browsers_know(client):
    for tokens in tokens_of(client, "1f7a5c"):
        for name, value in tokens.items():
            assert re.fullmatch(r"#[0-9a-f]{6}([0-9a-f]{2})?", value), name
