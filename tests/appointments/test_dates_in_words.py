"""What two days share is said once."""

from datetime import date

import pytest
from django.utils import translation

from maia.appointments.dates import days_between


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 21), date(2026, 12, 27), "Du 21 au 27 décembre 2026"),
        (date(2026, 11, 30), date(2026, 12, 6), "Du 30 novembre au 6 décembre 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "Du 28 décembre 2026 au 3 janvier 2027"),
        (date(2026, 12, 1), date(2026, 12, 7), "Du 1er au 7 décembre 2026"),
    ],
)
def test_days_between(first, last, words):
    with translation.override("fr"):
        assert days_between(first, last) == words
