"""An appointment noted while the patient is on the phone."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from maia.accounts.ids import parse_id
from maia.accounts.limits import TooOften
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import Boxes, By, Telling
from maia.appointments.coming import coming_slots, first_free
from maia.appointments.exceptions import BookingRefused, may_be_on_purpose
from maia.appointments.models import Appointment
from maia.appointments.offer import why_not_offered
from maia.appointments.rooms import rooms_of
from maia.appointments.sites import site_of
from maia.office import refusals
from maia.office.access import OfficeRequest, office, written_down
from maia.office.appointments.coming import (
    coming_times,
    is_looking,
    taken_from,
    wishes,
)
from maia.office.appointments.done import Done, tell_done
from maia.office.appointments.foretold import outside_of, said_of
from maia.office.appointments.forms import NewAppointmentForm
from maia.office.appointments.overlaps import what_stands
from maia.office.fields.days import read_day, read_wall
from maia.office.meant import as_meant, mark_of
from maia.office.once import made_once
from maia.office.patients.finding import SHOWN
from maia.patients.addresses import Address, write_address
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.privacy.journal import Act
from maia.privacy.reading import find_records, open_record, records_of
from maia.schedules.models import AppointmentType


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_appointment(request: OfficeRequest) -> HttpResponse:
    if request.method != "POST":
        guess = _first_guess(request)
        form = NewAppointmentForm(initial=guess, seat=request.seat)
        return _render_new(request, form, coming=_coming_beside(request, guess))
    if is_looking(request):
        form = NewAppointmentForm(initial=taken_from(request), seat=request.seat)
        return _render_new(request, form, coming=coming_times(request, request.POST))
    form = NewAppointmentForm(request.POST, seat=request.seat)
    if not form.is_valid():
        # Where it wants a time, those that are free are there to be taken.
        coming = coming_times(request, request.POST) if "time" in form.errors else None
        return _render_new(request, form, status=422, coming=coming)
    try:
        appointment = _note_as_meant(request, form)
    except BookingRefused as refusal:
        return _render_new(request, form, refusal, status=409)
    tell_done(request, appointment, Done.NOTED)
    return redirect("office:sheet", appointment.pk)


def _note_as_meant(request: OfficeRequest, form: NewAppointmentForm) -> Appointment:
    """What it overlaps was shown before, and is still all of it."""
    typed = form.cleaned_data
    return as_meant(
        request,
        "allow_overlap",
        partial(_note, request, form),
        lambda _refusal: _warning(form, _met(request, form, typed["patient"])),
        typed["practitioner"],
        holding=typed["patient"],
    )


def _note(request: OfficeRequest, form: NewAppointmentForm, *, allow_overlap: bool) -> Appointment:
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
            allow_overlap=allow_overlap,
            unconfirmed=typed["unconfirmed"],
            place=typed.get("place"),
            telling=Telling(words=typed["word"]),
        )


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she clicked; else the first free time of the day that she looks at,
    today if she looks at none."""
    practice = request.seat.practice
    start = read_wall(request.GET.get("start", ""), practice.zone)
    end = read_wall(request.GET.get("end", ""), practice.zone) if start else None
    if start and end and (end <= start or end.date() != start.date()):
        end = None
    team = request.seat.practitioners
    asked = _one_of(team, request.GET.get("practitioner"))
    practitioner = asked or request.seat.practitioner or team.first()
    day = _looked_at(request)
    if start is None and practitioner is not None:
        start = _first_free(request, practitioner, day)
    else:
        start = start and start + timedelta(minutes=-start.minute % 5)
    return {
        "request_key": uuid4(),
        "date": start.date() if start else day,
        "time": start.time() if start else None,
        "until": end.time() if end else None,
        "type": request.GET.get("type", ""),
        "patient": request.GET.get("patient", ""),
        "practitioner": practitioner,
        "send_email": True,
    }


