"""`maia backup FILE`: everything in one file, while Maia goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from maia.config.backup_file import CannotBackUp
from maia.config.backups import back_up


class Command(BaseCommand):
    help = "Writes the database, as it is at one instant, and the secret key into one file."
    requires_system_checks = ()  # whatever else is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if not file.absolute().parent.is_dir():
            raise CommandError(f"There is no folder {file.absolute().parent}.")
        try:
            back_up(file.absolute())
        except (CannotBackUp, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{file}: {file.stat().st_size / 1e6:.1f} MB. It holds patients' data and the secret "
            "key: keep it encrypted, and elsewhere."
        )
