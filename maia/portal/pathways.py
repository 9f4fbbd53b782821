"""*Vos prochains rendez-vous*: what her pregnancy asks for, in the practices that say so (rule 3.9.5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from maia.accounts.models import User
from maia.appointments.pathway import Stand, State, look_for_times, pathway_of_record
from maia.patients.models import Patient
from maia.patients.stages import stage_in_words, window_in_words
from maia.practices.models import Practice


class Line(NamedTuple):
    """``why``: the window in words; ``url``: where she books it, empty where she may not online."""

    stand: Stand
    why: str
    url: str


class Pathway(NamedTuple):
    """Of one record; ``today``: where she is, in words; ``lines``: none where she has not said her date."""

    record: Patient
    today: str
    lines: list[Line]


def pathways_of(user: User, practices: Iterable[Practice], *, now: datetime) -> list[Pathway]:
    """Of her records in these practices that have a pathway. A query, and as `pathway_of_record` and
    `look_for_times` each record that says a pregnancy."""
    records = Patient.objects.kept().filter(user=user, practice__in=list(practices))
    asked = records.exclude(practice__pathway=None).select_related("practice").distinct()
    found = []
    for record in asked.order_by("pk"):
        stands = [one for one in pathway_of_record(record, now=now) if one.state != State.LATE]
        look_for_times(stands, now=now)
        today = timezone.localdate(now, record.practice.zone)
        lines = [_line(stand) for stand in stands]
        if lines or not (record.due_date or record.child_birth_date):
            found.append(Pathway(record, stage_in_words(record.pregnancy, today), lines))
    return found


def _line(stand: Stand) -> Line:
    type = stand.step.type
    url = ""
    if stand.first_free is not None:
        day = timezone.localdate(stand.first_free.start, type.practice.zone)
        url = f"{reverse('slots', args=[type.practice.slug, type.key])}?from={day}"
    return Line(stand, window_in_words(stand.step.window), url)