def _looked_at(request: OfficeRequest) -> date:
    return read_day(request.GET.get("date", "")) or timezone.localdate()


def _first_free(request: OfficeRequest, practitioner: Practitioner, day: date) -> datetime | None:
    """Local; for the type that is asked for, or else the first that this practitioner offers."""
    types = AppointmentType.objects.filter(practice=request.seat.practice, archived=False)
    types = types.select_related("practice")
    asked = _one_of(types, request.GET.get("type"))
    offered = (
        one
        for one in types
        if why_not_offered(one, practitioner, online=False, day=day, or_later=True) is None
    )
    type = asked or next(offered, None)
    if type is None:
        return None
    slot = first_free(type, practitioner, day, now=timezone.now())
    if slot is None and day == timezone.localdate():  # its hours are over: what comes next
        coming = coming_slots(type, [practitioner], day, now=timezone.now(), days=1)
        slot = next(iter(coming.values()), [None])[0]
    return timezone.localtime(slot.start) if slot else None


def _coming_beside(request: OfficeRequest, guess: dict[str, Any]) -> dict[str, Any]:
    """Where no time was clicked, the next free ones are there at once, from the day looked at on:
    what is guessed for one type says nothing of another."""
    typed = QueryDict(mutable=True)
    typed["type"], typed["from"] = guess["type"], _looked_at(request).isoformat()
    typed["practitioner"] = str(getattr(guess["practitioner"], "pk", ""))
    if read_wall(request.GET.get("start", ""), request.seat.practice.zone):
        return wishes(typed)
    return coming_times(request, typed)


def _render_new(
    request: OfficeRequest,
    form: NewAppointmentForm,
    refusal: BookingRefused | None = None,
    status: int = 200,
    coming: dict[str, Any] | None = None,
) -> HttpResponse:
    types = AppointmentType.objects.filter(practice=request.seat.practice, archived=False)
    chosen = form["patient"].value()
    typed = str(form["patient_search"].value() or "")
    patient = _one_of(records_of(request.seat), str(chosen)) if chosen else None
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
    met = _met(request, form, patient) if overlaps else []
    stands = _typed(form)
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
        "met": met,
        "mark": mark_of(_warning(form, met)) if met else "",
        "outside": outside_of(request.seat, stands),
        # The day looked at, where no time was clicked.
        "guessed": None if form.is_bound or request.GET.get("start") else _looked_at(request),
        "told": said_of(request.seat, stands, now=timezone.now()),
        **(coming or wishes(request.POST)),
    }
    return render(request, "office/appointments/new.html", context, status=status)


def _typed(form: NewAppointmentForm) -> dict[str, Any]:
    """What stands in its fields, whatever they hold."""
    names = ("patient", "practitioner", "type", "date", "time", "until", "email", "mobile")
    values = {
        name: form[name].value() for name in (*names, "send_email", "send_sms", "unconfirmed")
    }
    return {name: getattr(value, "pk", value) for name, value in values.items()}


def _met(request: OfficeRequest, form: NewAppointmentForm, patient: Patient | None) -> list[str]:
    typed = form.cleaned_data
    end = form.end() or form.start() + typed["type"].duration
    who, start, now = typed["practitioner"], form.start(), timezone.now()
    rooms = rooms_of(typed["type"])
    site = site_of(typed["type"], who, start) if rooms else None
    return what_stands(
        request.seat, who, start, end, now=now, patient=patient, rooms=rooms, site=site
    )


def _warning(form: NewAppointmentForm, met: list[str]) -> list[object]:
    """What stands there says its hours only: the day, who and with whom are of the warning too."""
    typed = form.cleaned_data
    patient, practitioner = typed["patient"], typed["practitioner"]
    return [*met, form.start(), form.end(), practitioner.pk, getattr(patient, "pk", None)]


def _one_of(rows: Any, pk: str | None) -> Any:
    key = parse_id(pk)
    return None if key is None else rows.filter(pk=key).first()
