"""A worker's side of jobs: claim one, run it, write down what came of it.

A job that dies with its process is run once more, by another; after the second time it is set aside.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef

from maia.jobs.claims import Claims
from maia.jobs.models import Job

logger = logging.getLogger("maia.jobs")
Clock = Callable[[], datetime]
State = Job.State

LEASE = timedelta(seconds=60)  # without a sign of life
LONGEST = timedelta(hours=1)  # after this its worker gives no sign for it any more
MOST_DEATHS = 2
MOST_TRIES, LATER = 5, timedelta(seconds=30)  # while the database is away
MOST_RESULT = 100_000  # bytes, as JSON
KEPT = timedelta(days=30)  # what came of it, for its practice to read
SECONDS_BETWEEN_STEPS = 0.5  # progress is not written more often

CLAIMS = Claims(Job, state="state", waiting=State.WAITING, begun=State.RUNNING, lease=LEASE)


class Failed(Exception):
    """Raised by a kind of job that cannot be done. ``code`` is kept: no names in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Gone(Exception):
    """The job was stopped, or is another worker's: let it pass, after undoing nothing."""


class Progress:
    """What a running job says of itself. Call it often: it is how a job is stopped."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self._job, self._clock = job, clock
        self._told = float("-inf")
        self.ended = False

    def __call__(self, done: int, of: int | None = None) -> None:
        """Raises `Gone` when it is to end."""
        if time.monotonic() - self._told < SECONDS_BETWEEN_STEPS:
            return
        self._told = time.monotonic()
        fields = {"done": done, "lease_until": self._clock() + LEASE}
        if of is not None:
            fields["of"] = of
        if not CLAIMS.record(self._job, fields, at_ease=True) or self._is_to_stop():
            raise Gone

    @contextmanager
    def last_step(self) -> Iterator[dict[str, Any]]:
        """A transaction. What is written in it is written once, together with the job's end; the
        result is what it puts into the dictionary. Raises `Gone`, and nothing is written."""
        result: dict[str, Any] = {}
        with transaction.atomic():
            # Locked: nobody takes it over, and nobody stops it, before this is through.
            Job.objects.select_for_update().only("pk").get(pk=self._job.pk)
            if self._is_to_stop():
                raise Gone
            yield result
            _refuse_too_much(result)
            if not _end(self._job, State.DONE, self._clock(), result=result):
                raise Gone
        self.ended = True

    def _is_to_stop(self) -> bool:
        mine = Job.objects.filter(pk=self._job.pk, state=State.RUNNING, worker=self._job.worker)
        return not mine.filter(attempts=self._job.attempts, stop_asked_at=None).exists()


Run = Callable[[Job, Progress], Mapping[str, Any] | None]


def work_on_jobs(kinds: Mapping[str, Run], worker: str, clock: Clock) -> int:
    """One job, if one is due; how many it handled."""
    done = let_go_of_the_lost(clock())
    job = claim(worker, clock())
    if job is None:
        return done
    if CLAIMS.begin(job, clock(), started_at=clock()):
        _run(job, kinds.get(job.kind), clock)
    return done + 1


def claim(worker: str, now: datetime) -> Job | None:
    """The oldest of a practice that has none running: nobody's many keep the others waiting."""
    running = Job.objects.filter(practice=OuterRef("practice"), state=State.RUNNING)
    due = CLAIMS.due(now).filter(~Exists(running))
    if not due.exists():
        return None
    with transaction.atomic():
        ids = CLAIMS.take(due, worker, now, 1)
    return Job.objects.filter(pk__in=ids).select_related("practice", "asked_by").first()


def let_go_of_the_lost(now: datetime) -> int:
    """Those whose process died: once more, or set aside."""
    lost = CLAIMS.lost(now)
    if not lost.exists():
        return 0
    stopped = lost.exclude(stop_asked_at=None).update(
        state=State.STOPPED, lease_until=None, finished_at=now, input=None
    )
    aside = lost.filter(attempts__gte=MOST_DEATHS).update(
        state=State.SET_ASIDE, lease_until=None, finished_at=now, error="killed", input=None
    )
    again = lost.update(state=State.WAITING, lease_until=None, try_after=now, done=0)
    return stopped + aside + again


def wake(now: datetime) -> int:
    """Those that a wrong clock put off until long after: see `waits`. How many."""
    return CLAIMS.asleep(now, LATER).update(try_after=now)


def forget_old(now: datetime) -> int:
    """Those of long ago. How many."""
    old = Job.objects.filter(created_at__lt=now - KEPT).exclude(state=State.RUNNING)
    return old.delete()[0]


def _run(job: Job, run: Run | None, clock: Clock) -> None:
    progress = Progress(job, clock)
    if run is None:
        _end(job, State.FAILED, clock(), error="unknown")
        return
    try:
        with _signs_of_life(job, clock):
            result = run(job, progress)
        if not progress.ended:
            _refuse_too_much(result or {})
            _end(job, State.DONE, clock(), result=dict(result or {}))
    except Gone:
        _end(job, State.STOPPED, clock())  # unless it is another worker's
    except Failed as failure:
        _end(job, State.FAILED, clock(), error=failure.code[:60])
    except OperationalError:
        logger.warning("job put off: no database", extra={"job": job.pk, "kind": job.kind})
        connection.close()
        if job.attempts < MOST_TRIES:
            CLAIMS.record(job, {"state": State.WAITING, "try_after": clock() + LATER})
        else:
            _end(job, State.FAILED, clock(), error="database")
    except Exception:  # a defect of ours: this one ends, the others go on
        logger.exception("job failed", extra={"job": job.pk, "kind": job.kind})
        _end(job, State.FAILED, clock(), error="defect")
    logger.info("job", extra={"job": job.pk, "kind": job.kind})


def _refuse_too_much(result: Mapping[str, Any]) -> None:
    if len(json.dumps(result).encode()) > MOST_RESULT:
        raise Failed("too_much")


def _end(job: Job, state: str, now: datetime, **fields: Any) -> bool:
    """Whether it was this worker's to end."""
    return CLAIMS.record(job, {"state": state, "finished_at": now, "input": None, **fields})


@contextmanager
def _signs_of_life(job: Job, clock: Clock) -> Iterator[None]:
    """Renews the lease while it runs, and for no longer than `LONGEST`."""
    ended, started = threading.Event(), time.monotonic()

    def renew() -> None:
        while not ended.wait(LEASE.total_seconds() / 4):
            if time.monotonic() - started > LONGEST.total_seconds():
                break
            try:
                CLAIMS.record(job, {"lease_until": clock() + LEASE}, at_ease=True)
            except Exception:  # the database is away: the next time
                logger.warning("no sign of life of a job", extra={"job": job.pk})
                connection.close()
        connection.close()

    thread = threading.Thread(target=renew, name="signs of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
