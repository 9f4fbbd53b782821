"""Appointments and free times as they are written: what comes in, what goes out."""

from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from maia.api.fields import Body, Bool, Id, Instant, Key, LocalDate
from maia.api.places import AddressIn, PlaceOut, place_in_json
from maia.api.public import SlotOut
from maia.appointments.agenda import Telling
from maia.appointments.models import MOST_WORDS, Appointment
from maia.appointments.places import Reader, place_of
from maia.patients.text import clean_text
from maia.practices.seats import Seat
from maia.privacy.reading import notes_of

Status = Literal["confirmed", "unconfirmed", "cancelled"]


class AppointmentIn(Body):
    patient: Key
    type: Key
    practitioner: Key | None = Field(None, description="Default: whose token it is.")
    start: Instant
    status: Literal["confirmed", "unconfirmed"] = "confirmed"
    email_reminder: Bool = True
    sms_reminder: Bool | None = Field(None, description="Default: the type's.")
    notes: str = Field("", max_length=5000)
    address: AddressIn | None = Field(
        None, description="For a type at her home; kept on her record. Default: the record's."
    )
    place: Key | None = Field(None, description="A site. Default: that of the hours then.")
    room: Key | None = Field(None, description="One of its type's. Default: the first free one.")
    allow_overlap: Bool = False
    word: str = Field(
        "", max_length=MOST_WORDS, description="A line of the practice's, in the confirmation."
    )


class TellingIn(Body):
    """What the patient is told of what is done: by default as her messages are."""

    tell_patient: Bool = True
    word: str = Field(
        "", max_length=MOST_WORDS, description="A line of the practice's, in the email only."
    )

    def read(self) -> Telling:
        return Telling(tell=self.tell_patient, words=clean_text(self.word))


class AppointmentPatch(TellingIn):
    """What is left out stays as it is. Moving and cancelling have their own paths. `tell_patient` and
    `word` go with `status`."""

    status: Literal["confirmed"] | None = None
    email_reminder: Bool | None = None
    sms_reminder: Bool | None = None
    notes: str | None = Field(None, max_length=5000)
    attendance: Literal["", "attended", "no_show", "excused"] | None = None
    room: Key | None = Field(None, description="Another that is free then; null: without one.")


class AppointmentOut(Schema):
    id: str
    patient: int
    type: int
    practitioner: int
    start: str = Field(examples=["2026-12-03T09:30:00+01:00"])
    end: str
    status: Status
    expired: bool = Field(description="A request that nobody answered: cancelled at its start.")
    place: PlaceOut
    room: int | None = Field(description="That it takes; the practice alone is told.")
    attendance: str
    booked_online: bool
    email_reminder: bool
    sms_reminder: bool
    note: str = Field(description="The patient's.")
    notes: str | None = Field(
        description="The practice's. null: for practitioners only, in this practice."
    )
    allow_overlap: bool = Field(description="It was put over something on purpose.")
    version: int


class AppointmentsOut(Schema):
    items: list[AppointmentOut]
    next: str | None


class CancelIn(TellingIn):
    pass


class MoveIn(TellingIn):
    start: Instant
    allow_overlap: Bool = False


class ChangeIn(TellingIn):
    """What is left out stays as it is."""

    type: Key | None = Field(None, description="Its duration comes with it, unless `end` is given.")
    practitioner: Key | None = None
    patient: Key | None = Field(
        None, description="Of what the practice noted, within the hour and before it starts."
    )
    start: Instant | None = None
    end: Instant | None = None
    place: Key | None = Field(None, description="A site.")
    room: Key | None = Field(
        None, description="One of its type's. Default: its own where that is free, else another."
    )
    notes: str | None = Field(None, max_length=5000)
    allow_overlap: Bool = False


class Between(Schema):
    first: LocalDate = Field(alias="from")
    last: LocalDate = Field(alias="to", description="Included.")


class AvailabilityQuery(Schema):
    type: Id
    date: LocalDate
    practitioner: Id | None = None


class FreeQuery(Schema):
    type: Id
    practitioner: Id | None = Field(None, description="Default: all who offer the type.")
    first: LocalDate | None = Field(None, alias="from", description="Default: today.")
    part: Literal["am", "pm"] | None = Field(None, description="Before noon, or after.")
    limit: int = Field(20, ge=1, le=200)


class AvailabilityOut(Schema):
    time_zone: str
    slots: list[SlotOut]


def shown(appointment: Appointment, seat: Seat) -> dict[str, Any]:
    zone = appointment.practice.zone
    return {
        "id": str(appointment.uid),
        "patient": appointment.patient_id,
        "type": appointment.type.pk,
        "practitioner": appointment.practitioner.pk,
        "start": appointment.start.astimezone(zone).isoformat(),
        "end": appointment.end.astimezone(zone).isoformat(),
        "status": appointment.status,
        "expired": appointment.expired,
        "place": place_in_json(place_of(appointment, Reader.PRACTICE)),
        "room": appointment.event.room_id,
        "attendance": appointment.attendance,
        "booked_online": appointment.booked_online,
        "email_reminder": appointment.email_reminder,
        "sms_reminder": appointment.sms_reminder,
        "note": appointment.note,
        "notes": notes_of(seat, appointment),
        "allow_overlap": not appointment.event.exclusive,
        "version": appointment.version,
    }
