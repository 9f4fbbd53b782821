"""`/healthz`: whether this process can serve, which is whether its database answers.

What the workers do is told beside it: a machine that calls this decides what it minds.
"""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from maia.jobs.asking import waiting
from maia.messaging import beats
from maia.messaging.held import held
from maia.privacy.models import Housekeeping


def healthz(request: HttpRequest) -> JsonResponse:
    now = timezone.now()
    try:
        workers: dict[str, object] = {
            "alive": beats.at_work(now),
            "late_messages": beats.waiting_too_long(now),
        }
        if stopped := beats.why_stopped(now):  # "database", "leap", "rows": the guide explains
            workers["stopped"] = stopped
        if wanting := held():  # by channel: what no worker has anybody to hand to
            workers["held_messages"] = wanting
        jobs = waiting(now)
        house = Housekeeping.objects.first() or Housekeeping()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": "unavailable"}, status=503)
    return JsonResponse(
        {
            "status": "ok",
            "database": "ok",
            "workers": workers,
            "jobs": jobs,
            "housekeeping": {
                "done_at": house.done_at and house.done_at.isoformat(timespec="seconds"),
                "stopped": house.stop or None,  # "gap", "database"...: what the guide explains
            },
        }
    )
