"""One practitioner's agenda while it is changed: who acts, what is locked, what is written down.

Every act opens a transaction here, locks her row, and asks the rules again. What changes one
agenda so happens one after the other, on one host or twenty; the database's own constraint stands
behind.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.db import IntegrityError, transaction

from maia.accounts.models import User
from maia.appointments.constraints import NO_OVERLAP, ROOM_NO_OVERLAP
from maia.appointments.exceptions import (
    AlreadyCancelled,
    ChangedMeanwhile,
    ImpossibleDate,
    NotBookable,
    RequestExpired,
    SlotTaken,
    TooFarAway,
)
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.availability.bounds import GRACE, REACH, is_in_bounds
from maia.patients.models import Patient
from maia.practices.models import Practitioner


@dataclass(frozen=True)
class By:
    """Who acts. A patient's acts obey the online rules, the practice's do not."""

    actor: HistoryEntry.Actor
    user: User | None = None

    @classmethod
    def patient(cls, user: User | None) -> Self:
        """``user`` is None when she came through an appointment's personal link."""
        return cls(HistoryEntry.Actor.PATIENT, user)

    @classmethod
    def practice(cls, user: User | None) -> Self:
        return cls(HistoryEntry.Actor.PRACTICE, user)

    @classmethod
    def maia(cls) -> Self:
        """Nobody: time went by."""
        return cls(HistoryEntry.Actor.MAIA)

    @property
    def is_patient(self) -> bool:
        return self.actor == HistoryEntry.Actor.PATIENT


@dataclass(frozen=True)
class Boxes:
    """The two boxes of the appointment sheet: whether emails and a reminder by SMS go out."""

    email: bool
    sms: bool


@dataclass(frozen=True)
class Telling:
    """Whether the patient is told of what the practice does to her appointment, and with which words.

    ``words``: a line of who does it to who is told, the patient's own to the practice as well; in the
    email only, cleaned. ``wait``: for how long
    nothing leaves, so that it can be undone; at most `LONGEST_WAIT`.
    """

    tell: bool = True
    words: str = ""
    wait: timedelta = timedelta(0)


TOLD = Telling()  # at once, without a word
LONGEST_WAIT = timedelta(minutes=1)


def refuse_unless_near(now: datetime, *instants: datetime) -> None:
    """Nothing is put into an agenda more than ten years from now, whoever asks, by whatever door.
    Raises `ImpossibleDate`."""
    if not all(map(is_in_bounds, instants)):
        raise ImpossibleDate
    if any(abs(instant - now) > REACH + GRACE for instant in instants):
        raise TooFarAway


@contextmanager
def agenda_of(
    *practitioners: Practitioner, holding: Patient | Sequence[Patient] | None = None
) -> Iterator[None]:
    """Nobody else changes their agendas inside; a clash that the database sees is `SlotTaken`. Whether
    each of them ``is_active`` is read again.

    ``holding``: a patient (or several) whose appointments are counted inside, or get one more or a
    word more. Her record is held first, always: she may book with two practitioners at once, and be
    erased meanwhile. Raises `RecordErased`.
    """
    records = [holding] if isinstance(holding, Patient) else list(holding or ())
    try:
        with transaction.atomic():
            for record in sorted(records, key=lambda record: record.pk):
                held = Patient.objects.hold(record.pk)
                record.online_booking_barred = held.online_booking_barred
            # Without the lock, overlapping starts deadlock on PostgreSQL. SQLite has one writer.
            # No key of hers changes: a worker that writes her messages meanwhile need not wait.
            rows = Practitioner.objects.select_for_update(no_key=True).only("is_active")
            keys = {practitioner.pk for practitioner in practitioners}
            here = {row.pk: row.is_active for row in rows.filter(pk__in=keys).order_by("pk")}
            for practitioner in practitioners:  # whoever has left meanwhile is given nothing
                practitioner.is_active = here.get(practitioner.pk, False)
            yield
    except IntegrityError as error:
        if NO_OVERLAP.is_broken_by(error) or ROOM_NO_OVERLAP.is_broken_by(error):
            raise SlotTaken from error
        raise


def refuse_if_gone(practitioner: Practitioner) -> None:
    """Into an agenda of who has left nothing new is put. Inside `agenda_of`, which reads it again.
    Raises `NotBookable`."""
    if not practitioner.is_active:
        raise NotBookable(NotBookable.Reason.NO_LONGER)


def is_taken(
    practitioner: Practitioner, start: datetime, end: datetime, *, but: Any = None
) -> bool:
    """Whether an event of hers stands in ``[start, end)``, other than those of ``but``: keys, or
    rows of one column of keys.
    """
    met = Event.objects.filter(practitioner=practitioner, blocking=True).touching(start, end)
    others = met if but is None else met.exclude(pk__in=but)
    return others.values_list("pk").first() is not None


def patient_of(appointment: Appointment) -> Patient:
    """Whose it is now: two records may have become one since it was read."""
    return Patient.objects.get(appointments=appointment.pk)


def read_again(appointment: Appointment, seen: int | None = None) -> Appointment:
    """As it is now. Raises `ChangedMeanwhile`, also where it has gone to a practitioner whose agenda
    is not the one that was locked."""
    current: Appointment = Appointment.objects.with_details().get(pk=appointment.pk)
    if current.event.practitioner_id != appointment.event.practitioner_id:
        raise ChangedMeanwhile
    refuse_unless_seen(current, seen)
    return current


@contextmanager
def as_one_act(
    appointment: Appointment, *others: Practitioner, holding: Iterable[Patient] = ()
) -> Iterator[Appointment]:
    """Several acts on ``appointment`` that one request asks for: all or none, and nobody comes between.
    It, as it is now. ``others``: practitioners whose agendas they change too; ``holding``: the records
    that they hold beside its patient's. Raises `ChangedMeanwhile`, `RecordErased`.
    """
    hers = patient_of(appointment)
    # Without a name left of her nothing is written on her record: see `agenda_of`.
    mine = [hers] if hers.erased_at is None else []
    with agenda_of(appointment.practitioner, *others, holding=[*mine, *holding]):
        current = read_again(appointment)
        if current.patient_id != hers.pk:
            raise ChangedMeanwhile
        yield current


def refuse_unless_seen(current: Appointment, seen: int | None) -> None:
    if seen is not None and seen != current.version:
        raise ChangedMeanwhile


def refuse_if_over(current: Appointment, now: datetime) -> None:
    """Raises `RequestExpired`, and `AlreadyCancelled`."""
    if current.has_expired(now):
        raise RequestExpired
    if current.status == Appointment.Status.CANCELLED:
        raise AlreadyCancelled


def save(current: Appointment, *fields: str) -> None:
    current.version += 1
    current.save(update_fields=["version", *fields])


def record(
    appointment: Appointment,
    action: HistoryEntry.Action,
    by: By,
    now: datetime,
    *,
    old_start: datetime | None = None,
    new_start: datetime | None = None,
    of_request: bool | None = None,
    telling: Telling = TOLD,
    **more: Any,
) -> HistoryEntry:
    """``of_request``: None for whatever it is now; ``more``: other fields of the entry."""
    waits = appointment.status == Appointment.Status.UNCONFIRMED
    return HistoryEntry.objects.create(
        appointment=appointment,
        action=action,
        actor=by.actor,
        user=by.user,
        at=now,
        old_start=old_start,
        new_start=new_start,
        of_request=waits if of_request is None else of_request,
        made_version=appointment.version,
        tells=telling.tell,
        words=telling.words,
        owed_from=now + min(telling.wait, LONGEST_WAIT) if telling.wait else None,
        **more,
    )
