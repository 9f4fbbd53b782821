"""Requests that nobody answers: the practitioner is reminded of them, and at their start they expire
(rule 3.4).

A worker looks at them now and then; any number of workers may. Each act is one transaction behind the
lock of the agenda, where what another worker has done meanwhile is seen: killed in between, it is as if
it had not begun, and done by the next.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from maia.appointments.acts.cancelling import end
from maia.appointments.agenda import By, agenda_of, read_again, record
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.telling import overtake

AFTER = timedelta(days=1)  # of waiting
BEFORE = timedelta(hours=48)  # its start
AT_ONCE = 200  # of each kind in one look

_waiting = Appointment.objects.filter(status=Appointment.Status.UNCONFIRMED)


def follow_requests(now: datetime) -> int:
    """Expires those whose start has come, and recalls those that have waited too long; how many."""
    done = 0
    for row in _whole(_waiting.filter(event__start__lte=now).order_by("event__start")):
        done += expire_request(row, now)
    for row in _whole(_to_recall(now).order_by("event__start")):
        done += recall_request(row, now)
    return done


def expire_request(appointment: Appointment, now: datetime) -> bool:
    """Cancels it, since nobody has answered before it began. False: somebody has, or it has moved."""
    with agenda_of(appointment.practitioner):
        try:
            current = read_again(appointment)
        except ChangedMeanwhile:  # it is in another agenda now: looked at again soon
            return False
        if current.status != Appointment.Status.UNCONFIRMED or current.start > now:
            return False
        known = overtake(current).start  # a drag that she has not been told of is not to be
        current.expired = True
        end(current)
        acts = HistoryEntry.Action
        record(current, acts.EXPIRED, By.maia(), now, old_start=known, of_request=True)
    return True


def recall_request(appointment: Appointment, now: datetime) -> bool:
    """Reminds the practitioner of it, if that is due. What several looks missed is one recall."""
    with agenda_of(appointment.practitioner):
        current = _to_recall(now).with_details().filter(pk=appointment.pk).first()
        if current is None or current.event.practitioner_id != appointment.event.practitioner_id:
            return False
        current.recalled_at = now
        current.save(update_fields=["recalled_at"])  # no new version: nobody's page is out of date
        record(current, HistoryEntry.Action.RECALLED, By.maia(), now, new_start=current.start)
    return True


def _to_recall(now: datetime) -> Any:
    """Of those to come: a day after the question, and 48 hours before the start, unless it was asked
    later than that: then the practitioner has just read of it."""
    rows = _waiting.filter(event__start__gt=now).annotate(
        since=Coalesce("waits_since", "created_at"),
        recalled=Coalesce("recalled_at", "waits_since", "created_at"),
    )
    waited = Q(since__lte=now - AFTER, recalled__lt=F("since") + AFTER)
    near = F("event__start") - BEFORE
    soon = Q(event__start__lte=now + BEFORE, since__lt=near, recalled__lt=near)
    return rows.filter(waited | soon)


def _whole(rows: Any) -> list[Appointment]:
    return list(rows.with_details()[:AT_ONCE])
