"""The agenda that `bench.web` measures: a midwife and twenty colleagues, a full autumn, years behind.

Monday to Friday 09:00-18:00, a type of 30 minutes, 70 % of the next 90 days booked (about 800
events), and as many past events as asked for. They carry no appointment: slots never look. The past
is not exclusive, so that it is written fast: the guard would look at each against all after it.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from maia.accounts.models import User
from maia.appointments.models import Event
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType, Schedule
from maia.tokens.issuing import make_token

COLLEAGUES, PAST, PATIENTS = 20, 20_000, 200
HALF = timedelta(minutes=30)


def build() -> tuple[AppointmentType, Practitioner, list[str]]:
    """The type, herself, and a token of each patient."""
    now = timezone.now()
    practice = Practice.objects.create(
        name="Cabinet", slug="bench", time_zone="Europe/Paris", max_open_bookings=100
    )
    type = AppointmentType.objects.create(
        practice=practice, name="Suivi", duration_minutes=30, allow_online_booking=True
    )
    team = []
    for number in range(1 + COLLEAGUES):
        one = Practitioner.objects.create(
            practice=practice, first_name="P", last_name=str(number), position=number,
            closed_on_public_holidays=False,
        )  # fmt: skip
        week = dict.fromkeys(range(5), [(540, 1080)])
        Schedule.objects.create(practitioner=one).write(week)
        team.append(one)
        _insert(_ahead(one, type, now, random.Random(number)))
        _insert(_behind(one, type, now, PAST, 0))
    tokens = []
    for number in range(PATIENTS):
        user = User.objects.create_user(f"p{number}@x.example", verified=True)
        Patient.objects.create(
            practice=practice, user=user, first_name="P", last_name=str(number), email=user.email
        )
        tokens.append(make_token(user, "bench", now=now)[1])
    return type, team[0], tokens


def add_past(type: AppointmentType, practitioner: Practitioner, count: int) -> None:
    """Older than what is there."""
    _insert(_behind(practitioner, type, timezone.now(), count, PAST))


def _ahead(
    one: Practitioner, type: AppointmentType, now: datetime, dice: random.Random
) -> Iterator[Event]:
    zone = type.practice.zone
    today = now.astimezone(zone).date()
    for days in range(1, 91):
        day = today + timedelta(days=days)
        if day.weekday() > 4:
            continue
        for slot in range(18):
            if dice.random() < 0.7:
                start = datetime(day.year, day.month, day.day, 9, tzinfo=zone) + slot * HALF
                yield _event(one, type, start)


def _behind(
    one: Practitioner, type: AppointmentType, now: datetime, count: int, skip: int
) -> Iterator[Event]:
    start = now.replace(minute=0, second=0, microsecond=0) - 2 * HALF
    for number in range(skip, skip + count):
        yield _event(one, type, start - number * HALF, exclusive=False)


def _event(
    one: Practitioner, type: AppointmentType, start: datetime, *, exclusive: bool = True
) -> Event:
    return Event(
        practice_id=one.practice_id, practitioner=one, kind="appointment", type=type,
        start=start, end=start + HALF, exclusive=exclusive,
    )  # fmt: skip


def _insert(events: Iterator[Event]) -> None:
    Event.objects.bulk_create(events, batch_size=2_000)
