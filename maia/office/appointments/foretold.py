"""What noting an appointment would send, said while it is being typed: nothing leaves unsaid."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.accounts.ids import parse_id
from maia.appointments.acts.moving import lasting
from maia.appointments.limits import passed_by
from maia.appointments.models import Appointment, Event
from maia.appointments.opening import Why, what_closes
from maia.messaging.foresight import noting_in_words
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office, only_reads
from maia.office.agenda.closed import closed_name
from maia.office.appointments.forms import ChangeForm
from maia.office.fields.days import MIDNIGHT, read_wall
from maia.office.fields.phones import clean_phone
from maia.patients.models import Patient
from maia.practices.seats import Seat
from maia.privacy.reading import open_record, records_of

Typed = Mapping[str, Any]


@office
@require_POST
@only_reads
def noting_told(request: OfficeRequest) -> HttpResponse:
    """Posted: an address that is typed would stand in every log on the way. ``moving``: of an appointment
    that is being moved, whose telling stands beside its form, only what closes the time."""
    if "moving" in request.POST:
        appointment = get_appointment(request, _key(request.POST, "moving"))
        when = ChangeForm(request.POST, appointment=appointment, seat=request.seat)
        return JsonResponse({"said": "", "outside": outside_there(request.seat, when)})
    said = said_of(request.seat, request.POST, now=timezone.now())
    return JsonResponse({"said": said, "outside": outside_of(request.seat, request.POST)})


def said_of(seat: Seat, typed: Typed, *, now: datetime) -> str:
    """In words, of the form as it stands; empty as long as it does not say for whom and when."""
    appointment = _as_it_stands(seat, typed, now)
    return noting_in_words(appointment, now) if appointment is not None else ""


def outside_of(seat: Seat, typed: Typed) -> str:
    """What closes that time, and which limits of the type it passes, in words: hers to decide, and good
    to know. Empty: nothing does."""
    event = _time_of(seat, typed)
    if event is None:
        return ""
    patient = _opened_record(seat, typed, timezone.now())
    return f"{_closed_words(seat, event)} {_limits_in_words(event, patient)}".strip()


def outside_there(seat: Seat, when: ChangeForm) -> str:
    """The same of where it would be moved; empty as long as the form does not say when."""
    if not when.is_valid():
        return ""
    start, was, typed = when.start(), when.was, when.cleaned_data
    event = Event(
        practitioner=typed["practitioner"] or was.practitioner,
        type=typed["type"] or was.type,
        start=start,
        end=when.end() or start + lasting(was, typed["type"]),
    )
    limits = _limits_in_words(event, was.patient, was.event)
    return f"{_closed_words(seat, event)} {limits}".strip()


def _limits_in_words(event: Event, patient: Patient | None, but: Event | None = None) -> str:
    """``patient``: None as long as nobody is chosen, or for somebody new to the practice."""
    assert event.type is not None
    now = timezone.now()
    passed = passed_by(event.type, event.practitioner, patient, event.start, now=now, but=but)
    return " ".join(refusals.limit_words(limit) for limit in passed)


def _closed_words(seat: Seat, event: Event) -> str:
    assert event.type is not None
    closed = what_closes(
        event.practitioner, event.type, event.start, event.end, get_language() or ""
    )
    for one in closed:
        if one.why != Why.HOURS:
            words = _("%(who)s is closed then: %(why)s.")
            return words % {
                "who": event.practitioner.name,
                "why": closed_name(seat, event.practitioner, one),
            }
    words = _("This is outside of the opening hours of %(who)s.")
    return words % {"who": event.practitioner.name} if closed else ""


def _as_it_stands(seat: Seat, typed: Typed, now: datetime) -> Appointment | None:
    """The appointment that saving would make; not saved."""
    event = _time_of(seat, typed)
    if event is None:
        return None
    practice = seat.practice
    known = _opened_record(seat, typed, now)
    waits = bool(typed.get("unconfirmed"))
    return Appointment(
        practice=practice,
        patient=known or _new_patient(seat, typed),
        event=event,
        status=Appointment.Status.UNCONFIRMED if waits else Appointment.Status.CONFIRMED,
        email_reminder=bool(typed.get("send_email")),
        sms_reminder=bool(typed.get("send_sms")),
    )


def _opened_record(seat: Seat, typed: Typed, now: datetime) -> Patient | None:
    """Hers who is chosen: her address is said, and what she has."""
    known: Patient | None = records_of(seat).kept().filter(pk=_key(typed, "patient")).first()
    if known is not None:
        open_record(seat, known, now=now)
    return known


def _time_of(seat: Seat, typed: Typed) -> Event | None:
    """With whom, as what and when; not saved."""
    practice = seat.practice
    team = seat.practitioners.filter(is_active=True).select_related("practice")
    who = team.filter(pk=_key(typed, "practitioner")).first()
    type = practice.appointment_types.filter(archived=False, pk=_key(typed, "type")).first()
    start = read_wall(f"{typed.get('date')}T{str(typed.get('time'))[:5]}", practice.zone)
    if who is None or type is None or start is None:
        return None
    end = start + type.duration
    until = read_wall(f"{typed.get('date')}T{str(typed.get('until'))[:5]}", practice.zone)
    if until is not None and until.time() == MIDNIGHT:
        until += timedelta(days=1)
    if until is not None and until > start:
        end = until
    return Event(practitioner=who, type=type, start=start, end=end)


def _new_patient(seat: Seat, typed: Typed) -> Patient:
    email = str(typed.get("email") or "").strip()
    try:
        mobile = clean_phone(str(typed.get("mobile") or "")[:30], seat.practice.country)
    except ValidationError:
        mobile = ""
    return Patient(practice=seat.practice, email=email[:254] if "@" in email else "", mobile=mobile)


def _key(typed: Typed, name: str) -> int:
    return parse_id(str(typed.get(name) or "")) or 0
