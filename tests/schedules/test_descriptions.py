"""Markdown of a type: as HTML that is safe, as text for an email."""

import pytest

from maia.schedules.descriptions import description_html, description_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Bonjour **vous**\nencore", "Bonjour vous\nencore"),
        ("- carte\n- [plan](https://y.example)", "- carte\n- plan (https://y.example)"),
        ("1. un\n2. deux\n\nfin", "1. un\n2. deux\n\nfin"),
        ("# Titre\ntexte", "Titre\n\ntexte"),
        ("<b>gras</b>", "<b>gras</b>"),
        ("", ""),
    ],
)
def test_as_text(markdown, text):
    assert description_text(markdown) == text


@pytest.mark.rule("3.2.3")
def test_as_html_nothing_runs():
    html = description_html("<script>x</script> [a](javascript:alert(1)) ![i](https://x.example)")
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
