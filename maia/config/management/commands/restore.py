"""`maia restore FILE`: what `maia backup` wrote, put back. Stop everything else before."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from maia.config.backup_file import WITHOUT_DIGESTS, CannotBackUp
from maia.config.backups import restore
from maia.messaging.models import WorkerBeat


class Command(BaseCommand):
    help = "Puts a backup back, and brings it up to this version. Nothing may run meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="write over a database that holds something"
        )
        parser.add_argument(
            "--even-if-running",
            action="store_true",
            help="while servers or workers run: what is booked meanwhile is lost",
        )

    def handle(self, *, file: Path, replace: bool, even_if_running: bool, **options: Any) -> None:
        try:
            manifest = restore(
                file.absolute(),
                replace=replace,
                now=timezone.now(),
                even_if_running=even_if_running,
            )
        except (CannotBackUp, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from None
        call_command("migrate", interactive=False, verbosity=0)
        WorkerBeat.objects.all().delete()  # of those that ran when it was made
        if manifest["format"] == WITHOUT_DIGESTS:
            self.stderr.write(
                "Warning: a backup of an earlier version, without digests. It was read to its end "
                "and its database is sound; that no bit has changed cannot be known."
            )
        self.stdout.write(
            f"As it was on {manifest['at']}, in {_where()}; no other database was touched. If it is the "
            "one that serves, start the servers and the workers; on a trial start none, its messages "
            "would leave twice."
        )


def _where() -> str:
    """The database that was written, without its password."""
    said = connection.settings_dict
    name, host = str(said["NAME"]), said.get("HOST")
    return f"{name} on {host}" if host else name
