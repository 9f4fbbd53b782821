"""Making, changing and ending a replacement, and what becomes of what is booked in its dates: each is handed
over, kept or cancelled as the practice says (rule 3.10)."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import TOLD, By, Telling, agenda_of, is_taken
from maia.appointments.exceptions import ChangedMeanwhile, NotBookable, SlotTaken
from maia.appointments.models import Appointment
from maia.patients.models import Patient
from maia.practices.models import Replacement
from maia.schedules.replacements import keep_replacement


class Fate(StrEnum):
    """Of an appointment with who is replaced."""

    HAND_OVER = "hand_over"
    KEEP = "keep"
    CANCEL = "cancel"


class NotFreeThere(SlotTaken):
    """The substitute has something else when these ``appointments`` stand, or their type is no longer
    offered. Nothing was written."""

    def __init__(self, appointments: Sequence[Appointment]) -> None:
        super().__init__()
        self.appointments = appointments


class Met(NamedTuple):
    """What is booked to come that a replacement would touch. ``inside``: with who is replaced, in its dates;
    ``outside``: with the substitute, for what she offers in these dates only, which they leave."""

    inside: list[Appointment]
    outside: list[Appointment]

    def __bool__(self) -> bool:
        return bool(self.inside or self.outside)


def what_it_meets(wanted: Replacement, stored: Replacement | None, now: datetime) -> Met:
    """``stored``: as it is now; of what stands inside of that she has decided before. In order."""
    inside = _standing(wanted, wanted.practitioner_id, now)
    if stored is None:
        return Met(inside, [])
    if _are_same(wanted, stored):
        inside = [one for one in inside if not stored.holds_on(_day(one))]
        return Met(inside, [one for one in _of_it(stored, now) if not wanted.holds_on(_day(one))])
    return Met(inside, _of_it(stored, now))


def what_it_leaves(stored: Replacement, now: datetime) -> list[Appointment]:
    """Outside of everything, were it to end now."""
    return _of_it(stored, now)


def replace(
    wanted: Replacement,
    *,
    decided: Mapping[int, Fate] | None,
    by: By,
    now: datetime,
    telling: Telling = TOLD,
) -> dict[Fate, list[Appointment]]:
    """Makes or changes it; what became of each that stands inside.

    ``decided``: by the key of each; None: all stay. Raises `ReplacementRefused`, `NotFreeThere`, and
    `ChangedMeanwhile` where one stands inside of which nothing is said, or the replacement is gone.
    """
    chosen = [key for key, fate in (decided or {}).items() if fate != Fate.KEEP]
    done: dict[Fate, list[Appointment]] = {fate: [] for fate in Fate}
    with _team_of(wanted, chosen):
        stored = None
        if wanted.pk is not None:
            stored = Replacement.objects.with_names().filter(pk=wanted.pk).first()
            if stored is None:
                raise ChangedMeanwhile
        inside = what_it_meets(wanted, stored, now).inside
        if decided is not None and any(one.pk not in decided for one in inside):
            raise ChangedMeanwhile
        today = now.astimezone(wanted.practice.zone).date()
        keep_replacement(wanted, today=today)
        for one in inside:
            done[decided[one.pk] if decided is not None else Fate.KEEP].append(one)
        for one in done[Fate.CANCEL]:
            cancel_appointment(one, by=by, now=now, telling=telling)
        _hand_over(wanted, done[Fate.HAND_OVER], by, now, telling)
    return done


def hand_over(
    replacement: Replacement,
    appointments: Iterable[int],
    *,
    by: By,
    now: datetime,
    telling: Telling = TOLD,
) -> list[Appointment]:
    """Of those that stand in its dates with who is replaced, by their keys; all or none. What the substitute
    has already stays. Raises `NotFreeThere`, and `ChangedMeanwhile` for one that does not stand there."""
    wanted = set(appointments)
    with _team_of(replacement, list(wanted)):
        if not Replacement.objects.filter(pk=replacement.pk).exists():
            raise ChangedMeanwhile
        there = _standing(replacement, replacement.substitute_id, now)
        handed = [
            one
            for one in _standing(replacement, replacement.practitioner_id, now)
            if one.pk in wanted
        ]
        if wanted - {one.pk for one in [*handed, *there]}:
            raise ChangedMeanwhile
        _hand_over(replacement, handed, by, now, telling)
    return handed


def may_hand_over(replacement: Replacement, appointment: Appointment) -> bool:
    """Whether the substitute has nothing when it stands, and it is of a type that is still offered. One
    query."""
    is_taken_there = is_taken(replacement.substitute, appointment.start, appointment.end)
    return not (is_taken_there or appointment.type.archived)


def _hand_over(
    replacement: Replacement,
    appointments: Sequence[Appointment],
    by: By,
    now: datetime,
    telling: Telling,
) -> None:
    substitute, taken = replacement.substitute, []
    substitute.__dict__.pop("takes_over", None)  # this one counts from now on
    for one in appointments:
        try:
            move_appointment(
                one,
                one.start,
                end=one.end,
                practitioner=substitute,
                by=by,
                now=now,
                telling=telling,
            )
        except (SlotTaken, NotBookable):
            taken.append(one)
    if taken:
        raise NotFreeThere(taken)


def _team_of(replacement: Replacement, appointments: Sequence[int]) -> AbstractContextManager[None]:
    """The agendas of the whole team held, and the records of whom it is about first: whoever books holds
    them in this order."""
    records = Patient.objects.filter(appointments__in=appointments, erased_at=None).distinct()
    return agenda_of(*replacement.practice.practitioners.all(), holding=list(records))


def _standing(replacement: Replacement, practitioner: int, now: datetime) -> list[Appointment]:
    """To come in its dates, in order."""
    zone = replacement.practice.zone
    opens = datetime.combine(replacement.first_date, time(), zone)
    closes = datetime.combine(replacement.last_date + timedelta(days=1), time(), zone)
    ahead = Appointment.objects.with_details().upcoming(now).not_expired(now)
    inside = Q(event__start__lt=closes, event__start__gte=opens)
    return list(ahead.filter(inside, event__practitioner=practitioner))


def _of_it(stored: Replacement, now: datetime) -> list[Appointment]:
    """What the substitute has because of it: types of who is replaced, which are not hers, or at hours that
    may not be hers."""
    by_other_hours = stored.hours == Replacement.Hours.REPLACED
    return [
        one
        for one in _standing(stored, stored.substitute_id, now)
        if one.type.is_offered_by(stored.practitioner)
        and (by_other_hours or not one.type.is_offered_by(stored.substitute))
    ]


def _are_same(one: Replacement, other: Replacement) -> bool:
    """The two who take over from each other."""
    return (one.practitioner_id, one.substitute_id) == (other.practitioner_id, other.substitute_id)


def _day(appointment: Appointment) -> date:
    return appointment.start.astimezone(appointment.practice.zone).date()
