"""The slots that one page shows: seven days, what is before and after, and what to do if empty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.utils.dateparse import parse_date

from maia.appointments.models import Event
from maia.appointments.preference import one_a_time
from maia.appointments.sites import names_of_sites
from maia.appointments.slots import Slot, free_for, free_slots, next_free_date
from maia.availability.pregnancy import Dates
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

DAYS = 7


class Offer(NamedTuple):
    """A slot as a button: when it starts, the page that takes it, with whom; ``site``: its name, of a
    practice that has several."""

    start: datetime
    url: str
    practitioner: Practitioner
    site: str = ""


class Day(NamedTuple):
    date: date
    slots: list[Offer]

    @property
    def site(self) -> str:
        """Where all of the day is; empty where it is at several, which each of its times says then."""
        names = {slot.site for slot in self.slots}
        return names.pop() if len(names) == 1 else ""


@dataclass(frozen=True)
class Week:
    days: list[Day]
    earlier: date | None
    later: date | None
    next_free: date | None  # when this week is empty
    first_date: date
    last_date: date
    problem: str = ""  # with the date that was asked for: "unreadable" or "out_of_range"

    @property
    def is_empty(self) -> bool:
        return not any(day.slots for day in self.days)


def read_week(
    type: AppointmentType,
    practitioners: Sequence[Practitioner],
    asked: str | None,
    url_of: Callable[[Slot], str],
    *,
    now: datetime,
    without: Event | None = None,
    patient: Patient | None = None,
    own: Practitioner | None = None,
    between: Dates | None = None,
) -> Week:
    """``patient``: whose appointment is moved; what else she has is not offered a second time.
    ``own``: of several who are free at one time, to whom it is given. ``between``: only on these dates.

    The week from ``asked`` (a date as typed), or from the first free day when nothing was."""
    zone = type.practice.zone
    today = now.astimezone(zone).date()
    last = max(
        (type.policy_for(p).window(now, zone).last_date for p in practitioners), default=today
    )
    opens = today
    if between is not None:  # which may be over, or not yet open to booking
        opens, last = max(today, between.first), min(last, between.last)

    def next_free(after: date) -> date | None:
        found = next_free_date(type, practitioners, after, now=now, without=without)
        return found if found is None or between is None or found <= last else None

    problem = ""
    first = _readable(asked)
    if asked and first is None:
        problem = "unreadable"
    elif first is not None and not opens <= first <= last:
        problem = "out_of_range"
        first = max(min(first, last), opens)
    if first is None:
        first = next_free(opens) or opens
    end = first + timedelta(days=DAYS - 1)
    found = free_slots(type, practitioners, first, end, now=now, without=without)
    if between is not None:
        found = {day: slots for day, slots in found.items() if opens <= day <= last}
    if patient is not None:
        fitting = free_for(
            type, patient, chain.from_iterable(found.values()), now=now, without=without
        )
        found = {
            day: slots
            for day, all_of_them in found.items()
            if (slots := [slot for slot in all_of_them if slot in fitting])
        }
    sites = names_of_sites(slot.place for slots in found.values() for slot in slots)
    offers: dict[date, list[Offer]] = {}
    for slot in one_a_time(chain.from_iterable(found.values()), own=own, zone=zone):
        day = slot.start.astimezone(zone).date()
        site = sites.get(slot.place, "")
        offers.setdefault(day, []).append(Offer(slot.start, url_of(slot), slot.practitioner, site))
    later = end + timedelta(days=1)
    return Week(
        days=[
            Day(day, offers.get(day, []))
            for day in (first + timedelta(days=n) for n in range(DAYS))
        ],
        # Opened by itself, it starts at the first free day: there is nothing earlier.
        earlier=max(first - timedelta(days=DAYS), opens) if asked and first > opens else None,
        later=later if later <= last else None,
        next_free=None if found else next_free(first),
        first_date=opens,
        last_date=last,
        problem=problem,
    )


def _readable(asked: str | None) -> date | None:
    try:
        return parse_date(asked) if asked else None
    except ValueError:
        return None
