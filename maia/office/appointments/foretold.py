"""What noting an appointment would send, said while it is being typed: nothing leaves unsaid."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from maia.accounts.ids import parse_id
from maia.appointments.models import Appointment, Event
from maia.messaging.foresight import noting_in_words
from maia.office.access import OfficeRequest, office, only_reads
from maia.office.fields.days import read_wall
from maia.office.fields.phones import clean_phone
from maia.patients.models import Patient
from maia.practices.seats import Seat
from maia.privacy.reading import open_record

Typed = Mapping[str, Any]


@office
@require_POST
@only_reads
def noting_told(request: OfficeRequest) -> HttpResponse:
    """Posted: an address that is typed would stand in every log on the way."""
    return JsonResponse({"said": said_of(request.seat, request.POST, now=timezone.now())})


def said_of(seat: Seat, typed: Typed, *, now: datetime) -> str:
    """In words, of the form as it stands; empty as long as it does not say for whom and when."""
    appointment = _as_it_stands(seat, typed, now)
    return noting_in_words(appointment, now) if appointment is not None else ""


def _as_it_stands(seat: Seat, typed: Typed, now: datetime) -> Appointment | None:
    """The appointment that saving would make; not saved."""
    practice = seat.practice
    team = practice.practitioners.filter(is_active=True)
    who = team.filter(pk=_key(typed, "practitioner")).first()
    type = practice.appointment_types.filter(archived=False, pk=_key(typed, "type")).first()
    start = read_wall(f"{typed.get('date')}T{str(typed.get('time'))[:5]}", practice.zone)
    if who is None or type is None or start is None:
        return None
    known = practice.patients.kept().filter(pk=_key(typed, "patient")).first()
    if known is not None:  # her address is said
        open_record(seat, known, now=now)
    waits = bool(typed.get("unconfirmed"))
    return Appointment(
        practice=practice,
        patient=known or _new_patient(seat, typed),
        event=Event(practitioner=who, type=type, start=start, end=start + type.duration),
        status=Appointment.Status.UNCONFIRMED if waits else Appointment.Status.CONFIRMED,
        email_reminder=bool(typed.get("send_email")),
        sms_reminder=bool(typed.get("send_sms")),
    )


def _new_patient(seat: Seat, typed: Typed) -> Patient:
    email = str(typed.get("email") or "").strip()
    try:
        mobile = clean_phone(str(typed.get("mobile") or "")[:30], seat.practice.country)
    except ValidationError:
        mobile = ""
    return Patient(practice=seat.practice, email=email[:254] if "@" in email else "", mobile=mobile)


def _key(typed: Typed, name: str) -> int:
    return parse_id(str(typed.get(name) or "")) or 0
