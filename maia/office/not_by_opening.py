"""An address of an act that is only opened, by who has signed in again or from a bookmark: 405, in words
and with the menu, and the way to the page where the act is. Nothing is done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

SENT = "office_sent"  # in the session: the address of what was sent after it had ended
NO_PAGE = {"nowhere", "move", "merge", "invite"}


def remember_sent(request: HttpRequest) -> None:
    """The address only: what was typed is kept for nobody."""
    request.session[SENT] = request.path


def in_words(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Of a view's bare 405; any other answer stays as it is."""
    if answer.status_code != 405:
        return answer
    page = page_of(request.path)
    if request.method == "GET" and request.session.get(SENT) == request.path:
        del request.session[SENT]
        words = _("Nothing was done yet: your session had ended. Do it again from here.")
        messages.warning(request, words)
        return redirect(page)
    context = {"practice": request.seat.practice, "page": page}  # type: ignore[attr-defined]
    shown = render(request, "office/not_by_opening.html", context, status=405)
    shown["Allow"] = answer["Allow"]
    return shown


def page_of(path: str) -> str:
    """Where the act at this address is: the nearest page above it."""
    agenda = reverse("office:agenda")
    while path.startswith(agenda) and path != agenda:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if resolve(path).url_name not in NO_PAGE:
            return path
    return agenda
