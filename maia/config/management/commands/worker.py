"""`maia worker`: delivers what is owed, does jobs, reads calendars, follows requests, and keeps house once
a day."""

import gc
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from maia.appointments.unanswered import follow_requests
from maia.calendars.refreshing import refresh_due
from maia.config.jobs import KINDS
from maia.config.running import shown_as_running
from maia.config.waking import wake_what_sleeps
from maia.messaging.worker import Look, run, run_until_idle
from maia.privacy.housekeeping import keep_house_daily
from maia.privacy.watch import WatchedClock


class Command(BaseCommand):
    help = "Delivers messages and does jobs. Any number may run, on any number of hosts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until-idle", action="store_true", help="stop when nothing is due, for cron"
        )

    def handle(self, *, until_idle: bool, **options: Any) -> None:
        with shown_as_running("worker"):
            self._work(until_idle=until_idle)

    def _work(self, *, until_idle: bool) -> None:
        gc.freeze()  # what is loaded stays: looking at it again and again finds nothing
        gc.set_threshold(50_000)  # a message makes many objects and hardly a cycle
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        clock = WatchedClock(timezone.now)
        looks: dict[Look, float] = {  # each every so many seconds
            lambda _: keep_house_daily(timezone.now()): 900.0,  # it has its own, stricter doubts
            lambda _: refresh_due(clock(), stop): 2.0,
            lambda _: wake_what_sleeps(clock()): 60.0,
            lambda _: follow_requests(clock()): 30.0,
        }
        if until_idle:
            run_until_idle(clock, stop, jobs=KINDS, also=looks)
        else:
            run(clock, stop, jobs=KINDS, also=looks)
