"""The door of the back office: a signed-in member of a team, in one of her practices."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers

from maia.accounts.limits import TooOften
from maia.accounts.models import User
from maia.accounts.second_factor import AFTER, shown_in, where_to_show_it
from maia.accounts.sessions import is_of_team
from maia.appointments.models import Appointment
from maia.office import not_by_opening
from maia.office.panel import HEADER, said_to_panel
from maia.office.substitutes import OPEN
from maia.patients.models import Patient, RecordErased
from maia.practices.models import Membership, Practitioner
from maia.practices.seats import (
    PracticeSuspended,
    Seat,
    SeatClosed,
    SecondFactorMissing,
    memberships_of,
    take_seat,
)
from maia.privacy.journal import Act, note
from maia.privacy.reading import appointments_of

CHOSEN = "office_practice"  # in the session, of who works in several
View = Callable[..., HttpResponse]


class OfficeRequest(HttpRequest):
    """A request that has passed the door."""

    seat: Seat
    memberships: list[Membership]


def office(view: View) -> View:
    """The view gets ``request.seat``; times are its practice's. Others: sign in, or 403."""

    @wraps(view)
    @never_cache
    @vary_on_headers(HEADER)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _sign_in(request)
        assert isinstance(request.user, User)
        request.memberships = memberships_of(request.user)
        if not request.memberships:
            words = _(
                "This page is for the practice’s team. You are signed in as %(email)s, who is a patient."
            )
            raise PermissionDenied(words % {"email": request.user.email})
        place = chosen_place(request, request.memberships)
        with timezone.override(place.practice.zone):
            try:
                writes = request.method not in ("GET", "HEAD") and not hasattr(view, "only_reads")
                request.seat = take_seat(place, shown=shown_in(request), writes=writes)
            except SecondFactorMissing as missing:
                return _ask_second_factor(request, place, missing)
            except PracticeSuspended:
                context = {"practice": place.practice}
                return render(request, "office/suspended.html", context, status=403)
            except SeatClosed as closed:
                return _closed(request, closed)
            _refuse_substitute(request)
            is_of_team(request.session, now=timezone.now())  # who has joined since she signed in
            if AFTER in request.session:
                del request.session[AFTER]  # she is there
            try:
                answer = not_by_opening.in_words(request, view(request, *args, **kwargs))
                return said_to_panel(request, answer)
            except TooOften as refusal:
                return _too_often(request, refusal)
            except RecordErased as gone:
                return _erased(request, gone)

    return wrapped


def _closed(request: OfficeRequest, closed: SeatClosed) -> HttpResponse:
    """403, in words, with the day from which a substitute comes in again."""
    context = {"practice": closed.practice, "closed": closed}
    return render(request, "office/closed.html", context, status=403)


def _refuse_substitute(request: OfficeRequest) -> None:
    match = request.resolver_match
    if request.seat.is_substitute and (match is None or match.url_name not in OPEN):
        raise PermissionDenied(
            _("A substitute has the agenda and its patients: this is not open to you.")
        )


def only_reads(view: View) -> View:
    """A form that changes nothing, such as a search: sent in a suspended practice as well."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def chosen_place(request: HttpRequest, memberships: list[Membership]) -> Membership:
    """The practice that she looks at, of those where she works (at least one)."""
    chosen = request.session.get(CHOSEN)
    return next((one for one in memberships if one.practice_id == chosen), memberships[0])


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Whose form that was nobody knows any more: it is not kept for whoever signs in next."""
    if request.method == "POST":
        not_by_opening.remember_sent(request)
        messages.warning(
            request, _("Your session had ended: what you typed was not saved. Please sign in.")
        )
    return redirect_to_login(request.get_full_path())


def _erased(request: OfficeRequest, gone: RecordErased) -> HttpResponse:
    """410, as for who comes after it was erased; 404 for a record that is another one now."""
    if gone.erased_at is None:
        raise gone
    context = {"practice": request.seat.practice, "record": gone}
    return render(request, "office/patients/erased.html", context, status=410)


def _too_often(request: OfficeRequest, refusal: TooOften) -> HttpResponse:
    """429, in words, with the time from which it may be done again. Nothing was done."""
    at = timezone.localtime(timezone.now() + timedelta(seconds=refusal.retry_after))
    context = {"practice": request.seat.practice, "at": at}
    answer = render(request, "office/too_often.html", context, status=429)
    answer["Retry-After"] = str(refusal.retry_after)
    return answer


def _ask_second_factor(
    request: OfficeRequest, place: Membership, missing: SecondFactorMissing
) -> HttpResponse:
    """She sets one up, or shows the one that she has; from a form she comes back to the agenda."""
    if missing.code == "second_factor_not_shown" and request.method in ("GET", "HEAD"):
        return redirect(where_to_show_it(request))
    reads = request.method in ("GET", "HEAD")
    request.session[AFTER] = request.get_full_path() if reads else reverse("office:agenda")
    context = {"practice": place.practice, "has_one": missing.code == "second_factor_not_shown"}
    return render(request, "office/second_factor.html", context, status=403)


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
            raise PermissionDenied(_("Settings are for practitioners and owners."))
        return view(request, *args, **kwargs)

    return wrapped


def get_practitioner(request: OfficeRequest, pk: int) -> Practitioner:
    """One whose settings she may change; others are 403, another practice's 404."""
    found: Practitioner = get_object_or_404(request.seat.practice.practitioners, pk=pk)
    if not request.seat.may_change_settings_of(found):
        raise PermissionDenied(
            _("A practitioner’s settings are changed by that person, or by the owner.")
        )
    return found


def owner_page(view: View) -> View:
    """For the owner of the practice."""

    @office
    @wraps(view)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.seat.may_change_practice:
            raise PermissionDenied(_("This page is for the owner of the practice."))
        return view(request, *args, **kwargs)

    return wrapped


def get_appointment(request: OfficeRequest, pk: int) -> Appointment:
    """One of those that she sees, or 404."""
    appointment: Appointment = get_object_or_404(appointments_of(request.seat), pk=pk)
    return appointment
