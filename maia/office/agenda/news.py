"""Whether something has changed since a calendar was drawn: asked every few seconds by each open
agenda, and answered without a body (docs/decisions/2026-11-26-the-agenda-asks.md)."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from maia.office.access import OfficeRequest, office
from maia.office.agenda.wanted import read_wanted
from maia.practices.models import Practitioner

# All that is drawn of a range, as three texts of JSON: one statement, and no row of its own to fetch.
# Who sits in an event is asked event by event: joined, PostgreSQL reads the seats of all years.
_DRAWN = """
SELECT
(SELECT CAST({gather}({row}(id, practitioner_id, start, "end", title, type_id, exclusive, colour, series, seats)) AS text)
 FROM (SELECT e.id, e.practitioner_id, e.start, e."end", e.title, e.type_id, e.exclusive, e.colour,
              e.series,
              (SELECT {gather}({row}(a.id, a.version, a.status, a.attendance, p.first_name, p.last_name))
               FROM appointments_appointment a
               LEFT JOIN patients_patient p ON p.id = a.patient_id
               WHERE a.event_id = e.id) AS seats
       FROM appointments_event e
       WHERE e.practitioner_id IN ({people}) AND e."end" > %s AND e.start < %s AND e.blocking
         AND e."end" < 'infinity'
       ORDER BY e.id) AS drawn),
(SELECT CAST({gather}({row}(practitioner_id, start, "end", title)) AS text)
 FROM (SELECT practitioner_id, start, "end", title FROM schedules_absence
       WHERE practitioner_id IN ({people}) AND "end" > %s AND start < %s ORDER BY id) AS away),
(SELECT CAST({gather}({row}(practitioner_id, weekday, start, "end", breaks)) AS text)
 FROM (SELECT s.practitioner_id, l.weekday, l.start, l."end", l.breaks
       FROM schedules_schedule s JOIN schedules_openinghours l ON l.schedule_id = s.id
       WHERE s.practitioner_id IN ({people}) ORDER BY l.id) AS hours)
"""
_AS_JSON = {
    "sqlite": {"gather": "json_group_array", "row": "json_array"},
    "postgresql": {"gather": "json_agg", "row": "json_build_array"},
}


@office
@require_safe
def news(request: OfficeRequest) -> HttpResponse:
    """304 for the tag in ``If-None-Match`` as long as nothing drawn has changed; else the new one.

    It shows nothing of anybody: what has changed is read from `events`, which leaves its line.
    """
    wanted = read_wanted(request)
    if wanted is None:
        return JsonResponse({"error": "range"}, status=400)
    tag = tag_of(wanted.team, wanted.start, wanted.end)
    # A server in front that compresses calls a tag weak.
    unchanged = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    return HttpResponse(status=304 if unchanged else 204, headers={"ETag": tag})


def tag_of(team: Sequence[Practitioner], start: datetime, end: datetime) -> str:
    """What stands in their agendas in ``[start, end)``, as a short text that changes with it. One
    query."""
    people = [practitioner.pk for practitioner in team]
    if not people:
        return '"nobody"'
    span = [*people, *(connection.ops.adapt_datetimefield_value(at) for at in (start, end))]
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(people)), [*span, *span, *people])
        texts: Any = cursor.fetchone()
    return f'"{sha256("/".join(text or "" for text in texts).encode()).hexdigest()[:32]}"'


@cache
def _statement(people: int) -> str:
    return _DRAWN.format(people=", ".join(["%s"] * people), **_AS_JSON[connection.vendor])
