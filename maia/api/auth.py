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
from maia.practices.seats import Seat, SecondFactorMissing
from maia.privacy.journal import Act, note
from maia.tokens.issuing import find_token, seat_of
from maia.tokens.models import Token

SECOND_FACTOR = (
    "This practice asks its team for a second factor: whose token it is sets one up first, "
    "in her account."
)


@dataclass(frozen=True)
class Caller:
    token: Token
    user: User
    seat: Seat | None = None  # None: a patient


class PatientToken(HttpBearer):
    """The token of a patient, who acts for herself."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = find_token(token, timezone.now())
        if found is None:
            return None
        if found.practice_id is not None:
            raise PermissionDenied
        return Caller(found, found.user)


class OfficeToken(HttpBearer):
    """The token of a member of a team, in her practice, with her role or a lesser one."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = find_token(token, timezone.now())
        if found is None:
            return None
        try:
            seat = seat_of(found)
        except SecondFactorMissing as missing:
            raise Refused(403, missing.code, SECOND_FACTOR) from None
        if seat is None:
            raise PermissionDenied
        return Caller(found, found.user, seat)


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


def written_down(
    request: Any, act: Act, *, patient: Patient | None = None, detail: str = ""
) -> None:
    """In the practice's journal, in the name of whose token it is."""
    note(act, seat(request), now=timezone.now(), patient=patient, detail=detail)
