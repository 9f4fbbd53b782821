"""Dates and times as the practice types them, of years that Maia knows."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from maia.availability.bounds import FIRST_YEAR, LAST_YEAR, is_in_bounds, is_within_reach
from maia.availability.clocks import is_skipped
from maia.office.fields.colleagues import HAS_LEFT


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


MIDNIGHT = time.min


def ends_at(day: date, clock: time) -> datetime:
    """What ends on ``day``: at 00:00 with its last minute, since nothing ends before it begins."""
    return datetime.combine(day, clock) + timedelta(days=clock == MIDNIGHT)


def last_day(start: datetime, end: datetime) -> date:
    """The last that is shown of a time, both local: not the day of whose midnight it ends, where it is
    whole days, or one evening."""
    before = (end - timedelta(days=1)).date()
    if end.time() == MIDNIGHT and (start.time() == MIDNIGHT or before == start.date()):
        return before
    return end.date()


SKIPPED = _("The clocks are put forward that night: this hour does not exist.")


def refuse_skipped(
    form: forms.BaseForm, field: str, day: date | None, clock: time | None, zone: ZoneInfo
) -> None:
    """At its field, an hour that a change of the clocks goes over: no other is put in its place."""
    if day is not None and clock is not None and is_skipped(datetime.combine(day, clock), zone):
        form.add_error(field, SKIPPED)


def unread_words(form: forms.BaseForm) -> str:
    """What a drag to a time that the form refuses is answered."""
    errors = [error for errors in form.errors.values() for error in errors]
    known = [words for words in (SKIPPED, TOO_FAR_AWAY, HAS_LEFT) if words in errors]
    return str(known[0] if known else _("This time cannot be read."))


TOO_FAR_AWAY = _("That is more than ten years from today: look at the year again.")


class AgendaDayField(DayField):
    """On which something is put into an agenda. ``stands``: where it stands already, it stays."""

    stands: date | None = None

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if (
            day is not None
            and day != self.stands
            and not is_within_reach(day, timezone.localdate())
        ):
            raise ValidationError(TOO_FAR_AWAY, code="too_far_away")
        return day


def read_day(text: str) -> date | None:
    """A date in an address; None for whatever is none."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and is_in_bounds(day) else None


def read_wall(text: str, zone: ZoneInfo) -> datetime | None:
    """A wall-clock time in an address, in ``zone``; None for whatever is none, and for an hour that
    the clocks skip."""
    try:
        wall = parse_datetime(text)
    except ValueError:
        return None
    if wall is None or wall.tzinfo is not None or not is_in_bounds(wall) or is_skipped(wall, zone):
        return None
    return wall.replace(tzinfo=zone)
