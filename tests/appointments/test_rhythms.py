"""What a form offers as a repetition, and rules in plain words."""

from datetime import date

import pytest
from django.utils import translation

from maia.appointments.rhythms import Repeat, Rhythm, in_words, rhythm_of, rule_of
from maia.schedules.repeating import Rule

TUESDAY = date(2026, 12, 8)  # the second of its month
LAST = date(2027, 6, 30)


@pytest.mark.parametrize(
    ("rhythm", "text", "words"),
    [
        (Rhythm(Repeat.DAILY), "FREQ=DAILY", "Tous les jours"),
        (Rhythm(Repeat.DAILY, 3), "FREQ=DAILY;INTERVAL=3", "Tous les 3 jours"),
        (Rhythm(Repeat.WEEKLY, 1, frozenset({1})), "FREQ=WEEKLY", "Tous les mardis"),
        (Rhythm(Repeat.WEEKLY, 1, frozenset({1, 3})), "FREQ=WEEKLY;BYDAY=TU,TH", "Tous les mardis et jeudis"),
        (Rhythm(Repeat.WEEKLY, 1, frozenset(range(5))), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Du lundi au vendredi"),
        (Rhythm(Repeat.WEEKLY, 2, frozenset({1})), "FREQ=WEEKLY;INTERVAL=2", "Toutes les 2 semaines, les mardis"),
        (Rhythm(Repeat.MONTHLY), "FREQ=MONTHLY", "Tous les mois, le 8"),
        (Rhythm(Repeat.MONTHLY, 2), "FREQ=MONTHLY;INTERVAL=2", "Tous les 2 mois, le 8"),
        (Rhythm(Repeat.NTH), "FREQ=MONTHLY;BYDAY=2TU", "Tous les mois, le 2e mardi"),
        (Rhythm(Repeat.LAST), "FREQ=MONTHLY;BYDAY=-1TU", "Tous les mois, le dernier mardi"),
        (Rhythm(Repeat.YEARLY), "FREQ=YEARLY", "Tous les ans, le 8 décembre"),
    ],
)  # fmt: skip
def test_what_is_chosen_is_a_rule_and_is_read_back(rhythm, text, words):
    rule = rule_of(rhythm, TUESDAY, None)
    assert rule.text == text
    assert rhythm_of(rule, TUESDAY) == rhythm
    with translation.override("fr"):
        assert in_words(rule, TUESDAY) == f"{words}, sans fin"
        assert in_words(rule._replace(last=LAST), TUESDAY) == (
            f"{words}, jusqu’au mercredi 30 juin 2027"
        )


@pytest.mark.parametrize(
    "text",
    ["FREQ=YEARLY;BYMONTH=1,6", "FREQ=MONTHLY;BYDAY=3TU", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=WEEKLY;BYDAY=1TU"],
)  # fmt: skip
def test_what_the_form_cannot_say_is_kept_and_told_as_it_is(text):
    rule = Rule(text)
    assert rhythm_of(rule, TUESDAY) == Rhythm(Repeat.AS_IS)
    with translation.override("fr"):
        assert text in in_words(rule, TUESDAY)


def test_a_day_that_not_every_month_has_is_said():
    with translation.override("fr"):
        words = in_words(
            rule_of(Rhythm(Repeat.MONTHLY), date(2027, 1, 31), None), date(2027, 1, 31)
        )
    assert words == "Tous les mois, le 31 (les mois qui n’en ont pas sont sautés), sans fin"
