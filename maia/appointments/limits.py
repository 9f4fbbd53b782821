"""How much of a type is enough, for one patient and for newcomers (rules 3.2.8 to 3.2.11); and when of her
pregnancy it is for (rule 3.9.2).

Patients are refused; the practice is told, and books. So many a day and a week are `slots`' to know:
they are the same for everybody. Counted while her record and the agenda are held: two at once, with two
practitioners, follow each other.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from maia.appointments.exceptions import NotBookable
from maia.appointments.known import MISSED, is_known
from maia.appointments.models import Appointment, Event
from maia.availability.pregnancy import Dates
from maia.availability.weekly import monday_of
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType

Reason = NotBookable.Reason
AWAY = (Appointment.Attendance.NO_SHOW, Appointment.Attendance.EXCUSED)
WEEK = timedelta(days=7)


class Limits:
    """What keeps ``patient`` (None: somebody new) from a type at times from ``first`` to ``last``.

    ``but``: her appointment's event that is about to leave its place. Three queries at most, none for a
    type without limits.
    """

    def __init__(
        self,
        type: AppointmentType,
        patient: Patient | None,
        first: datetime,
        last: datetime,
        *,
        now: datetime,
        but: Event | None = None,
    ) -> None:
        self._type, self._zone, self._patient = type, type.practice.zone, patient
        self._moves = but is not None
        self._dates = _window_dates(type, patient)
        self._to_come, self._days = self._hers(now, but)
        self._newcomers: set[tuple[int, date, int]] = set()
        self._is_new = type.max_new_a_week is not None and not (patient and is_known(patient, now))
        if self._is_new:
            self._newcomers = _newcomers(type, first, last, now, but)

    def _hers(self, now: datetime, but: Event | None) -> tuple[bool, list[date]]:
        """Whether she has one to come, and the dates of all that count."""
        asks = self._type.one_to_come or self._type.days_between_two is not None
        if self._patient is None or not asks:
            return False, []
        hers = Appointment.objects.filter(patient=self._patient, event__type=self._type)
        rows = hers.exclude(status=Appointment.Status.CANCELLED)
        if but is not None:
            rows = rows.exclude(event=but)
        found = list(rows.values_list("event__start", "event__end", "attendance"))
        days = [self._day(start) for start, _end, came in found if came not in AWAY]
        return any(end > now for _start, end, _came in found), days

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()

    def against(self, practitioner_id: int, start: datetime) -> Iterator[NotBookable]:
        """All that stands against this start with her, most lasting first."""
        day, apart = self._day(start), self._type.days_between_two
        if self._dates is not None and not self._dates.first <= day <= self._dates.last:
            yield NotBookable(Reason.OUTSIDE_WINDOW, dates=self._dates)
        if self._type.one_to_come and self._to_come and not self._moves:
            yield NotBookable(Reason.ONE_TO_COME)
        if apart is not None and any(abs((day - other).days) < apart for other in self._days):
            yield NotBookable(Reason.DAYS_BETWEEN_TWO, days=apart)
        if self._is_new and self._type.max_new_a_week is not None:
            mine, monday = self._patient and self._patient.pk, monday_of(day)
            others = {
                who
                for whose, week, who in self._newcomers
                if (whose, week) == (practitioner_id, monday) and who != mine
            }
            if len(others) >= self._type.max_new_a_week:
                yield NotBookable(Reason.NEW_PATIENTS_FULL)


def asks_stage(type: AppointmentType, patient: Patient | None) -> bool:
    """Whether she must say first when her child is due, or was born (rule 3.9.2)."""
    return type.window is not None and type.window_asks and _window_dates(type, patient) is None


def _window_dates(type: AppointmentType, patient: Patient | None) -> Dates | None:
    """When the type is for her; None: at any time, or nobody knows."""
    if type.window is None or patient is None:
        return None
    return patient.pregnancy.dates_of(type.window)


def refuse_beyond(
    type: AppointmentType,
    practitioner: Practitioner,
    patient: Patient,
    start: datetime,
    *,
    now: datetime,
    but: Event | None = None,
) -> None:
    """Raises `NotBookable` where a limit of the type stands against her. Inside the lock."""
    if but is None and asks_stage(type, patient):
        raise NotBookable(Reason.STAGE_UNKNOWN)
    limits = Limits(type, patient, start, start, now=now, but=but)
    for refusal in limits.against(practitioner.pk, start):
        raise refusal


def why_full(
    type: AppointmentType, practitioner: Practitioner, start: datetime, but: Event | None = None
) -> NotBookable | None:
    """Whether as many stand on that day, or in that week, as the type takes. Two queries at most."""
    zone = type.practice.zone
    day = start.astimezone(zone).date()
    monday = monday_of(day)
    for most, first, last, reason in (
        (type.max_a_day, day, day + timedelta(days=1), Reason.DAY_FULL),
        (type.max_a_week, monday, monday + WEEK, Reason.WEEK_FULL),
    ):
        if most is None:
            continue
        opens, closes = _midnight(first, zone), _midnight(last, zone)
        hers = Event.objects.filter(practitioner=practitioner, type=type, blocking=True)
        booked = hers.touching(opens, closes).filter(start__gte=opens)
        if but is not None:
            booked = booked.exclude(pk=but.pk)
        if booked.count() >= most:
            return NotBookable(reason)
    return None


def passed_by(
    type: AppointmentType,
    practitioner: Practitioner,
    patient: Patient | None,
    start: datetime,
    *,
    now: datetime,
    but: Event | None = None,
) -> list[NotBookable]:
    """All that an appointment there would go beyond: for the practice, which decides."""
    full = why_full(type, practitioner, start, but)
    limits = Limits(type, patient, start, start, now=now, but=but)
    return [*([full] if full else []), *limits.against(practitioner.pk, start)]


def _newcomers(
    type: AppointmentType, first: datetime, last: datetime, now: datetime, but: Event | None
) -> set[tuple[int, date, int]]:
    """Whose practitioner, the Monday, and who: of the whole weeks from ``first`` to ``last``, those whom
    the practice had not seen before, nor has since."""
    zone = type.practice.zone
    opens = _midnight(monday_of(first.astimezone(zone).date()), zone)
    closes = _midnight(monday_of(last.astimezone(zone).date()) + WEEK, zone)
    seen = Appointment.objects.filter(
        patient=OuterRef("patient"), event__end__lte=OuterRef("event__start")
    ).filter(event__end__lte=now)
    rows = Appointment.objects.touching(opens, closes).filter(
        event__type=type, event__start__gte=opens, patient__origin=Patient.Origin.ONLINE
    )
    if but is not None:
        rows = rows.exclude(event=but)
    live = rows.exclude(status=Appointment.Status.CANCELLED)
    found = live.exclude(Exists(seen.exclude(MISSED)))
    return {
        (whose, monday_of(start.astimezone(zone).date()), who)
        for whose, start, who in found.values_list("event__practitioner", "event__start", "patient")
    }


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
