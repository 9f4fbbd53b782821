"""The demo's agenda, two thirds full around today, and the reminders that it owes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.availability.intervals import Interval
from maia.availability.weekly import WeeklyHours, lay_out
from maia.messaging.reminders import owe, reminders_of
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner, Room
from maia.schedules.holidays import public_holidays
from maia.schedules.models import Absence, AppointmentType

DAYS_BEHIND, DAYS_AHEAD = 28, 63

Busy = dict[int, list[Event]]  # of each patient, by key


def fill_agenda(
    practitioner: Practitioner,
    types: list[AppointmentType],
    patients: list[Patient],
    busy: Busy,
    now: datetime,
    random: Random,
) -> None:
    hers = [t for t in types if t.is_offered_by(practitioner)]
    away = _holiday_week(practitioner, now) if practitioner.position else None
    rooms = {type.pk: type.rooms.first() for type in hers}
    events = []
    for day, worked in _working_days(practitioner, now):
        if away and away.start.date() <= day < away.end.date():
            continue
        # This week is nearly full, the last one has room: two thirds taken in all.
        weeks_ahead = max((day - now.date()).days, 0) / 7
        taken = 0.92 - 0.055 * weeks_ahead
        for start, end in worked:
            at = start
            while True:
                type = random.choice(hers)
                until = at + type.duration
                room = rooms.get(type.pk)
                if room is not None and _is_taken(room, at, until):
                    type, room = hers[0], None
                    until = at + type.duration
                if until > end:
                    break
                if random.random() < taken:
                    events.append(_event(practitioner, type, at, until, room))
                at = until
    _book_all(Event.objects.bulk_create(events), patients, busy, now, random)


def _working_days(
    practitioner: Practitioner, now: datetime
) -> Iterator[tuple[date, list[Interval]]]:
    zone = practitioner.practice.zone
    today = now.astimezone(zone).date()
    lines = practitioner.schedule.lines.all()
    hours = WeeklyHours({line.weekday: line.ranges for line in lines})
    dates = [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD)]
    closed = public_holidays(practitioner.practice, dates[0], dates[-1])
    yield from lay_out(hours, [d for d in dates if d not in closed], zone)


def _is_taken(room: Room, start: datetime, end: datetime) -> bool:
    """By the colleague, whose agenda was filled before."""
    return bool(room.events.filter(start__lt=end, end__gt=start).exists())


def _holiday_week(practitioner: Practitioner, now: datetime) -> Absence:
    zone = practitioner.practice.zone
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=35 - today.weekday())
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    week: Absence = Absence.objects.create(
        practitioner=practitioner, start=start, end=start + timedelta(days=7), title="Congés"
    )
    return week


def _event(
    practitioner: Practitioner,
    type: AppointmentType,
    start: datetime,
    end: datetime,
    room: Room | None,
) -> Event:
    return Event(
        practice=practitioner.practice,
        practitioner=practitioner,
        kind=Event.Kind.APPOINTMENT,
        type=type,
        start=start,
        end=end,
        room=room,
        buffer_before_minutes=type.buffer_before_minutes,
        buffer_after_minutes=type.buffer_after_minutes,
    )


def _who_is_free(event: Event, patients: list[Patient], busy: Busy, random: Random) -> Patient:
    """Nobody is in two places: there are more patients than practitioners."""
    while True:
        patient = random.choice(patients)
        hers = busy[patient.pk]
        if all(one.end <= event.start or event.end <= one.start for one in hers):
            hers.append(event)
            return patient


def _book_all(
    events: list[Event], patients: list[Patient], busy: Busy, now: datetime, random: Random
) -> None:
    actors, status = HistoryEntry.Actor, Appointment.Status
    appointments = []
    for event in events:
        type = event.type
        assert type is not None
        online = type.allow_online_booking and random.random() < 0.6
        waits = online and type.needs_confirmation and event.start > now and random.random() < 0.4
        made_at = min(event.start, now) - timedelta(days=random.randrange(2, 20))
        appointments.append(
            Appointment(
                practice=event.practice,
                event=event,
                patient=_who_is_free(event, patients, busy, random),
                status=status.UNCONFIRMED if waits else status.CONFIRMED,
                booked_online=online,
                sms_reminder=type.send_sms_reminder,
                created_at=made_at,
                waits_since=made_at if waits else None,
                recalled_at=now if waits else None,  # nobody was there to be reminded
            )
        )
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            appointment=appointment,
            action=HistoryEntry.Action.BOOKED,
            actor=actors.PATIENT if appointment.booked_online else actors.PRACTICE,
            at=appointment.created_at,
            new_start=appointment.event.start,
            of_request=appointment.status == status.UNCONFIRMED,
            announced=True,  # long ago
        )
        for appointment in Appointment.objects.bulk_create(appointments)
    )


def owe_reminders(practice: Practice, now: datetime) -> None:
    ahead = Appointment.objects.with_details().filter(practice=practice).upcoming(now)
    owe(reminder for a in ahead for reminder in reminders_of(a, since=a.created_at))
