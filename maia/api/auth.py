"""Who asks: a bearer token, for a patient or for a seat in a practice."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja.security import HttpBearer

from maia.accounts.models import User
from maia.api.problems import Refused
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.practices.seats import PracticeSuspended, Seat, SecondFactorMissing
from maia.privacy.journal import Act, note
from maia.tokens.issuing import TokenEnded, find_token, seat_of
from maia.tokens.models import Token

SECOND_FACTOR = (
    "This practice asks its team for a second factor: whose token it is sets one up first, "
    "in her account."
)

SUSPENDED = "This practice is suspended by whoever runs this server: it is read, not changed."
READING = ("GET", "HEAD", "OPTIONS")

NOTES = "In this practice notes are for practitioners only: leave them out."


@dataclass(frozen=True)
class Caller:
    token: Token
    user: User
    seat: Seat | None = None  # None: a patient


class AnyToken(HttpBearer):
    """Whoever shows one that is alive. It opens nothing by itself."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = _find(token)
        return Caller(found, found.user) if found is not None else None


class PatientToken(HttpBearer):
    """The token of a patient, who acts for herself."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = _find(token)
        if found is None:
            return None
        if found.practice_id is not None:
            raise PermissionDenied
        return Caller(found, found.user)


class OfficeToken(HttpBearer):
    """The token of a member of a team, in her practice, with her role or a lesser one."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = _find(token)
        if found is None:
            return None
        try:
            seat = seat_of(found, writes=request.method not in READING)
        except SecondFactorMissing as missing:
            raise Refused(403, missing.code, SECOND_FACTOR) from None
        except PracticeSuspended:
            raise Refused(403, "suspended", SUSPENDED) from None
        if seat is None:
            raise PermissionDenied
        return Caller(found, found.user, seat)


def _find(secret: str) -> Token | None:
    try:
        return find_token(secret, timezone.now())
    except TokenEnded as ended:
        when = f"{ended.ended_at:%Y-%m-%d}"
        raise Refused(401, "token_ended", f"This token ended on {when}: make another.") from None


def seat(request: Any) -> Seat:
    found: Seat | None = request.auth.seat
    assert found is not None
    return found


def practitioner(request: Any, pk: int | None, *, change: bool = False) -> Practitioner:
    """The one asked for, or herself, or the first of the practice. 403 where ``change`` is not
    hers, 404 elsewhere."""
    mine = seat(request)
    if pk is None:
        hers = mine.practitioner or mine.practice.practitioners.filter(is_active=True).first()
        pk = hers.pk if hers else 0
    found = get_object_or_404(mine.practice.practitioners, pk=pk)
    found.practice = mine.practice
    if change and not mine.may_change_settings_of(found):
        raise PermissionDenied
    return found


def refuse_notes(request: Any, notes: str | None) -> None:
    """Who does not read the practice's notes writes none over them, nor empties them. ``notes``:
    None where they are left out. Raises `Refused`."""
    if notes is not None and not seat(request).reads_notes:
        raise Refused(403, "notes_for_practitioners", NOTES)


def written_down(
    request: Any, act: Act, *, patient: Patient | None = None, detail: str = ""
) -> None:
    """In the practice's journal, in the name of whose token it is."""
    note(act, seat(request), now=timezone.now(), patient=patient, detail=detail)
