"""`maia backup`: everything in one file, while Maia goes on."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from maia.config.backup_file import CannotBackUp
from maia.config.backups import back_up, back_up_into


class Command(BaseCommand):
    help = "Writes the database, as it is at one instant, and the secret key into one file."
    requires_system_checks = ()  # whatever else is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("file", type=Path, nargs="?")
        where.add_argument(
            "--into", type=Path, metavar="FOLDER", help="a file there with the time in its name"
        )
        parser.add_argument(
            "--keep", type=_count, metavar="N", help="with --into: delete all but the N newest"
        )

    def handle(
        self, *, file: Path | None, into: Path | None, keep: int | None, **options: Any
    ) -> None:
        if file and keep is not None:
            raise CommandError("--keep goes with --into: one file is none to choose from.")
        folder = into.absolute() if into else (file or Path()).absolute().parent
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        try:
            if file:
                back_up(file.absolute())
            else:
                file = back_up_into(folder, keep=keep, now=datetime.now(UTC))
        except (CannotBackUp, OSError, DatabaseError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{file}: {file.stat().st_size / 1e6:.1f} MB. It holds patients' data and the secret "
            "key: keep it encrypted, and elsewhere."
        )


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise ArgumentTypeError("it is a number from 1 on")
    return int(text)
