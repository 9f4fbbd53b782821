"""A job asked for, looked at, stopped: what pages and the API do. Nothing is done here."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from maia.accounts.models import User
from maia.jobs.models import Job
from maia.practices.models import Practice

State = Job.State

MOST_ARGUMENTS = 20_000  # bytes, as JSON
MOST_INPUT = 10_000_000  # bytes
MOST_AT_ONCE = 10  # waiting or running, of one practice

_WORDS = {
    "killed": _("It ended twice before it was through, and was set aside."),
    "defect": _("Something went wrong in Maia. Nothing was changed."),
    "unknown": _("This version of Maia does not know this kind of job."),
    "database": _("The database did not answer. Nothing was changed."),
    "too_much": _("What came of it is too large to be kept."),
}


class Refused(Exception):
    """Not taken. ``code``: ``too_large``, or ``too_many`` jobs of one practice."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    kind: str,
    practice: Practice,
    *,
    by: User | None,
    now: datetime,
    arguments: Mapping[str, Any] | None = None,
    input: bytes | None = None,
) -> Job:
    """A worker does it soon. In the caller's transaction: rolled back, nobody ever asked.

    ``arguments`` and what comes of it are read by people and kept for weeks: no names in them. What
    a file holds is ``input``, and is gone when the job ends. Raises `Refused`.
    """
    arguments = dict(arguments or {})
    if len(json.dumps(arguments).encode()) > MOST_ARGUMENTS or len(input or b"") > MOST_INPUT:
        raise Refused("too_large")
    with transaction.atomic():
        # What is counted is locked first.
        Practice.objects.select_for_update().only("pk").get(pk=practice.pk)
        if unended(practice).count() >= MOST_AT_ONCE:
            raise Refused("too_many")
        return Job.objects.create(
            practice=practice,
            asked_by=by,
            kind=kind,
            arguments=arguments,
            input=input,
            try_after=now,
            created_at=now,
        )


def unended(practice: Practice) -> Any:
    return Job.objects.filter(practice=practice, state__in=[State.WAITING, State.RUNNING])


def stop(job: Job, now: datetime) -> None:
    """One that waits never runs. One that runs ends at its next step, with nothing changed."""
    rows = Job.objects.filter(pk=job.pk)
    stopped = rows.filter(state=State.WAITING).update(
        state=State.STOPPED, stop_asked_at=now, finished_at=now, lease_until=None, input=None
    )
    if not stopped:
        rows.filter(state=State.RUNNING, stop_asked_at=None).update(stop_asked_at=now)
    job.refresh_from_db()


def seen(job: Job) -> dict[str, Any]:
    """As the API says it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "of": job.of,
        "result": job.result,
        "error": job.error,
    }


def why_not_done(job: Job) -> str:
    """In the practice's words; empty if nothing went wrong, the code itself if its kind made it."""
    return str(_WORDS.get(job.error, job.error))


def waiting(now: datetime) -> dict[str, int]:
    """How many have not begun, and for how many seconds the oldest has been due."""
    due = Job.objects.filter(state=State.WAITING, try_after__lte=now)
    oldest = due.order_by("try_after").values_list("try_after", flat=True).first()
    seconds = int((now - oldest).total_seconds()) if oldest else 0
    return {"waiting": due.count(), "oldest_seconds": seconds}
