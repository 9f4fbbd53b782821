"""A patient's own appointments, in every practice."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from maia.api.auth import PatientToken
from maia.api.fields import Body, Instant
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.api.public import MyAppointmentOut, shown_to_patient, with_nearest
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import TOLD, By, Telling
from maia.appointments.exceptions import BookingRefused
from maia.appointments.models import MOST_WORDS, Appointment
from maia.appointments.pathway import look_for_times, pathway_of_record
from maia.patients.models import Patient
from maia.patients.text import clean_text

router = Router(tags=["me"], auth=PatientToken())


class MyAppointmentsOut(Schema):
    items: list[MyAppointmentOut]
    next: str | None


class MyWordIn(Body):
    word: str = Field(
        "", max_length=MOST_WORDS, description="A line of hers, in the email to the practice only."
    )

    def read(self) -> Telling:
        return Telling(words=clean_text(self.word))


class MyMoveIn(MyWordIn):
    start: Instant


@router.get("appointments", response={200: MyAppointmentsOut, **errors(401, 403, 422, 429)})
def appointments(request: HttpRequest, paging: Pages) -> Any:
    """All of hers, by start."""
    hers = Appointment.objects.with_details().of_user(_user(request))
    return page(hers, paging, shown_to_patient, by="event__start")


@router.post(
    "appointments/{id}/cancel",
    response={200: MyAppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def cancel(request: HttpRequest, id: UUID, how: MyWordIn | None = None) -> Any:
    hers, telling = _hers(request, id), how.read() if how is not None else TOLD
    cancel_appointment(hers, by=By.patient(_user(request)), now=timezone.now(), telling=telling)
    return shown_to_patient(_hers(request, id))


@router.post(
    "appointments/{id}/move",
    response={200: MyAppointmentOut, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def move(request: HttpRequest, id: UUID, there: MyMoveIn) -> Any:
    """A time that is not free comes with `alternatives`."""
    hers = _hers(request, id)
    by, now = By.patient(_user(request)), timezone.now()
    try:
        move_appointment(hers, there.start, by=by, now=now, telling=there.read())
    except BookingRefused as refused:
        return with_nearest(
            refused,
            hers.type,
            hers.practitioner,
            there.start,
            hers.patient,
            now=now,
            without=hers.event,
        )
    return shown_to_patient(_hers(request, id))


class StepOut(Schema):
    name: str = Field(examples=["Entretien prénatal précoce"])
    type: int
    first_date: str = Field(examples=["2026-12-14"])
    last_date: str = Field(description="Included.")
    state: Literal["done", "booked", "to_book", "ahead", "late"]
    appointment: str | None = Field(description="Hers, by its id.")
    first_free: str | None = Field(
        description="Looked for of the first three that are to be booked."
    )


class PathwayOut(Schema):
    due_date: str | None
    child_birth_date: str | None
    steps: list[StepOut]


@router.get("pathway", response={200: PathwayOut, **errors(401, 403, 404, 422, 429)})
def pathway(request: HttpRequest, practice: Annotated[str, Query(max_length=60)]) -> Any:
    """The appointments that her pregnancy asks for in a practice; no steps where nothing is known of one, or
    the practice has no pathway."""
    records = Patient.objects.kept().filter(user=_user(request)).select_related("practice")
    record = get_object_or_404(records, practice__slug=practice)
    now, zone = timezone.now(), record.practice.zone
    stands = pathway_of_record(record, now=now)
    look_for_times(stands, now=now)
    return {
        "due_date": record.due_date and record.due_date.isoformat(),
        "child_birth_date": record.child_birth_date and record.child_birth_date.isoformat(),
        "steps": [
            {
                "name": str(one.step),
                "type": one.step.type_id,
                "first_date": one.dates.first.isoformat(),
                "last_date": one.dates.last.isoformat(),
                "state": one.state.value,
                "appointment": str(one.appointment.uid) if one.appointment else None,
                "first_free": one.first_free and one.first_free.start.astimezone(zone).isoformat(),
            }
            for one in stands
        ],
    }


def _user(request: Any) -> Any:
    return request.auth.user


def _hers(request: HttpRequest, id: UUID) -> Appointment:
    hers = Appointment.objects.with_details().of_user(_user(request))
    found: Appointment = get_object_or_404(hers, uid=id)
    return found
