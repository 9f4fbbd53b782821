"""`maia check`: Django's; with `--deploy`, what Maia needs is asked whether it answers as well."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.check import Command as DjangoCheck

from maia.config.reaching import ask_all


class Command(DjangoCheck):
    help = "Says what is unsafe or wrong in the settings. --deploy: as where patients come."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--offline",
            action="store_true",
            help="with --deploy: do not ask database, mail server and SMS provider",
        )

    def handle(self, *labels: Any, offline: bool = False, **options: Any) -> None:
        super().handle(*labels, **options)
        if not options["deploy"] or offline:
            return
        bad = []
        for answer in ask_all():
            (self.stdout if answer.good else self.stderr).write(f"{answer.what}: {answer.words}")
            bad += [] if answer.good else [answer.what]
        if bad:
            raise CommandError(f"What does not answer: {', '.join(bad)}.")
