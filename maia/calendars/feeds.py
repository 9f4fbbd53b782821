"""What a feed says: appointments and time off, from a month ago to a year ahead.

A calendar is shown on locked screens and copied to whoever runs it: names only where she chose so.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.db.models import Count, Max, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Event

from maia.appointments.ics import (
    OURS,
    describe_for_patient,
    event_of,
    new_calendar,
    new_event,
    one_line,
)
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.models import Event as AgendaEvent
from maia.appointments.places import Reader, place_of
from maia.calendars.models import Feed
from maia.practices.models import Membership
from maia.practices.seats import Seat, take_seat

BEHIND, AHEAD = timedelta(days=31), timedelta(days=366)
KEPT = 300  # seconds
EVERY = timedelta(minutes=15)  # what calendar applications are asked to wait; most wait hours


def find_feed(uid: UUID, secret: str) -> tuple[Feed, Seat | None] | None:
    """The feed that this address opens, for as long as its owner may read the agenda herself, and
    her seat, where it is a practitioner's agenda.

    Raises `SecondFactorMissing`.
    """
    found = Feed.objects.select_related("practitioner__practice", "user").filter(uid=uid).first()
    if found is None or not found.opens_with(secret) or not found.user.is_active:
        return None
    hers = found.practitioner
    if hers is None:
        return found, None
    place = Membership.objects.filter(feeds=found).first()
    if place is None or place.role == Membership.Role.SUBSTITUTE:  # who exports nothing
        return None
    place.practice, place.user = hers.practice, found.user
    return found, take_seat(place, shown=True)


def was_read(feed: Feed, now: datetime) -> None:
    """Written once a quarter of an hour at most: applications ask again and again."""
    if feed.used_at is None or now - feed.used_at > EVERY:
        Feed.objects.filter(pk=feed.pk).update(used_at=now)


def feed_ics(feed: Feed, now: datetime) -> bytes:
    """The calendar file. As many queries for a full agenda as for an empty one.

    The same all day (UTC) until something changes, so that who asks again receives nothing. A full
    year takes a second to write: it is kept until an act changes it, five minutes at most, for a
    changed name has no act.
    """
    now = now.replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"feed:{feed.pk}:{feed.titles}:{get_language()}:{now:%Y%m%d}:{_acts_so_far(feed, now)}"
    kept: bytes | None = caches["short"].get(key)
    if kept is None:
        kept = _written(feed, now)
        caches["short"].set(key, kept, KEPT)
    return kept


def _acts_so_far(feed: Feed, now: datetime) -> str:
    """What any act raises: entries of the histories, blocks and absences."""
    entries = HistoryEntry.objects.filter(
        appointment__event__end__gt=now - BEHIND, appointment__event__start__lt=now + AHEAD
    )
    hers = feed.practitioner
    if hers is None:
        told = entries.filter(appointment__patient__user=feed.user)
        return "{m}.{n}".format(**told.aggregate(m=Max("pk"), n=Count("pk")))
    told = entries.filter(appointment__event__practitioner=hers)
    personal = hers.events.filter(kind=AgendaEvent.Kind.PERSONAL, blocking=True)
    marks = [told.aggregate(m=Max("pk"), n=Count("pk"))]
    marks.append(personal.aggregate(m=Max("pk"), n=Count("pk"), v=Sum("version")))
    marks.append(hers.absences.by_hand().aggregate(m=Max("pk"), n=Count("pk")))
    return "-".join(".".join(map(str, mark.values())) for mark in marks)


def _written(feed: Feed, now: datetime) -> bytes:
    calendar = new_calendar(None)
    name = feed.practitioner.name if feed.practitioner else _("My appointments")
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    lines = _of_practitioner(feed, now) if feed.practitioner else _of_patient(feed, now)
    for event in lines:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _of_practitioner(feed: Feed, now: datetime) -> Iterator[Event]:
    hers = feed.practitioner
    assert hers is not None
    full = feed.titles == Feed.Titles.FULL
    for appointment in _between(Appointment.objects.filter(event__practitioner=hers), now):
        who = f"{appointment.patient.name} · {appointment.type.name}"
        line = event_of(appointment, appointment.changed_at)
        line.add("summary", one_line(who) if full else _("Appointment"))
        if full and (place := place_of(appointment, Reader.PRACTICE)):
            how = (place.in_a_calendar, place.directions)
            line.add("location", one_line("; ".join(part for part in how if part)))
        yield line
    spans = {"end__gt": now - BEHIND, "start__lt": now + AHEAD}
    personal = hers.events.filter(kind=AgendaEvent.Kind.PERSONAL, blocking=True, **spans)
    for kind, blocks in (("event", personal), ("absence", hers.absences.by_hand().filter(**spans))):
        for block in blocks.order_by("start"):
            line = new_event(f"{kind}-{block.pk}{OURS}", block.start, block.end, now)
            line.add("summary", (full and one_line(block.title)) or _("Busy"))
            if isinstance(block, AgendaEvent):
                line.add("sequence", block.version)
            yield line


def _of_patient(feed: Feed, now: datetime) -> Iterator[Event]:
    for appointment in _between(Appointment.objects.filter(patient__user=feed.user), now):
        line = event_of(appointment, appointment.changed_at)
        describe_for_patient(line, appointment)
        yield line


def _between(found: Any, now: datetime) -> Iterator[Appointment]:
    live = found.exclude(status=Appointment.Status.CANCELLED)
    ahead = live.touching(now - BEHIND, now + AHEAD)
    return iter(ahead.with_details().with_changes().order_by("event__start", "pk"))
