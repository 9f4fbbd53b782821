"""What patients read where a practice is suspended, on any page on which they would book."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maia.practices.models import Practice


class Closed(Exception):
    """The page is a suspended practice's."""

    def __init__(self, practice: Practice) -> None:
        super().__init__(practice.pk)
        self.practice = practice


def refuse_if_suspended(practice: Practice) -> None:
    if practice.is_suspended:
        raise Closed(practice)


class SuspendedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Closed):
            return None
        page = render(request, "portal/suspended.html", {"practice": exception.practice})
        page["Cache-Control"] = "no-store"  # it may be open again in an hour
        return page
