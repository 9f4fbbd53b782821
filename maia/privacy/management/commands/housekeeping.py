"""`maia housekeeping`: what is past its term goes, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.privacy.housekeeping import ClockInDoubt, keep_house_if_sure


class Command(BaseCommand):
    help = "Erases what is past its term. Workers do it once a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--believe-clock",
            action="store_true",
            help="this machine's clock is right, however long it is since the last time",
        )
        parser.add_argument(
            "--however-many",
            action="store_true",
            help="records go even if they are a large share of a practice's at once",
        )

    def handle(self, *, believe_clock: bool, however_many: bool, **options: Any) -> None:
        now = timezone.now()
        self.stdout.write(f"It is {now:%Y-%m-%d %H:%M} UTC.")
        try:
            done = keep_house_if_sure(now, believe_clock=believe_clock, however_many=however_many)
        except ClockInDoubt as refusal:
            raise CommandError(str(refusal)) from None
        held = done.pop("held", 0)
        for what, count in done.items():
            self.stdout.write(f"{what}: {count}")
        if held:
            raise CommandError(
                f"{held} records or accounts are past their term at once, more than 5 % of a "
                "practice's: they were kept. If terms were shortened or a clock was wrong for long, "
                "look first; then: maia housekeeping --however-many"
            )
