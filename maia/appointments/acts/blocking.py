"""Absences. One closes, whatever stands in it: the appointments that it covers are listed, for the
practice to cancel or keep. Time that is taken like an appointment's is in `personal`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import (
    TOLD,
    By,
    Telling,
    agenda_of,
    refuse_if_gone,
    refuse_unless_near,
)
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment
from maia.practices.models import Practitioner
from maia.schedules.models import Absence

Span = tuple[datetime, datetime]


def covered(practitioner: Practitioner, spans: Iterable[Span], now: datetime) -> list[Appointment]:
    """Her appointments to come that an absence over ``spans`` would cover, in order."""
    inside = Q()
    for start, end in spans:
        inside |= Q(event__start__lt=end, event__end__gt=start)
    if not inside:
        return []
    ahead = Appointment.objects.with_details().upcoming(now).not_expired(now)
    return list(ahead.filter(inside, event__practitioner=practitioner))


def newly_covered(absence: Absence, wanted: Span, now: datetime) -> list[Appointment]:
    """Those under ``wanted`` that do not stand under ``absence`` as it is: of the others she has
    decided before."""
    inside = covered(absence.practitioner, [wanted], now)
    return [one for one in inside if one.end <= absence.start or one.start >= absence.end]


def be_absent(
    practitioner: Practitioner,
    spans: Iterable[Span],
    title: str,
    *,
    decided: Mapping[int, bool] | None,
    by: By,
    now: datetime,
    telling: Telling = TOLD,
) -> list[Appointment]:
    """Closes ``spans``; the appointments that it cancelled, each with a message to the patient.

    ``decided``: of each appointment that stands inside, by its key, whether it goes; None: all stay.
    Raises `ImpossibleDate`, `NotBookable` of who has left, and `ChangedMeanwhile` where one stands there that nothing is said of.
    """
    wanted = list(spans)
    refuse_unless_near(now, *(instant for span in wanted for instant in span))
    series: UUID | None = uuid4() if len(wanted) > 1 else None
    with agenda_of(practitioner):
        refuse_if_gone(practitioner)
        Absence.objects.bulk_create(
            Absence(practitioner=practitioner, start=start, end=end, title=title, series=series)
            for start, end in wanted
        )
        if decided is None:
            return []
        inside = covered(practitioner, wanted, now)
        if any(one.pk not in decided for one in inside):
            raise ChangedMeanwhile  # it was booked while she decided about the others
        cancelled = [one for one in inside if decided[one.pk]]
        for appointment in cancelled:
            cancel_appointment(appointment, by=by, now=now, telling=telling)
    return cancelled


def change_absence(
    absence: Absence,
    wanted: Span,
    title: str,
    *,
    decided: Mapping[int, bool],
    by: By,
    now: datetime,
    telling: Telling = TOLD,
) -> list[Appointment]:
    """Gives ``absence`` the time ``wanted`` and ``title``; what it no longer covers is open again.
    The appointments that it cancelled of those that it newly covers; the rest as `be_absent`.

    Raises `ImpossibleDate`, and `ChangedMeanwhile` where one is newly covered that nothing is said
    of, or the absence is gone.
    """
    refuse_unless_near(now, *({*wanted} - {absence.start, absence.end}))
    with agenda_of(absence.practitioner):
        rows = Absence.objects.by_hand().select_for_update(of=("self",), no_key=True)
        stored = rows.select_related("practitioner").filter(pk=absence.pk).first()
        if stored is None:
            raise ChangedMeanwhile
        inside = newly_covered(stored, wanted, now)
        if any(one.pk not in decided for one in inside):
            raise ChangedMeanwhile
        absence.start, absence.end = wanted
        absence.title = title
        absence.save(update_fields=["start", "end", "title"])
        cancelled = [one for one in inside if decided[one.pk]]
        for appointment in cancelled:
            cancel_appointment(appointment, by=by, now=now, telling=telling)
    return cancelled
