"""What patients read where nothing is booked: the practice is suspended, the link or the type is no more."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maia.practices.models import Practice
from maia.schedules.models import TypeKey


class Closed(Exception):
    """The page is a suspended practice's."""

    template, status = "portal/suspended.html", 200

    def __init__(self, practice: Practice) -> None:
        super().__init__(practice.pk)
        self.practice = practice


class LinkGone(Closed):
    """It opened a type that was by private link only: renewed since, or never one."""

    template, status = "portal/link_gone.html", 404


class NotOffered(Closed):
    """A type that this page does not list, or no more: private since, archived. Or none at all: which is not said."""

    template, status = "portal/not_offered.html", 404


def refuse_if_suspended(practice: Practice) -> None:
    if practice.is_suspended:
        raise Closed(practice)


class SuspendedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        match = request.resolver_match
        key = match.kwargs.get("type_id") if match else None
        if isinstance(key, TypeKey) and key.token:  # by private link
            answer["X-Robots-Tag"] = "noindex"
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Closed):
            return None
        context = {"practice": exception.practice}
        page = render(request, exception.template, context, status=exception.status)
        page["Cache-Control"] = "no-store"  # it may be open again in an hour
        return page
