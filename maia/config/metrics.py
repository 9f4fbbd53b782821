"""`/metrics`, for Prometheus: what `/healthz` says, in its format. Off unless a token is set.

Computed from the database when it is asked, so any process of any host says the same; nothing is
counted in a process. No name, no path, no address is in it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

from maia import __version__
from maia.config.health import ALARMS, state


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    shown = request.headers.get("Authorization", "")
    if not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(_Figures(timezone.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Any]:
        try:
            said = state(self.now)
        except DatabaseError:
            yield _gauge("up", "Whether the database answers", 0)
            return
        yield _gauge("up", "Whether the database answers", 1)
        yield InfoMetricFamily("maia", "Maia itself", {"version": __version__})
        yield _gauge("writable", "Whether something can be written", said["writable"])
        free = said["disk"]["free_megabytes"] * 1_000_000
        yield _gauge("disk_free_bytes", "Left on the data folder's disk", free)
        pending = said["migrations"]["pending"]
        yield _gauge("migrations_pending", "Migrations that are not applied", pending)
        if (age := said["backup"]["age_seconds"]) is not None:
            yield _gauge("backup_age_seconds", "Since the last backup", age)
        workers, jobs = said["workers"], said["jobs"]
        yield _gauge("workers_alive", "Workers seen in the last minute", workers["alive"])
        yield _gauge("messages_late", "Due for five minutes and more", workers["late_messages"])
        held = GaugeMetricFamily(
            "maia_messages_held", "For want of a mail server or provider", labels=["channel"]
        )
        for channel in ("email", "sms"):
            held.add_metric([channel], workers.get("held_messages", {}).get(channel, 0))
        yield held
        yield _gauge("jobs_waiting", "Jobs that have not begun", jobs["waiting"])
        yield _gauge("jobs_oldest_seconds", "Since the oldest was due", jobs["oldest_seconds"])
        if (done_at := said["housekeeping"]["done_at"]) is not None:
            at = datetime.fromisoformat(done_at).timestamp()
            yield _gauge("housekeeping_timestamp_seconds", "When it was last done", at)
        alarm = GaugeMetricFamily("maia_alarm", "As /healthz names them", labels=["name"])
        for name in ALARMS:
            alarm.add_metric([name], name in said["alarms"])
        yield alarm


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"maia_{name}", words, value=float(value))
