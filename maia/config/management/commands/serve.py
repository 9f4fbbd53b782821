"""`maia serve`: the web server."""

import os
import resource
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from maia.outside.standing import is_trial

# Of each web process. An idle one costs a socket for fifteen seconds, and nobody's turn.
CONNECTIONS = 4096


class Command(BaseCommand):
    help = "Serves the web pages. Migrate first; one of these a host, any number of hosts."

    def handle(self, **options: Any) -> None:
        if not is_trial():
            call_command("check", deploy=True, offline=True)  # its warnings too
        if not (settings.STATIC_ROOT / "staticfiles.json").exists():
            raise CommandError(
                f"The static files are not in {settings.STATIC_ROOT}: `make install` puts them there."
            )
        address = settings.HOST
        arguments = {
            "--interface": "rsgi",
            "--http": "1",  # its deadline for headers begins with the connection
            "--host": address,
            "--port": str(settings.PORT),
            "--workers": str(settings.WEB_WORKERS),
            "--http1-header-read-timeout": "15000",  # milliseconds; between two requests as well
            "--backlog": str(CONNECTIONS),
            "--backpressure": str(CONNECTIONS),
            "--log-level": "warning",
            "--workers-kill-timeout": "10",
        }
        if settings.TLS_CERTIFICATE:
            arguments["--ssl-certificate"] = settings.TLS_CERTIFICATE
            arguments["--ssl-keyfile"] = settings.TLS_KEY
        _allow_connections()
        flat = [word for pair in arguments.items() for word in pair]
        # Replaced, not wrapped: signals reach the server itself.
        os.execv(  # noqa: S606
            sys.executable,
            [sys.executable, "-m", "granian", *flat, "maia.config.rsgi:server"],
        )


def _allow_connections() -> None:
    """As many open files as connections need, where the machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
