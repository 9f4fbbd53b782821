"""`maia migrate`: Django's, and the table of the shared cache with it."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoMigrate


class Command(DjangoMigrate):
    help = "Brings the database up to this version, while servers and workers go on."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["check_unapplied"] and not options["plan"]:
            call_command("createcachetable", database=options["database"], verbosity=0)
