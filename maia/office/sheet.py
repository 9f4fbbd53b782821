"""The appointment sheet: noted while the patient is on the phone, then everything done to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts.ids import parse_id
from maia.accounts.limits import TooOften
from maia.appointments.booking import (
    Boxes,
    By,
    book_appointment,
    cancel_appointment,
    confirm_appointment,
    edit_appointment,
    move_appointment,
    unconfirm_appointment,
)
from maia.appointments.exceptions import BookingRefused, SlotTaken
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.offer import why_not_offered
from maia.appointments.places import Reader, place_of
from maia.appointments.slots import free_slots
from maia.messaging.foresight import in_words, would_be_told
from maia.office import refusals
from maia.office.access import OfficeRequest, office, written_down
from maia.office.agenda import get_appointment
from maia.office.days import read_day, read_wall
from maia.office.patients import SHOWN
from maia.office.sheet_forms import EditForm, NewAppointmentForm, WhenForm
from maia.patients.addresses import Address, write_address
from maia.patients.models import Patient
from maia.practices.models import Practitioner
from maia.privacy.journal import Act
from maia.privacy.reading import find_records, notes_of, open_record
from maia.schedules.models import Absence, AppointmentType

LONGEST = timedelta(hours=12)


@office
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: OfficeRequest) -> HttpResponse:
    if request.method != "POST":
        form = NewAppointmentForm(initial=_first_guess(request), practice=request.seat.practice)
        return _render_new(request, form)
    form = NewAppointmentForm(request.POST, practice=request.seat.practice)
    if not form.is_valid():
        return _render_new(request, form, status=422)
    try:
        appointment = _note(request, form)
    except BookingRefused as refusal:
        return _render_new(request, form, refusal, status=409)
    messages.success(request, _("The appointment is noted."))
    return redirect("office:sheet", appointment.pk)


@office
@require_safe
def availability(request: OfficeRequest) -> HttpResponse:
    """The day's free times for a type and a practitioner, notice and horizon not applied."""
    practice = request.seat.practice
    day = read_day(request.GET.get("date", ""))
    type = _one_of(AppointmentType.objects.filter(practice=practice), request.GET.get("type"))
    practitioner = _one_of(practice.practitioners.all(), request.GET.get("practitioner"))
    slots = None
    if day and type and practitioner and why_not_offered(type, practitioner, online=False) is None:
        slots = free_slots(type, [practitioner], day, day, now=None).get(day, [])
    return render(request, "office/_availability.html", {"slots": slots, "day": day, "type": type})


@office
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: OfficeRequest, pk: int) -> HttpResponse:
    appointment = get_appointment(request, pk)
    if request.method != "POST":
        return _render_sheet(request, appointment)
    form = EditForm(request.POST, seat=request.seat)
    if not form.is_valid():
        return _render_sheet(request, appointment, form, status=422)
    typed = form.cleaned_data
    try:
        edit_appointment(
            appointment,
            practice_notes=typed.get("practice_notes"),
            attendance=typed["attendance"],
            boxes=Boxes(email=typed["send_email"], sms=typed["send_sms"]),
            by=By.practice(request.seat.user),
            now=timezone.now(),
            seen=typed["version"],
        )
    except BookingRefused as refusal:
        return _render_sheet(request, appointment, form, refusal, status=409)
    messages.success(request, _("Saved."))
    return redirect("office:sheet", pk)


@office
@require_POST
def move(request: OfficeRequest, pk: int) -> HttpResponse:
    """From the sheet's form, or from a drag in the agenda, which wants JSON."""
    appointment = get_appointment(request, pk)
    dragged = request.headers.get("Accept") == "application/json"
    form = WhenForm(request.POST)
    seen = _seen(request)
    end = read_wall(request.POST.get("end", ""), request.seat.practice.zone)
    if not form.is_valid() or seen < 0 or (end and not _sane(form.start(), end)):
        if dragged:
            return JsonResponse({"error": _("This time cannot be read.")}, status=422)
        return _render_sheet(request, appointment, when=form, status=422)
    try:
        moved = move_appointment(
            appointment,
            form.start(),
            end=end or form.end(),
            by=By.practice(request.seat.user),
            now=timezone.now(),
            allow_overlap=form.cleaned_data["allow_overlap"],
            seen=seen,
        )
    except BookingRefused as refusal:
        overlaps = isinstance(refusal, SlotTaken)
        if dragged:
            answer = {"error": refusals.words(refusal), "overlaps": overlaps}
            return JsonResponse(answer, status=409)
        return _render_sheet(request, appointment, None, refusal, when=form, status=409)
    if dragged:
        return JsonResponse({"version": moved.version})
    messages.success(request, _("The appointment has moved."))
    return redirect("office:sheet", pk)


