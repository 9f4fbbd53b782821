"""Whether the page asks for a part of itself, or a browser for all of it."""

from django.http import HttpRequest


def wants_part(request: HttpRequest) -> bool:
    headers = request.headers
    restoring = "HX-History-Restore-Request" in headers
    return headers.get("HX-Request-Type") == "partial" and not restoring
