"""External calendars read again by the workers: the last good copy stays when a source fails."""

import logging
import threading
from datetime import datetime, timedelta

from django.db import transaction

from maia.appointments.booking import agenda_of
from maia.availability.intervals import Interval
from maia.calendars.reading import MOST_BYTES, Unreadable, busy_times
from maia.outside.http import Unfetched, fetch
from maia.schedules.models import Absence, ExternalCalendar

logger = logging.getLogger("maia.calendars")

SECONDS = 15.0
EVERY, LONGEST = timedelta(minutes=15), timedelta(hours=4)
BEHIND, AHEAD = timedelta(days=1), timedelta(days=731)  # the longest horizon that one may set
BATCH = 20


def refresh_due(now: datetime, stop: threading.Event | None = None) -> int:
    """Reads those whose time has come, each by one worker only; how many."""
    due = ExternalCalendar.objects.filter(next_try_at__lte=now).order_by("next_try_at")[:BATCH]
    done = 0
    for calendar in due.select_related("practitioner__practice"):
        if stop is not None and stop.is_set():
            break
        # Conditional: of two workers, one has it.
        mine = ExternalCalendar.objects.filter(pk=calendar.pk, next_try_at=calendar.next_try_at)
        if mine.update(next_try_at=now + EVERY):
            refresh(calendar, now)
            done += 1
    return done


def refresh(calendar: ExternalCalendar, now: datetime) -> bool:
    """Whether it was read. What was known before stays when it was not."""
    headers = {"Accept": "text/calendar"}
    # The window moves on with the days: the same file is read anew once a day.
    if calendar.etag and calendar.is_fresh(now):
        headers["If-None-Match"] = calendar.etag
    rows = ExternalCalendar.objects.filter(pk=calendar.pk)
    try:
        answer = fetch(
            "GET",
            calendar.url,
            headers=headers,
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
            redirects=3,
        )
        if answer.status == 304:
            rows.update(refreshed_at=now, failing_since=None, error="", failures=0)
            return True
        if answer.status != 200:
            raise Unfetched(f"http {answer.status}")
        zone = calendar.practitioner.practice.zone
        times = busy_times(answer.body, zone, now - BEHIND, now + AHEAD)
    except (Unfetched, Unreadable) as failure:
        logger.warning("calendar not read", extra={"calendar": calendar.pk, "code": failure.code})
        wait = min(EVERY * 2 ** min(calendar.failures, 10), LONGEST)
        rows.filter(failing_since=None).update(failing_since=now)
        rows.update(error=failure.code[:40], failures=calendar.failures + 1, next_try_at=now + wait)
        return False
    with transaction.atomic():
        # Deleted meanwhile: nothing is kept of it.
        if rows.select_for_update().first() is None:
            return False
        _replace(calendar, times)
        rows.update(
            refreshed_at=now, read_at=now, failing_since=None, error="", failures=0,
            etag=answer.headers.get("etag", "")[:200],
        )  # fmt: skip
    return True


def _replace(calendar: ExternalCalendar, times: list[Interval]) -> None:
    """Only what has changed is written: most refreshes change nothing."""
    with agenda_of(calendar.practitioner):
        known = {Interval(a.start, a.end): a.pk for a in calendar.absences.all()}
        wanted = set(times)
        gone = [pk for span, pk in known.items() if span not in wanted]
        Absence.objects.filter(pk__in=gone).delete()
        Absence.objects.bulk_create(
            (
                Absence(
                    practitioner=calendar.practitioner,
                    calendar=calendar,
                    start=span.start,
                    end=span.end,
                    title=calendar.name,
                )
                for span in times
                if span not in known
            ),
            batch_size=500,
        )
