"""`maia restore FILE`: what `maia backup` wrote, put back. Stop everything else before."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from maia.config.backups import CannotBackUp, restore


class Command(BaseCommand):
    help = "Puts a backup back, and brings it up to this version. Nothing may run meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="write over a database that holds something"
        )

    def handle(self, *, file: Path, replace: bool, **options: Any) -> None:
        try:
            manifest = restore(file.absolute(), replace=replace)
        except (CannotBackUp, OSError) as error:
            raise CommandError(str(error)) from None
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write(f"As it was on {manifest['at']}. Start the servers and the workers.")
