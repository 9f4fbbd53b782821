"""Replacements: who takes over from whom, between two dates, and what becomes of what is booked then."""

from copy import copy
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, seat, written_down
from maia.api.fields import Body, Bool, Id, Key, LocalDate
from maia.api.office.appointment_shapes import TellingIn
from maia.api.office.dated_shapes import Confirmed
from maia.api.office.stranded import refuse_unless_confirmed
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import Refused, errors
from maia.appointments.acts.replacing import (
    NotFreeThere,
    hand_over,
    replace,
    what_it_leaves,
    what_it_meets,
)
from maia.appointments.agenda import By, agenda_of
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment
from maia.practices.models import Practitioner, Replacement
from maia.privacy.journal import Act
from maia.schedules.replacements import ReplacementRefused

router = Router(tags=["office"], auth=OfficeToken())
READ = errors(401, 403, 404, 422, 429)
CHANGE = errors(400, 401, 403, 404, 409, 422, 429)


class ReplacementIn(Body):
    practitioner: Key = Field(description="Who is replaced.")
    substitute: Key = Field(description="Another practitioner of the practice.")
    first_date: LocalDate
    last_date: LocalDate = Field(description="Included.")
    hours: Literal["substitute", "replaced"] = Field(
        "substitute", description="By whose hours the substitute is booked."
    )
    confirm: Bool = Field(
        False, description="Appointments stand in these dates, or would be left outside: they stay."
    )


class ReplacementOut(Schema):
    id: int
    practitioner: int
    substitute: int
    first_date: LocalDate
    last_date: LocalDate
    hours: Literal["substitute", "replaced"]


class ReplacementsOut(Schema):
    items: list[ReplacementOut]
    next: str | None


class HandOverIn(TellingIn):
    appointments: list[UUID] = Field(min_length=1, max_length=500)


class HandedOverOut(Schema):
    appointments: list[str] = Field(description="Those that the substitute has now.")


def shown(one: Replacement) -> dict[str, Any]:
    return {
        "id": one.pk,
        "practitioner": one.practitioner_id,
        "substitute": one.substitute_id,
        "first_date": one.first_date,
        "last_date": one.last_date,
        "hours": one.hours,
    }


@router.get("replacements", response={200: ReplacementsOut, **errors(401, 403, 422, 429)})
def list_replacements(request: HttpRequest, paging: Pages) -> Any:
    return page(_ours(request), paging, shown)


@router.post("replacements", response={201: ReplacementOut, **CHANGE})
def create_replacement(request: HttpRequest, typed: ReplacementIn) -> HttpResponse:
    """Where appointments stand in its dates with who is replaced: 409 `stranded` with `appointments`, until
    it comes again with `confirm`. They stay: hand them over, or cancel them."""
    _refuse_unless_owner(request)

    def create() -> Made:
        made = _write(request, Replacement(practice=seat(request).practice), typed)
        return [str(made.pk)], shown(made)

    return once(
        request, create, lambda names: shown(get_object_or_404(_ours(request), pk=names[0]))
    )


@router.get("replacements/{id}", response={200: ReplacementOut, **READ})
def read_replacement(request: HttpRequest, id: Id) -> Any:
    return shown(get_object_or_404(_ours(request), pk=id))


@router.put("replacements/{id}", response={200: ReplacementOut, **CHANGE})
def change_replacement(request: HttpRequest, id: Id, typed: ReplacementIn) -> Any:
    """The replacement, whole; what it would leave with the substitute outside of its dates is `stranded`
    as well."""
    with transaction.atomic():
        return shown(_write(request, get_object_or_404(_ours(request), pk=id), typed))


@router.delete("replacements/{id}", response={204: None, **CHANGE})
def delete_replacement(request: HttpRequest, id: Id, asked: Annotated[Confirmed, Query()]) -> Any:
    """What the substitute has to come because of it is `stranded`, and stays with her."""
    found: Replacement = get_object_or_404(_ours(request), pk=id)
    with agenda_of(found.practitioner, found.substitute):
        refuse_unless_confirmed(what_it_leaves(found, timezone.now()), asked.confirm)
        note(request, found)
        found.delete()
    return 204, None


