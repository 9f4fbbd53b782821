"""What `maia serve` serves: Django behind whole requests."""

from django.conf import settings

from maia.config.server import Server
from maia.config.wsgi import application

# isort: split
from maia.config.running import shown_as_running  # Django is ready from here on

_shown = shown_as_running("web")  # as long as this process lives
_shown.__enter__()
server = Server(application, threads=settings.WEB_THREADS)
