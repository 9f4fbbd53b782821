"""`/healthz`: whether this process can serve, which is whether its database answers.

How everything else stands is told beside it, and what an operator should look at is named in `alarms`:
a machine that calls this decides what it minds.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.log import log_response

from maia.config.models import Backup
from maia.config.storage import can_write, free_bytes, pending_migrations
from maia.jobs.asking import waiting
from maia.messaging import beats
from maia.messaging.held import held
from maia.outside.standing import is_trial
from maia.privacy.models import Housekeeping

LEAST_FREE = 200_000_000  # bytes of the data folder's disk
ALARMS = (
    *("writable", "disk", "migrations", "backup", "workers", "messages", "jobs"),
    "housekeeping",
)
JOB_SECONDS = 900  # that a job may be due and not begun


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers; with `?strict`, only when nothing is to be looked at."""
    try:
        said = state(timezone.now())
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unavailable"}, status=503)
    if "strict" not in request.GET or not said["alarms"]:
        return JsonResponse(said)
    answer = JsonResponse(said, status=503)
    # As it was asked for: no failure of this server, at each look anew. The line of the request is
    # in the log as ever.
    log_response("Alarm", response=answer, request=request, level="info")
    return answer


def state(now: datetime) -> dict[str, Any]:
    """How everything stands. Raises `DatabaseError` when the database does not answer."""
    workers: dict[str, Any] = {
        "alive": beats.at_work(now),
        "late_messages": beats.waiting_too_long(now),
    }
    if stopped := beats.why_stopped(now):  # "database", "leap", "rows": the guide explains
        workers["stopped"] = stopped
    if wanting := held():  # by channel: what no worker has anybody to hand to
        workers["held_messages"] = wanting
    house = Housekeeping.objects.first() or Housekeeping()
    last = Backup.objects.first()
    said: dict[str, Any] = {
        "status": "ok",
        "database": "ok",
        "writable": can_write(),
        "disk": {"free_megabytes": free_bytes() // 1_000_000},
        "migrations": {"pending": pending_migrations()},
        "backup": {
            "at": last and last.finished_at.isoformat(timespec="seconds"),
            "age_seconds": last and max(0, round((now - last.finished_at).total_seconds())),
        },
        "workers": workers,
        "jobs": waiting(now),
        "housekeeping": {
            "done_at": house.done_at and house.done_at.isoformat(timespec="seconds"),
            "stopped": house.stop or None,  # "gap", "database"...: what the guide explains
        },
    }
    said["alarms"] = _alarms(said)
    if said["alarms"]:
        said["status"] = "alarm"
    return said


def _alarms(said: dict[str, Any]) -> list[str]:
    """The names of what an operator should look at, as the guide explains them."""
    workers, jobs = said["workers"], said["jobs"]
    raised = {
        "writable": not said["writable"],
        "disk": said["disk"]["free_megabytes"] * 1_000_000 < LEAST_FREE,
        "migrations": said["migrations"]["pending"] > 0,
        "backup": _is_late(said["backup"]["age_seconds"]),
        "workers": not workers["alive"] or "stopped" in workers,
        # Held SMS are no alarm: many practices do without a provider, and the guide counts them.
        "messages": bool(workers["late_messages"] or workers.get("held_messages", {}).get("email")),
        "jobs": jobs["oldest_seconds"] > JOB_SECONDS,
        "housekeeping": said["housekeeping"]["stopped"] is not None,
    }
    return [name for name in ALARMS if raised[name]]


def _is_late(age_seconds: int | None) -> bool:
    """A backup is watched where patients come; 0 hours: others make them."""
    if is_trial() or not settings.BACKUP_HOURS:
        return False
    return age_seconds is None or age_seconds > settings.BACKUP_HOURS * 3600
