"""The worker: announce what is owed, claim what is due, deliver it; and do jobs beside it.

Any number of them, on any number of hosts. A claim is a lease. A worker that dies before it hands
a message over leaves it to the next; one that dies after leaves it *uncertain*, for a person to
judge: never silently sent again, never dropped. No job and no file holds a message back.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db import DatabaseError, close_old_connections, connection

from maia.accounts.waits import NotBelieved
from maia.jobs.working import Run, work_on_jobs
from maia.messaging import beats, flow
from maia.messaging.claims import claim, give_up_on_lost_answers, put_off, read_again, release
from maia.messaging.delivery import FIRST_BACKOFF, deliver
from maia.messaging.email import Mailer
from maia.messaging.failures import AnswerLost, TemporaryFailure
from maia.messaging.held import let_go
from maia.messaging.models import Message
from maia.messaging.owed import announce

logger = logging.getLogger("maia.worker")
Clock = Callable[[], datetime]
Look = Callable[[datetime], object]

IDLE_SECONDS = 1.0
JOBS_AT_ONCE = 2  # a short one need not wait for a long one
FRESH_SECONDS = 2.0  # what was read about a message is no older than this when it leaves


def run(
    clock: Clock,
    stop: threading.Event,
    *,
    jobs: Mapping[str, Run] | None = None,
    also: Mapping[Look, float] | None = None,
) -> None:
    """Works until ``stop`` is set. Each channel has its thread: an SMS provider that keeps one
    waiting holds no email back. ``jobs``: what is done for each kind. ``also``: what else is looked
    at, each every so many seconds. A ``clock`` that raises `NotBelieved` stops all of it, until it
    does no more."""
    _attempt(lambda: let_go(clock()))
    name = _name()
    beat = beats.Beat(name)

    def look_around() -> int:
        try:
            beat.tell(clock())
        except NotBelieved as doubt:
            beat.tell(doubt.at, stopped=doubt.code)
            raise
        return announce(clock()) + give_up_on_lost_answers(clock())

    def work(channel: str) -> int:
        done = work_on(channel, name, clock, stop)
        beat.handled[channel] += done
        return done

    threads = [
        threading.Thread(target=_keep, args=(lambda c=channel: work(c), stop), name=channel)
        for channel in Message.Channel.values
    ]
    for number in range(JOBS_AT_ONCE if jobs else 0):
        step = partial(_work_on_jobs, jobs or {}, name, clock)
        threads.append(threading.Thread(target=_keep, args=(step, stop), name=f"jobs {number}"))
    for look, seconds in (also or {}).items():
        threads.append(threading.Thread(target=_now_and_then, args=(look, seconds, clock, stop)))
    for thread in threads:
        thread.start()
    _keep(look_around, stop)
    for thread in threads:
        thread.join()
    beat.stop()


def run_until_idle(
    clock: Clock,
    stop: threading.Event,
    *,
    jobs: Mapping[str, Run] | None = None,
    also: Iterable[Look] = (),
) -> None:
    """Until nothing is left to do now, and each of ``also`` was looked at once: for cron."""
    _attempt(lambda: let_go(clock()))
    name = _name()
    beside = [partial(_work_on_jobs, jobs, name, clock)] if jobs else []
    threads = [threading.Thread(target=_drain, args=(step, stop)) for step in beside]
    threads += [threading.Thread(target=_once, args=(look, clock)) for look in also]
    for thread in threads:
        thread.start()
    while True:
        were_busy = any(thread.is_alive() for thread in threads)
        with suppress(NotBelieved):  # said by the clock
            while not stop.is_set() and work_once(name, clock, stop):
                pass
        if not were_busy:  # what they left to be sent has been sent
            break
        for thread in threads:
            thread.join(IDLE_SECONDS)


def _work_on_jobs(jobs: Mapping[str, Run], name: str, clock: Clock) -> int:
    """None is begun by a clock in doubt; one that runs goes on."""
    clock()
    return work_on_jobs(jobs, name, _reckoned(clock))


def _reckoned(clock: Clock) -> Clock:
    def now() -> datetime:
        try:
            return clock()
        except NotBelieved as doubt:
            return doubt.at

    return now


def _name() -> str:
    """Nobody else's: hosts may share a name, and processes a number."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def work_once(name: str, clock: Clock, stop: threading.Event) -> int:
    """One round; the number of things done."""
    done = announce(clock()) + give_up_on_lost_answers(clock())
    return done + sum(work_on(channel, name, clock, stop) for channel in Message.Channel.values)


def work_on(channel: str, name: str, clock: Clock, stop: threading.Event) -> int:
    """One batch of one channel; how many it handled."""
    claimed, done, resting, answered = claim(channel, name, clock()), 0, False, False
    if not claimed:
        return 0
    mailer, silent = Mailer(), set()
    waiting, read_at = deque(claimed), time.monotonic()
    while waiting:
        if time.monotonic() - read_at > FRESH_SECONDS:
            # The provider is slow, and an appointment may have been cancelled meanwhile.
            waiting, read_at = deque(read_again(waiting)), time.monotonic()
            if not waiting:
                break
        message = waiting.popleft()
        if resting or stop.is_set():
            release(message)  # for another worker, or for later
            continue
        if message.webhook_id in silent:
            put_off(message, clock() + FIRST_BACKOFF)
            continue
        try:
            if deliver(message, clock(), mailer) and not answered:
                flow.answered(channel)
                answered = True
        except (TemporaryFailure, AnswerLost):
            if message.webhook_id is not None:
                silent.add(message.webhook_id)  # each is a provider of its own
            else:
                resting, answered = flow.failed(channel, clock()), False
        done += 1
    mailer.close()
    logger.info("batch", extra={"channel": channel, "claimed": len(claimed), "handled": done})
    return done


def _now_and_then(look: Look, seconds: float, clock: Clock, stop: threading.Event) -> None:
    def step() -> int:
        look(_reckoned(clock)())
        stop.wait(seconds)
        return 1

    _keep(step, stop)


def _drain(step: Callable[[], int], stop: threading.Event) -> None:
    while not stop.is_set() and _attempt(step):
        pass
    connection.close()


def _once(look: Look, clock: Clock) -> None:
    _attempt(lambda: look(_reckoned(clock)()))
    connection.close()


def _keep(step: Callable[[], int], stop: threading.Event) -> None:
    """Again and again; with a pause when there was nothing to do, or no database to ask."""
    while not stop.is_set():
        done = _attempt(step)
        if not done:
            stop.wait(IDLE_SECONDS)
    connection.close()


def _attempt(step: Callable[[], object]) -> int:
    """How much was done: nothing, when it failed, which ends no worker."""
    close_old_connections()
    try:
        return int(bool(step()))
    except NotBelieved:  # said by the clock
        pass
    except DatabaseError as error:
        # It comes back, or an operator is called by /healthz.
        logger.warning("database unavailable", extra={"error": type(error).__name__})
        connection.close()
    except Exception:  # a defect of ours: said, and not the end of the worker
        logger.exception("worker step failed")
    return 0
