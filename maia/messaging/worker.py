"""The worker: announce what is owed, claim what is due, deliver it.

Any number of them, on any number of hosts. A claim is a lease. A worker that dies before it hands
a message over leaves it to the next; one that dies after leaves it *uncertain*, for a person to
judge: never silently sent again, never dropped.
"""

import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import DatabaseError, close_old_connections, connection

from maia.messaging import beats, flow
from maia.messaging.claims import claim, give_up_on_lost_answers, put_off, read_again, release
from maia.messaging.delivery import FIRST_BACKOFF, deliver
from maia.messaging.email import Mailer
from maia.messaging.failures import AnswerLost, TemporaryFailure
from maia.messaging.models import Message
from maia.messaging.owed import announce

logger = logging.getLogger("maia.worker")
Clock = Callable[[], datetime]

IDLE_SECONDS = 1.0
FRESH_SECONDS = 2.0  # what was read about a message is no older than this when it leaves


def run(
    clock: Clock,
    stop: threading.Event,
    *,
    also: Mapping[Callable[[datetime], object], float] | None = None,
) -> None:
    """Works until ``stop`` is set. Each channel has its thread: an SMS provider that keeps one
    waiting holds no email back. ``also``: what else is looked at, each every so many seconds."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:80]
    beat = beats.Beat(name, clock())

    def look_around() -> int:
        beat.tell(clock())
        return announce(clock()) + give_up_on_lost_answers(clock())

    def work(channel: str) -> int:
        done = work_on(channel, name, clock, stop)
        beat.handled[channel] += done
        return done

    threads = [
        threading.Thread(target=_keep, args=(lambda c=channel: work(c), stop), name=channel)
        for channel in Message.Channel.values
    ]
    for look, seconds in (also or {}).items():
        threads.append(threading.Thread(target=_now_and_then, args=(look, seconds, clock, stop)))
    for thread in threads:
        thread.start()
    _keep(look_around, stop)
    for thread in threads:
        thread.join()
    beat.stop()


def run_until_idle(clock: Clock, stop: threading.Event) -> None:
    """Until nothing is left to do now: for cron."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:80]
    while not stop.is_set() and work_once(name, clock, stop):
        pass


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


def _now_and_then(
    look: Callable[[datetime], object], seconds: float, clock: Clock, stop: threading.Event
) -> None:
    def step() -> int:
        look(clock())
        stop.wait(seconds)
        return 1

    _keep(step, stop)


def _keep(step: Callable[[], int], stop: threading.Event) -> None:
    """Again and again; with a pause when there was nothing to do, or no database to ask."""
    while not stop.is_set():
        close_old_connections()
        try:
            done = step()
        except DatabaseError as error:
            # It comes back, or an operator is called by /healthz.
            logger.warning("database unavailable", extra={"error": type(error).__name__})
            connection.close()
            done = 0
        except Exception:  # a defect of ours: said, and not the end of the worker
            logger.exception("worker step failed")
            done = 0
        if not done:
            stop.wait(IDLE_SECONDS)
    connection.close()
