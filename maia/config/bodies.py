"""The page for a request that did not arrive whole (see `server`)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maia.api.problems import not_arrived
from maia.config.server import REFUSED


class WholeRequests:
    """Before any view, and before its form is looked at for a token that it cannot have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        status = request.META.get(REFUSED)
        if not status:
            return None
        match = request.resolver_match
        if match is not None and "api" in match.namespaces:
            answer = not_arrived(status)
        else:
            answer = render(request, "not_arrived.html", {"status": status}, status=status)
        if status == 503:
            answer["Retry-After"] = "10"
        return answer
