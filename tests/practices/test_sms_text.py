"""What an SMS costs and may say."""

import pytest
from django.core.exceptions import ValidationError

from maia.practices.sms import (
    fill_in,
    in_gsm_letters,
    measure,
    validate_sms_sender_name,
    validate_sms_template,
)

pytestmark = pytest.mark.once  # no row is read or written


@pytest.mark.rule("3.6.12")
@pytest.mark.parametrize(
    ("text", "segments", "length"),
    [
        ("", 1, 0),
        ("é" * 160, 1, 160),
        ("é" * 161, 2, 161),
        ("a" * 306, 2, 306),
        ("a" * 307, 3, 307),
        ("€" * 80, 1, 160),
        ("€" * 81, 2, 162),
        # An escaped pair is not cut: 76 of them in the first 153, so 152, not 153.
        ("€" * 153, 3, 306),
        ("ç" * 70, 1, 70),
        ("ç" * 71, 2, 71),
        ("ç" * 134, 2, 134),
        ("ç" * 135, 3, 135),
        ("🤱" * 35, 1, 70),
        ("🤱" * 36, 2, 72),
        ("🤱" * 67, 3, 134),
    ],
)
def test_segments(text, segments, length):
    found = measure(text)
    assert (found.segments, found.length) == (segments, length)


def test_the_letters_that_cost_are_named():
    assert measure("Garçon, prêt ? Déjà çà").foreign == "çê"
    assert measure("Déjà reçu").is_gsm is False
    assert measure("Déjà : 10 €").is_gsm


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("L’« œuf » reçu…", 'L\'" oeuf " recu...'),
        ("Déjà été à Nîmes", "Déjà été à Nimes"),
        ("Noël à 9\u202fh", "Noel à 9 h"),
        ("Inès Haddad", "Inès Haddad"),
        ("Łucja 🤱", "Lucja "),
    ],
)
def test_in_the_sms_alphabet(typed, sent):
    plain = in_gsm_letters(typed)
    assert plain.startswith(sent)
    assert measure(plain).is_gsm


@pytest.mark.parametrize(
    "good", ["Le {date} à {time}", "{practitioner} {practice} {date}{time} {link}"]
)
def test_a_good_template(good):
    validate_sms_template(good)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("Le {date}", "{time}"),
        ("{date} {time} {type}", "{type}"),
        ("{date} {time} {", "accolades"),
        ("{date!r} {time}", "accolades"),
        ("{{date}} {time}", "accolades"),
        ("{date.year} {time} {date}", "accolades"),
        ("{date} {time} " + "a" * 460, "trois SMS"),
    ],
)  # fmt: skip
def test_a_bad_template_is_told_why(bad, words):
    with pytest.raises(ValidationError, match=words):
        validate_sms_template(bad)


def test_what_is_filled_in_is_not_read_again():
    assert fill_in("{practice} {date}", {"practice": "{date}", "date": "lundi"}) == "{date} lundi"


@pytest.mark.parametrize("good", ["Lilas", "SageFemme44", "abc"])
def test_a_sender_name(good):
    validate_sms_sender_name(good)


@pytest.mark.parametrize(
    "bad", ["", "ab", "12345", "CabinetLilas", "Inès", "a b c", "abc\n", "<b>x"]
)
def test_a_bad_sender_name(bad):
    with pytest.raises(ValidationError):
        validate_sms_sender_name(bad)