@office
@require_POST
def cancel(request: OfficeRequest, pk: int) -> HttpResponse:
    words = _("The appointment is cancelled, its time is free.")
    return _act(request, pk, words, cancel_appointment, seen=_seen(request))


@office
@require_POST
def confirm(request: OfficeRequest, pk: int) -> HttpResponse:
    return _act(request, pk, _("The appointment is confirmed."), confirm_appointment)


@office
@require_POST
def unconfirm(request: OfficeRequest, pk: int) -> HttpResponse:
    words = _("The appointment is to be confirmed again.")
    return _act(request, pk, words, unconfirm_appointment, seen=_seen(request))


def _act(
    request: OfficeRequest, pk: int, words: str, act: Callable[..., Any], **seen: int
) -> HttpResponse:
    appointment = get_appointment(request, pk)
    try:
        act(appointment, by=By.practice(request.seat.user), now=timezone.now(), **seen)
    except BookingRefused as refusal:
        return _render_sheet(request, appointment, None, refusal, status=409)
    messages.success(request, words)
    return redirect("office:sheet", pk)


def _seen(request: OfficeRequest) -> int:
    """The version on the page that she acts from; -1, that of no page, if it does not say."""
    typed = request.POST.get("version", "")
    version = parse_id(typed)
    return -1 if version is None else version


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
            request_key=typed["request_key"],
            boxes=Boxes(email=typed["send_email"], sms=typed["send_sms"]),
            allow_overlap=typed["allow_overlap"],
            unconfirmed=typed["unconfirmed"],
        )


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she clicked, or now, rounded to the next five minutes."""
    start = (
        read_wall(request.GET.get("start", ""), request.seat.practice.zone) or timezone.localtime()
    )
    start += timedelta(minutes=-start.minute % 5)
    asked = _one_of(request.seat.practice.practitioners.all(), request.GET.get("practitioner"))
    practitioner: Practitioner | None = asked or request.seat.practitioner
    return {
        "request_key": uuid4(),
        "date": start.date(),
        "time": start.time(),
        "practitioner": practitioner or request.seat.practice.practitioners.first(),
        "send_email": True,
    }


def _render_new(
    request: OfficeRequest,
    form: NewAppointmentForm,
    refusal: BookingRefused | None = None,
    status: int = 200,
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
    context = {
        "practice": request.seat.practice,
        "form": form,
        "types": types,
        "patient": patient,
        "found": found,
        "too_often": too_often,
        "typed": typed,
        "refusal": refusals.words(refusal) if refusal else "",
        "overlaps": isinstance(refusal, SlotTaken),
    }
    return render(request, "office/new.html", context, status=status)


def _render_sheet(
    request: OfficeRequest,
    appointment: Appointment,
    form: EditForm | None = None,
    refusal: BookingRefused | None = None,
    when: WhenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    open_record(request.seat, appointment.patient, now=timezone.now())
    local, until = timezone.localtime(appointment.start), timezone.localtime(appointment.end)
    context = {
        "practice": request.seat.practice,
        "appointment": appointment,
        "form": form
        or EditForm(
            seat=request.seat,
            initial={
                "version": appointment.version,
                "practice_notes": notes_of(request.seat, appointment),
                "attendance": appointment.attendance,
                "send_email": appointment.email_reminder,
                "send_sms": appointment.sms_reminder,
            },
        ),
        "when": when
        or WhenForm(initial={"date": local.date(), "time": local.time(), "until": until.time()}),
        "history": appointment.history.select_related("user"),
        "messages_sent": appointment.messages.to_people(),
        "refusal": refusals.words(refusal) if refusal else "",
        "overlaps": isinstance(refusal, SlotTaken),
        "place": place_of(appointment, Reader.PRACTICE),
        "told_of_cancelling": _foreseen(appointment, HistoryEntry.Action.CANCELLED),
        "told_of_confirming": _foreseen(appointment, HistoryEntry.Action.CONFIRMED),
        "is_past": appointment.start <= timezone.now(),
        "absence": _absence_over(appointment),
    }
    return render(request, "office/sheet.html", context, status=status)


def _foreseen(appointment: Appointment, action: HistoryEntry.Action) -> str:
    return in_words(would_be_told(appointment, action, timezone.now()))


def _absence_over(appointment: Appointment) -> Absence | None:
    """Hers to decide, and good to know: she noted it on a day off, or a calendar has taken it."""
    if appointment.status == Appointment.Status.CANCELLED or appointment.end <= timezone.now():
        return None
    met = {"start__lt": appointment.end, "end__gt": appointment.start}
    return appointment.practitioner.absences.filter(**met).first()


def _one_of(rows: Any, pk: str | None) -> Any:
    key = parse_id(pk)
    return None if key is None else rows.filter(pk=key).first()


def _sane(start: datetime, end: datetime) -> bool:
    return timedelta(0) < end - start <= LONGEST
