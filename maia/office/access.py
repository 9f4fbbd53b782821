"""The door of the back office: a signed-in member of a team, in one of her practices."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from maia.accounts.models import User
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.practices.seats import Seat, seats_of
from maia.privacy.journal import Act, note

CHOSEN = "office_practice"  # in the session, of who works in several
View = Callable[..., HttpResponse]


class OfficeRequest(HttpRequest):
    """A request that has passed the door."""

    seat: Seat
    seats: list[Seat]


def office(view: View) -> View:
    """The view gets ``request.seat``; times are its practice's. Others: sign in, or 403."""

    @wraps(view)
    @never_cache
    @login_required
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        request.seats = seats_of(request.user)
        if not request.seats:
            raise PermissionDenied
        chosen = request.session.get(CHOSEN)
        request.seat = next((s for s in request.seats if s.practice.pk == chosen), request.seats[0])
        with timezone.override(request.seat.practice.zone):
            if request.seat.practice.require_second_factor and not is_mfa_enabled(request.user):
                context = {"practice": request.seat.practice}
                return render(request, "office/second_factor.html", context, status=403)
            return view(request, *args, **kwargs)

    return wrapped


def written_down(
    request: OfficeRequest, act: Act, *, patient: Patient | None = None, detail: str = ""
) -> None:
    """In the practice's journal."""
    note(act, request.seat, now=timezone.now(), patient=patient, detail=detail)


def settings_page(view: View) -> View:
    """For who may change settings: an assistant may not."""

    @office
    @wraps(view)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.seat.may_change_settings:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def get_practitioner(request: OfficeRequest, pk: int) -> Practitioner:
    """One whose settings she may change; others are 403, another practice's 404."""
    found: Practitioner = get_object_or_404(request.seat.practice.practitioners, pk=pk)
    if not request.seat.may_change_settings_of(found):
        raise PermissionDenied
    return found


def owner_page(view: View) -> View:
    """For the owner of the practice."""

    @office
    @wraps(view)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.seat.may_change_practice:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped
