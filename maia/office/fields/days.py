"""Dates and times as the practice types them, of years that Maia knows."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from maia.availability.bounds import FIRST_YEAR, LAST_YEAR, is_in_bounds


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None and not is_in_bounds(day):
            raise ValidationError(
                _("A year from %(first)s to %(last)s, please."),
                params={"first": FIRST_YEAR, "last": LAST_YEAR},
                code="year",
            )
        return day


def read_day(text: str) -> date | None:
    """A date in an address; None for whatever is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and is_in_bounds(day) else None


def read_wall(text: str, zone: ZoneInfo) -> datetime | None:
    """A wall-clock time in an address, in ``zone``; None for whatever is none."""
    try:
        wall = parse_datetime(text)
    except ValueError:
        return None
    return wall.replace(tzinfo=zone) if wall is not None and is_in_bounds(wall) else None
