"""`maia serve`: the web server."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from maia.config.checks import is_trial


class Command(BaseCommand):
    help = "Serves the web pages. Migrate first; one of these a host, any number of hosts."

    def handle(self, **options: Any) -> None:
        if not is_trial():
            call_command("check", deploy=True)  # refuses to start on what it refuses
        call_command("collectstatic", interactive=False, verbosity=0)
        address = os.environ.get("MAIA_HOST", "127.0.0.1")
        arguments = {
            "--interface": "wsgi",
            "--host": address,
            "--port": str(settings.PORT),
            "--workers": str(settings.WEB_WORKERS),
            "--blocking-threads": "4",
            "--backpressure": "256",
            "--log-level": "warning",
            "--workers-kill-timeout": "10",
        }
        if settings.TLS_CERTIFICATE:
            arguments["--ssl-certificate"] = settings.TLS_CERTIFICATE
            arguments["--ssl-keyfile"] = settings.TLS_KEY
        flat = [word for pair in arguments.items() for word in pair]
        # Replaced, not wrapped: signals reach the server itself.
        os.execv(  # noqa: S606
            sys.executable,
            [sys.executable, "-m", "granian", *flat, "maia.config.wsgi:application"],
        )
