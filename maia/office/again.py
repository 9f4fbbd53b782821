"""Asked again before what matters: one decorator, and what was typed comes back.

What waits for her stands in the shared cache, a quarter of an hour at most, one form for each of
her addresses: never in the session, nor in an address.
"""

import hashlib
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.accounts.again import LATELY, signed_in_lately, where_to_sign_in_again
from maia.office.access import CHOSEN, OfficeRequest, View
from maia.practices.models import Membership

BACK = "again"  # in the address that she comes back to
# What is said of a form before it goes on; the rest is long, or a choice among many.
_LABELS = {
    "email": gettext_lazy("Email address"),
    "role": gettext_lazy("Role"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "name": gettext_lazy("Name"),
    "url": gettext_lazy("Address"),
}
MOST_SAID = 100  # characters of one value
MOST_TYPED = 20_000  # characters of a form that is kept


def asked_again(view: View) -> View:
    """Behind the door (`office`, `settings_page`, `owner_page`): she has signed in lately, or does
    it now. A page is asked before it is shown; a form is kept meanwhile, shown again, and sent by
    her own hand."""

    @wraps(view)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reads = request.method in ("GET", "HEAD")
        if signed_in_lately(request):
            return (
                _send_on(request)
                if reads and BACK in request.GET
                else view(request, *args, **kwargs)
            )
        if reads:
            return redirect(where_to_sign_in_again(request, request.get_full_path()))
        _keep(request)
        return redirect(where_to_sign_in_again(request, f"{request.path}?{BACK}"))

    wrapped.asks_again = True  # type: ignore[attr-defined]  # for the test that walks every address
    return wrapped


def _key(request: OfficeRequest) -> str:
    path = hashlib.sha256(request.path.encode()).hexdigest()[:32]
    return f"again:{request.seat.user.pk}:{path}"


def _keep(request: OfficeRequest) -> None:
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    if sum(len(name) + len(value) for name, value in typed) <= MOST_TYPED:
        caches["short"].set(_key(request), (request.seat.practice.pk, typed), LATELY)


def _send_on(request: OfficeRequest) -> HttpResponse:
    """What she was about to send, in the practice that it was for."""
    practice_pk, typed = caches["short"].get(_key(request), (None, None))
    if typed is None:
        messages.warning(request, _("This was too long ago: please start again."))
        return redirect("office:agenda")
    if practice_pk != request.seat.practice.pk:  # a new session begins with her first practice
        request.session[CHOSEN] = practice_pk
        return redirect(request.get_full_path())
    caches["short"].delete(_key(request))
    context = {
        "practice": request.seat.practice,
        "typed": typed,
        "said": _said(typed),
        "path": request.path,
    }
    return render(request, "office/again.html", context)


def _said(typed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What she typed, as she would say it: short things, with their labels."""
    roles = {str(value): str(label) for value, label in Membership.Role.choices}
    return [
        (str(_LABELS[name]), roles.get(value, value) if name == "role" else value)
        for name, value in typed
        if name in _LABELS and 0 < len(value) <= MOST_SAID
    ]
