"""What `maia serve` serves: Django behind whole requests."""

from django.conf import settings

from maia.config.server import Server
from maia.config.wsgi import application

server = Server(application, threads=settings.WEB_THREADS)
