"""One line of log a request; and what a browser may not do on our pages."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("maia.requests")


def log_requests(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Method, route, status and time; never the path, the query or the person."""

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        if match is not None:  # static files have no route
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.route,
                    "status": response.status_code,
                    "ms": round((time.monotonic() - started) * 1000, 1),
                },
            )
        return response

    return middleware


def keep_private(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """What was asked with a session or a token stays with who asked, unless the page says
    otherwise: no proxy and no browser's disk keeps it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        name = settings.SESSION_COOKIE_NAME
        known = name in request.COOKIES or name in response.cookies
        hers = known or "Authorization" in request.headers
        if hers and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


# Nothing here films, listens, locates or pays. Passkeys, in a frame as well.
_POWERS = ", ".join(
    f"{power}=()"
    for power in (
        *("accelerometer", "autoplay", "camera", "display-capture", "geolocation"),
        *("gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment"),
        *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking", "browsing-topics"),
    )
)


def refuse_powers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = _POWERS
        return response

    return middleware
