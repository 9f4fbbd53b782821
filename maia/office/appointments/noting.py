"""An appointment noted while the patient is on the phone."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.accounts.ids import parse_id
from maia.accounts.limits import TooOften
from maia.appointments.agenda import Boxes, By, Telling
from maia.appointments.booking import book_appointment
from maia.appointments.exceptions import BookingRefused, may_be_on_purpose
from maia.appointments.models import Appointment
from maia.office import refusals
from maia.office.access import OfficeRequest, office, written_down
from maia.office.appointments.coming import coming_times, is_looking, taken_from
from maia.office.appointments.foretold import said_of
from maia.office.appointments.forms import NewAppointmentForm
from maia.office.appointments.overlaps import what_stands
from maia.office.fields.days import read_wall
from maia.office.once import made_once
from maia.office.patients.finding import SHOWN
from maia.patients.addresses import Address, write_address
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.privacy.journal import Act
from maia.privacy.reading import find_records, open_record
from maia.schedules.models import AppointmentType


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_appointment(request: OfficeRequest) -> HttpResponse:
    if request.method != "POST":
        form = NewAppointmentForm(initial=_first_guess(request), seat=request.seat)
        return _render_new(request, form)
    if is_looking(request):
        form = NewAppointmentForm(initial=taken_from(request), seat=request.seat)
        return _render_new(request, form, coming=coming_times(request, request.POST))
    form = NewAppointmentForm(request.POST, seat=request.seat)
    if not form.is_valid():
        return _render_new(request, form, status=422)
    try:
        appointment = _note(request, form)
    except BookingRefused as refusal:
        return _render_new(request, form, refusal, status=409)
    messages.success(request, _("The appointment is noted."))
    return redirect("office:sheet", appointment.pk)


def _note(request: OfficeRequest, form: NewAppointmentForm) -> Appointment:
    """The patient, made if she is new, and her appointment: both or neither."""
    typed = form.cleaned_data
    with transaction.atomic():
        patient = typed["patient"]
        if patient is None:
            patient = form.new_patient()
            patient.save()
            written_down(request, Act.CREATED, patient=patient)
        write_address(patient, form.address_over(Address.of(patient)))
        return book_appointment(
            typed["type"],
            typed["practitioner"],
            form.start(),
            patient,
            by=By.practice(request.seat.user),
            now=timezone.now(),
            end=form.end(),
            practice_notes=typed.get("practice_notes", ""),
            request_key=typed["request_key"],
            boxes=Boxes(email=typed["send_email"], sms=typed["send_sms"]),
            allow_overlap=typed["allow_overlap"],
            unconfirmed=typed["unconfirmed"],
            telling=Telling(words=typed["word"]),
        )


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she clicked, or now, rounded to the next five minutes."""
    start = (
        read_wall(request.GET.get("start", ""), request.seat.practice.zone) or timezone.localtime()
    )
    start += timedelta(minutes=-start.minute % 5)
    end = read_wall(request.GET.get("end", ""), request.seat.practice.zone)
    if end is not None and (end <= start or end.date() != start.date()):
        end = None
    asked = _one_of(request.seat.practice.practitioners.all(), request.GET.get("practitioner"))
    practitioner: Practitioner | None = asked or request.seat.practitioner
    return {
        "request_key": uuid4(),
        "date": start.date(),
        "time": start.time(),
        "until": end.time() if end else None,
        "type": request.GET.get("type", ""),
        "patient": request.GET.get("patient", ""),
        "practitioner": practitioner or request.seat.practice.practitioners.first(),
        "send_email": True,
    }


def _render_new(
    request: OfficeRequest,
    form: NewAppointmentForm,
    refusal: BookingRefused | None = None,
    status: int = 200,
    coming: dict[str, Any] | None = None,
) -> HttpResponse:
    types = AppointmentType.objects.filter(practice=request.seat.practice, archived=False)
    chosen = form["patient"].value()
    patients = request.seat.practice.patients
    typed = str(form["patient_search"].value() or "")
    patient = _one_of(patients.all(), str(chosen)) if chosen else None
    if patient is not None:  # the page says her name
        open_record(request.seat, patient, now=timezone.now())
    found: list[Patient] = []
    too_often = ""
    try:  # without a script
        found = find_records(request.seat, typed, SHOWN, now=timezone.now())
    except TooOften as limited:  # nothing typed is lost
        too_often = refusals.too_often_words(limited)
        status = 429
    overlaps = refusal is not None and may_be_on_purpose(refusal)
    context = {
        "practice": request.seat.practice,
        "form": form,
        "types": types,
        "patient": patient,
        "found": found,
        "too_often": too_often,
        "typed": typed,
        "refusal": refusals.words(refusal) if refusal else "",
        "overlaps": overlaps,
        "met": _met(request, form, patient) if overlaps else [],
        "told": said_of(request.seat, _typed(form), now=timezone.now()),
        **(coming or {}),
    }
    return render(request, "office/appointments/new.html", context, status=status)


def _typed(form: NewAppointmentForm) -> dict[str, Any]:
    """What stands in its fields, whatever they hold."""
    names = ("patient", "practitioner", "type", "date", "time", "email", "mobile")
    values = {
        name: form[name].value() for name in (*names, "send_email", "send_sms", "unconfirmed")
    }
    return {name: getattr(value, "pk", value) for name, value in values.items()}


def _met(request: OfficeRequest, form: NewAppointmentForm, patient: Patient | None) -> list[str]:
    typed = form.cleaned_data
    end = form.end() or form.start() + typed["type"].duration
    who, start, now = typed["practitioner"], form.start(), timezone.now()
    return what_stands(request.seat, who, start, end, now=now, patient=patient)


def _one_of(rows: Any, pk: str | None) -> Any:
    key = parse_id(pk)
    return None if key is None else rows.filter(pk=key).first()
