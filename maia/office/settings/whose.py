"""Whose hours a page is about: a practitioner's, or a type's that has hours of its own."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from maia.office.access import OfficeRequest, get_practitioner
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.models import AppointmentType, Schedule

# A practitioner's and a type's.
PAGES = {
    "schedule": ("schedule", "type_schedule"),
    "periods": ("periods", "type_periods"),
    "new_period": ("new_period", "new_type_period"),
    "openings": ("openings", "type_openings"),
    "new_opening": ("new_opening", "new_type_opening"),
}


@dataclass(frozen=True)
class Owner:
    """``row``: whose the schedule is; ``practitioner``: whose absences and holidays it is shown with."""

    row: Practitioner | AppointmentType
    practitioner: Practitioner

    @property
    def type(self) -> AppointmentType | None:
        return self.row if isinstance(self.row, AppointmentType) else None

    @property
    def name(self) -> str:
        return self.row.name

    def schedule(self) -> Schedule | None:
        field = "practitioner" if self.type is None else "appointment_type"
        plan: Schedule | None = Schedule.objects.filter(**{field: self.row}).first()
        return plan

    def address(self, page: str) -> str:
        """Of one of `PAGES`."""
        return reverse(f"office:{PAGES[page][self.type is not None]}", args=[self.row.pk])

    @property
    def back(self) -> str:
        """The page that leads here."""
        if self.type is None:
            return reverse("office:settings")
        return reverse("office:edit_type", args=[self.row.pk])

    def addresses(self) -> dict[str, str]:
        """For templates."""
        return {page: self.address(page) for page in PAGES}


def get_owner(request: OfficeRequest, pk: int, of: str) -> Owner:
    """Of whom the page is, ``of``: *practitioner* or *type*. One whose settings she may change; others are
    403, another practice's 404, and so is a type without hours of its own."""
    if of == "practitioner":
        practitioner = get_practitioner(request, pk)
        return Owner(practitioner, practitioner)
    type = get_type(request, pk)
    if not hasattr(type, "own_schedule"):
        raise Http404
    seat = request.seat
    owners = type.owners or list(seat.practice.practitioners.filter(is_active=True))
    whom = seat.practitioner if seat.practitioner in owners else next(iter(owners), None)
    if whom is None:
        raise Http404
    return Owner(type, whom)


def owner_of(request: OfficeRequest, plan: Schedule) -> Owner:
    """As `get_owner`."""
    if plan.practitioner_id is not None:
        return get_owner(request, plan.practitioner_id, "practitioner")
    assert plan.appointment_type_id is not None
    return get_owner(request, plan.appointment_type_id, "type")


def get_type(request: OfficeRequest, pk: int) -> AppointmentType:
    """One that she may change: a practitioner changes her own and the shared ones."""
    rows: Any = AppointmentType.objects.select_related("practice", "practitioner")
    type: AppointmentType = get_object_or_404(rows, pk=pk, practice=request.seat.practice)
    if not may_change_type(request.seat, type):
        raise PermissionDenied
    return type


def may_change_type(seat: Seat, type: AppointmentType) -> bool:
    owners = type.owners
    return not owners or any(map(seat.may_change_settings_of, owners))
