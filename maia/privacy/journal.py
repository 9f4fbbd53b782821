"""Writing down who saw and changed what, for the practice to read."""

from datetime import datetime, timedelta

from django.core.cache import caches
from django.db import transaction
from django.db.models import Q

from maia.accounts.models import User
from maia.appointments.models import Event
from maia.patients.models import Patient, PatientImport
from maia.practices.models import Practice
from maia.practices.seats import Seat, memberships_of
from maia.privacy.models import JournalEntry
from maia.schedules.models import Absence

Act = JournalEntry.Act
SAME_LOOK = timedelta(minutes=30)  # read again and again, by a page that polls: one line
LOOKS = frozenset(
    [
        Act.OPENED,
        Act.AGENDA,
        Act.LISTED,
        Act.SEARCHED,
        Act.MESSAGES,
        Act.FEED,
        Act.ALL_EXPORTED,
        Act.NOT_SIGNED_IN,
    ]
)


def note(
    act: JournalEntry.Act,
    seat: Seat,
    *,
    now: datetime,
    patient: Patient | None = None,
    other: Patient | None = None,
    detail: str = "",
) -> None:
    """``detail`` names what was touched: fields, a type, a role. Nothing of a patient, but for the
    two names of a merge, with the ``other`` record where there are two again (`merges`).

    A look is one line a seat, kind, record and half hour: one statement, and none once this
    process knows that the line is there.
    """
    _write(act, seat.practice, seat.user, now=now, patient=patient, other=other, detail=detail)


def note_operator(practice: Practice, by: User | None, *, now: datetime, detail: str) -> None:
    """What whoever runs the server did: ``by`` is who was signed in, None for a command."""
    JournalEntry.objects.create(
        practice=practice,
        at=now,
        user=by,
        who=by.email if by else "",
        act=Act.OPERATOR,
        detail=detail[:200],
    )


def note_sign_in(user: User, *, now: datetime) -> None:
    """In the journal of every practice in whose team she is."""
    for place in memberships_of(user):
        _write(Act.SIGNED_IN, place.practice, user, now=now)


def note_failed_sign_in(address: str, *, now: datetime) -> None:
    """Only of who is in a team: a stranger's address stands in nobody's journal."""
    for user in User.objects.filter(email=address).exclude(memberships=None):
        for place in memberships_of(user):
            _write(Act.NOT_SIGNED_IN, place.practice, user, now=now)


def note_correction(record: Patient, user: User, fields: str, *, now: datetime) -> None:
    """The patient changed her own record: which fields, never what they say."""
    _write(Act.CHANGED, record.practice, user, now=now, patient=record, detail=fields)


def last_correction(record: Patient) -> JournalEntry | None:
    """When she last changed it herself, and which fields."""
    if record.user_id is None:
        return None
    lines = JournalEntry.objects.filter(patient=record, user=record.user_id, act=Act.CHANGED)
    return lines.first()


def _write(
    act: JournalEntry.Act,
    practice: Practice,
    user: User,
    *,
    now: datetime,
    patient: Patient | None = None,
    other: Patient | None = None,
    detail: str = "",
) -> None:
    entry = JournalEntry(
        practice=practice,
        at=now,
        user=user,
        who=user.email,
        act=act,
        patient=patient,
        other=other,
        detail=detail[:200],
    )
    if act not in LOOKS:
        entry.save(force_insert=True)
        return
    which = int(now.timestamp() // SAME_LOOK.total_seconds())
    entry.look = f"{practice.pk}:{user.pk}:{act.value}:{patient.pk if patient else ''}:{which}"
    known, key = caches["process"], f"journal:{entry.look}"
    if known.get(key):
        return
    JournalEntry.objects.bulk_create([entry], ignore_conflicts=True)
    # Once it is there for good: what is rolled back is written by who comes next.
    transaction.on_commit(lambda: known.set(key, 1, SAME_LOOK.total_seconds()))


def time_in_words(block: Event | Absence) -> str:
    """A ``detail``: whose time, and when. Its title may name somebody."""
    zone = block.practitioner.practice.zone
    start, end = block.start.astimezone(zone), block.end.astimezone(zone)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%d/%m/%Y %H:%M}"
    return f"{block.practitioner.name}, {start:%d/%m/%Y %H:%M} – {until}"


def note_import(
    act: JournalEntry.Act, importing: PatientImport, by: User | None, *, now: datetime
) -> None:
    """What a worker did for her who asked: how many records, not which."""
    counts = importing.counts.get("undone", importing.counts)
    JournalEntry.objects.create(
        practice=importing.practice,
        at=now,
        user=by,
        who=by.email if by else "",
        act=act,
        detail=", ".join(f"{name}: {count}" for name, count in counts.items() if count)[:200],
    )


def forget_names(record: Patient) -> None:
    """The lines of merges that name a record which is being erased."""
    about = JournalEntry.objects.filter(Q(patient=record) | Q(other=record))
    about.filter(act__in=[Act.MERGED, Act.UNMERGED]).update(detail="")
