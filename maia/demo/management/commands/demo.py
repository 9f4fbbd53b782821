"""`maia demo`: the demo practice, around today."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.demo.practice import load_demo
from maia.practices.models import Practice


class Command(BaseCommand):
    help = "Loads the demo practice. Its passwords are public: never where real patients are."

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Set MAIA_DEMO=1 first: the demo's passwords are public.")
        if Practice.objects.filter(slug="cabinet-des-lilas").exists():
            self.stdout.write("The demo practice is there already.")
            return
        load_demo(timezone.now())
        self.stdout.write("The demo practice is ready.")
