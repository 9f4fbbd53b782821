"""`maia move-database URL`: to another database, all of it or nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.config.databases import opened
from maia.config.moving import CannotMove, move_database
from maia.config.variables import hidden, read_database


class Command(BaseCommand):
    help = "Copies everything into another, empty database. Nothing may run meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="as MAIA_DATABASE_URL would say it")

    def handle(self, *, url: str, **options: Any) -> None:
        try:
            target = opened(read_database(url))
        except ValueError as expected:
            raise CommandError(f"{hidden(url)} is no database: expected {expected}.") from None
        try:
            counts = move_database(url, target, now=timezone.now())
        except CannotMove as error:
            raise CommandError(str(error)) from None
        for table, count in sorted(counts.items()):
            if count:
                self.stdout.write(f"{table}: {count}")
        self.stdout.write(
            f"{sum(counts.values())} rows are there, counted again. The database of before is as it "
            "was. Now set MAIA_DATABASE_URL, on every machine, and start the servers and the workers."
        )
