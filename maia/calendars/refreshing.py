"""External calendars read by the workers: what was known stays while a source fails.

The file is read in a child process. A calendar that kills its reader twice is left alone.
"""

import json
import logging
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction
from django.db.models import F

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.accounts.waits import come
from maia.appointments.agenda import agenda_of
from maia.appointments.ics import OURS
from maia.availability.intervals import Interval
from maia.calendars.reading import MOST_BYTES, MOST_SECONDS, Reading, Unreadable
from maia.outside.child import ChildKilled, ask_child
from maia.outside.http import Unfetched, fetch
from maia.schedules.models import Absence, ExternalCalendar

logger = logging.getLogger("maia.calendars")

SECONDS = 30.0
CHILD_SECONDS, CHILD_MEMORY, CHILD_ANSWER = 60.0, 768_000_000, 2_000_000
READING_SECONDS = MOST_SECONDS  # of processor, for repetitions
MOST_DEATHS = 2
EVERY, LONGEST = timedelta(minutes=15), timedelta(hours=4)
BEHIND, AHEAD = timedelta(days=1), timedelta(days=731)  # the longest horizon that one may set
BATCH = 20


def refresh_due(now: datetime, stop: threading.Event | None = None) -> int:
    """Reads those whose time has come, each by one worker only; how many."""
    due = ExternalCalendar.objects.filter(
        come("next_try_at", now, LONGEST), paused_at=None
    ).order_by("next_try_at")[:BATCH]
    done = 0
    for calendar in due.select_related("practitioner__practice"):
        if stop is not None and stop.is_set():
            break
        # Conditional: of two workers, one has it.
        mine = ExternalCalendar.objects.filter(pk=calendar.pk, next_try_at=calendar.next_try_at)
        if calendar.deaths >= MOST_DEATHS:  # it took the whole worker with it
            mine.update(paused_at=now, error="reader_killed")
            mine.filter(failing_since=None).update(failing_since=now)
        elif mine.update(next_try_at=now + EVERY):
            done += 1
            try:
                refresh(calendar, now)
            except DatabaseError:
                raise
            except Exception:  # a defect of ours: the others are read
                logger.exception("calendar not read", extra={"calendar": calendar.pk})
                ExternalCalendar.objects.filter(pk=calendar.pk).update(deaths=0)  # not its fault
    return done


def read_soon(calendar: ExternalCalendar, now: datetime, *, by: User) -> None:
    """A worker reads it within seconds, also if it was left alone. Raises `TooOften`."""
    limits.ask(Limited.READ_CALENDAR, by.pk, now=now)
    ExternalCalendar.objects.filter(pk=calendar.pk).update(
        next_try_at=now, paused_at=None, deaths=0, etag="", asked_at=now
    )


def refresh(calendar: ExternalCalendar, now: datetime) -> bool:
    """Whether it was read, to its end. What was known before stays when it was not."""
    headers = {"Accept": "text/calendar"}
    # The window moves on with the days: the same file is read anew once a day.
    if calendar.etag and calendar.is_fresh(now):
        headers["If-None-Match"] = calendar.etag
    rows = ExternalCalendar.objects.filter(pk=calendar.pk)
    # Counted before, and forgotten when it ends: what kills the worker itself is counted too.
    rows.update(deaths=F("deaths") + 1, asked_at=None)
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
            rows.update(refreshed_at=now, failing_since=None, error="", failures=0, deaths=0)
            return True
        if answer.status != 200:
            raise Unfetched(f"http {answer.status}")
        zone = calendar.practitioner.practice.zone
        reading = read_in_child(answer.body, zone, now - BEHIND, now + AHEAD)
    except ChildKilled:
        deaths = rows.values_list("deaths", flat=True).first() or 0
        _has_failed(calendar, "reader_killed", now, has_ended=False)
        if deaths >= MOST_DEATHS:
            rows.update(paused_at=now)
        return False
    except (Unfetched, Unreadable) as failure:
        _has_failed(calendar, failure.code, now)
        return False
    with transaction.atomic():
        # Deleted meanwhile: nothing is kept of it.
        if rows.select_for_update().first() is None:
            return False
        _replace(calendar, reading.times, keeps=reading.is_cut)
        rows.update(
            unread=reading.unread,
            unread_dates=[day.isoformat() for day in reading.unread_dates],
        )
        if not reading.is_cut:
            rows.update(
                refreshed_at=now, read_at=now, failing_since=None, error="", failures=0, deaths=0,
                etag=answer.headers.get("etag", "")[:200],
            )  # fmt: skip
    if reading.is_cut:
        _has_failed(calendar, "cut", now)
    return not reading.is_cut


def read_in_child(content: bytes, zone: ZoneInfo, opens: datetime, closes: datetime) -> Reading:
    """As `read_calendar`. Raises `Unreadable`, `ChildKilled`."""
    how = {
        "zone": zone.key,
        "opens": opens.isoformat(),
        "closes": closes.isoformat(),
        "ours": OURS,
        "seconds": READING_SECONDS,
    }
    answer: Any = ask_child(
        "maia.calendars.child",
        json.dumps(how).encode() + b"\n" + content,
        seconds=CHILD_SECONDS,
        memory=CHILD_MEMORY,
        most_bytes=CHILD_ANSWER,
    )
    if "error" in answer:
        raise Unreadable(str(answer["error"]))
    return Reading(
        [
            Interval(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
            for start, end in answer["times"]
        ],
        int(answer["unread"]),
        [date.fromisoformat(day) for day in answer["unread_dates"]],
        bool(answer["is_cut"]),
    )


def _has_failed(
    calendar: ExternalCalendar, code: str, now: datetime, *, has_ended: bool = True
) -> None:
    logger.warning("calendar not read", extra={"calendar": calendar.pk, "code": code})
    rows = ExternalCalendar.objects.filter(pk=calendar.pk)
    wait = min(EVERY * 2 ** min(calendar.failures, 10), LONGEST)
    rows.filter(failing_since=None).update(failing_since=now)
    rows.update(error=code[:40], failures=calendar.failures + 1, next_try_at=now + wait)
    if has_ended:
        rows.update(deaths=0)


def _replace(calendar: ExternalCalendar, times: list[Interval], *, keeps: bool) -> None:
    """Only what has changed is written: most refreshes change nothing. ``keeps``: nothing goes."""
    with agenda_of(calendar.practitioner):
        known = {Interval(a.start, a.end): a.pk for a in calendar.absences.all()}
        wanted = set(times)
        gone = [] if keeps else [pk for span, pk in known.items() if span not in wanted]
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
