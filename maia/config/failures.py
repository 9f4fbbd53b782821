"""What is answered when something broke."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from maia.api.problems import DATABASE_AWAY, RETRY_SECONDS


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler of what nobody caught. A database that is away is no fault of the page: 503,
    and when to come back. Asks the database nothing."""
    away = isinstance(sys.exc_info()[1], DATABASE_AWAY)
    status = 503 if away else 500
    response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response
