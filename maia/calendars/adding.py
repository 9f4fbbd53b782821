"""Addresses of agendas and other calendars are added: counted and made behind one lock."""

from datetime import datetime

from django.db import transaction

from maia.accounts import limits
from maia.accounts.limits import Limited, TooMany
from maia.accounts.models import User
from maia.calendars.models import MOST, Feed
from maia.practices.models import Practitioner
from maia.schedules.models import ExternalCalendar

MOST_CALENDARS = 5  # of one practitioner


class ReadAlready(Exception):
    """She has this calendar."""


@transaction.atomic
def make_feed(user: User, practitioner: Practitioner, titles: str) -> Feed:
    """A new address of ``practitioner``'s agenda for ``user``. Raises `TooMany`."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Feed.objects.filter(user=user).count() >= MOST:
        raise TooMany(MOST)
    return Feed.objects.create(user=user, practitioner=practitioner, titles=titles)


@transaction.atomic
def add_calendar(
    practitioner: Practitioner, name: str, url: str, *, by: User, now: datetime
) -> ExternalCalendar:
    """``url`` has passed `check_url`. A worker reads it soon. Raises `ReadAlready`, `TooMany` and
    `TooOften`."""
    Practitioner.objects.select_for_update(no_key=True).get(pk=practitioner.pk)
    if practitioner.calendars.filter(url=url).exists():
        raise ReadAlready
    if practitioner.calendars.count() >= MOST_CALENDARS:
        raise TooMany(MOST_CALENDARS)
    limits.ask(Limited.READ_CALENDAR, by.pk, now=now)
    return ExternalCalendar.objects.create(practitioner=practitioner, name=name, url=url)