@router.post("replacements/{id}/hand-over", response={200: HandedOverOut, **CHANGE})
def hand_appointments_over(request: HttpRequest, id: Id, typed: HandOverIn) -> Any:
    """All or none, to the substitute, who has nothing at their times; each patient is told. Those that she
    has already stay so. 409 `slot_taken` with the `appointments` at whose times she has something."""
    found: Replacement = get_object_or_404(_ours(request), pk=id)
    rows = Appointment.objects.filter(practice=found.practice, uid__in=typed.appointments)
    keys = dict(rows.values_list("uid", "pk"))
    if keys.keys() != set(typed.appointments):
        raise ValidationError({"appointments": "appointments of this practice are expected"})
    by = By.practice(seat(request).user)
    try:
        hand_over(found, keys.values(), by=by, now=timezone.now(), telling=typed.read())
    except NotFreeThere as refusal:
        words = "The substitute has something else at these times."
        uids = [str(one.uid) for one in refusal.appointments]
        raise Refused(409, refusal.code, words, appointments=uids) from None
    except ChangedMeanwhile:
        words = "in its dates, to come, with who is replaced"
        raise ValidationError({"appointments": words}) from None
    return {"appointments": [str(uid) for uid in keys]}


def _write(request: HttpRequest, wanted: Replacement, typed: ReplacementIn) -> Replacement:
    """Inside of a transaction."""
    now = timezone.now()
    stored = copy(wanted) if wanted.pk else None
    wanted.practitioner = _colleague(request, typed.practitioner, "practitioner")
    wanted.substitute = _colleague(request, typed.substitute, "substitute")
    wanted.first_date, wanted.last_date = typed.first_date, typed.last_date
    wanted.hours = typed.hours
    try:
        replace(wanted, decided=None, by=By.practice(seat(request).user), now=now)
    except ReplacementRefused as refusal:
        raise ValidationError({refusal.field: _words(refusal)}) from None
    except ChangedMeanwhile:  # ended by somebody
        raise Http404 from None
    met = what_it_meets(wanted, stored, now)
    refuse_unless_confirmed([*met.inside, *met.outside], typed.confirm)
    note(request, wanted)
    return wanted


def _words(refusal: ReplacementRefused) -> str:
    other = refusal.other.name if refusal.other else ""
    return {
        "reversed": "not before the first date",
        "out_of_reach": "within ten years of today",
        "over": "it is over already",
        "same_person": "somebody else than who is replaced",
        "not_here": "an active practitioner of this practice is expected",
        "overlapping": f"replaced by {other} already on some of these dates",
        "is_replaced": f"replaced herself, by {other}, on some of these dates",
        "replaces": f"replaces {other} on some of these dates",
        "away": "absent on all of these dates",
    }[refusal.code]


def _colleague(request: HttpRequest, key: int, field: str) -> Practitioner:
    found: Practitioner | None = seat(request).practice.practitioners.filter(pk=key).first()
    if found is None:
        raise ValidationError({field: "a practitioner of this practice is expected"})
    found.practice = seat(request).practice
    return found


def _ours(request: HttpRequest) -> Any:
    _refuse_unless_owner(request)
    rows = Replacement.objects.filter(practice=seat(request).practice)
    return rows.select_related("practice", "practitioner", "substitute")


def _refuse_unless_owner(request: HttpRequest) -> None:
    if not seat(request).may_change_practice:
        raise PermissionDenied


def note(request: HttpRequest, one: Replacement) -> None:
    names = f"{one.substitute.name} replaces {one.practitioner.name}"
    written_down(request, Act.SETTINGS, detail=f"{names}, {one.first_date} to {one.last_date}")
