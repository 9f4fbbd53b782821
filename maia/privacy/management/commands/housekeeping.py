"""`maia housekeeping`: what is past its term goes, now."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from maia.privacy.housekeeping import keep_house


class Command(BaseCommand):
    help = "Erases what is past its term. Workers do it once a day."

    def handle(self, **options: Any) -> None:
        for what, count in keep_house(timezone.now()).items():
            self.stdout.write(f"{what}: {count}")
