"""Dates in words for templates, and who is there on them: `{% load dates %}`. Instants are read in the current zone."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from maia.appointments import dates
from maia.appointments.replacing_words import replaces
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

register = template.Library()


@register.simple_tag
def span(start: datetime, end: datetime) -> str:
    return dates.span(timezone.localtime(start), timezone.localtime(end))


@register.simple_tag
def hours(start: datetime, end: datetime) -> str:
    return dates.hours(timezone.localtime(start), timezone.localtime(end))


@register.simple_tag(name="replaces")
def replaces_whom(practitioner: Practitioner, type: AppointmentType | None, start: datetime) -> str:
    return replaces(practitioner, type, start)


@register.simple_tag
def days_between(first: date, last: date) -> str:
    return dates.days_between(first, last)


@register.filter(expects_localtime=True)
def clock(value: datetime) -> str:
    return dates.clock(value)


@register.filter(expects_localtime=True)
def long_date(value: date) -> str:
    return dates.long_date(value)


@register.filter(expects_localtime=True)
def weekday_date(value: date) -> str:
    return dates.weekday_date(value)


@register.filter(expects_localtime=True)
def day_month(value: date) -> str:
    return dates.day_month(value)


@register.filter(expects_localtime=True)
def day_month_year(value: date) -> str:
    return f"{dates.day_month(value)} {value.year}"


@register.filter(expects_localtime=True)
def day_in_year(value: date) -> str:
    """``3 décembre``, with its year where that is not this one: short enough for a row."""
    this_year = value.year == timezone.localdate().year
    return dates.day_month(value) if this_year else day_month_year(value)


@register.filter(expects_localtime=True)
def moment(value: datetime, length: str = "") -> str:
    """``3 décembre 2026, 14:00``; ``short``: without the year."""
    day = dates.day_month(value) if length == "short" else day_month_year(value)
    return f"{day}, {dates.clock(value)}"
