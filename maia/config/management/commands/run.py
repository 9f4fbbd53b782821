"""`maia run`: everything for one machine, from an empty folder, in one terminal."""

import os
import shlex
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from maia.config.keeping import Keeper
from maia.practices.models import Practice

WELCOME = """
  Maia is ready.

  Booking page     {base}/cabinet-des-lilas/
  Messages sent    {base}/demo/messages/
  Patient's space  {base}/mes-rendez-vous/

  Sign in as a patient  lea@patiente.example  sofia@patiente.example
  or a practitioner     camille@lilas.example ines@lilas.example
  with the password     maia-demo

  Ctrl-C stops it.
"""


class Command(BaseCommand):
    help = "Migrates, loads the demo into an empty database, serves web and worker together."

    def handle(self, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO and not Practice.objects.exists():
            call_command("demo")
        # One request id a line, one object a line: the two processes speak the same JSON.
        manager = Keeper()
        for name in ("serve", "worker"):
            # exec: signals reach the process itself, not a shell before it.
            command = "exec " + shlex.join([sys.executable, "-m", "maia", name])
            manager.add_process(name, command, env=dict(os.environ), quiet=False)
        if settings.DEMO:
            self.stdout.write(WELCOME.format(base=settings.BASE_URL))
        else:
            self.stdout.write(f"Maia serves {settings.BASE_URL}\n")
        self.stdout.flush()
        manager.loop()
        # Stopped by a signal, honcho reports 128 + its number: a clean stop is no failure.
        sys.exit(0 if (manager.returncode or 0) in (0, 130, 143, -2, -15) else manager.returncode)
