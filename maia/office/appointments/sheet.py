"""The appointment sheet: everything done to one appointment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maia.accounts.ids import parse_id
from maia.appointments.booking import (
    Boxes,
    By,
    cancel_appointment,
    confirm_appointment,
    edit_appointment,
    move_appointment,
    unconfirm_appointment,
)
from maia.appointments.exceptions import BookingRefused, SlotTaken
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.places import Reader, place_of
from maia.messaging.foresight import in_words, would_be_told
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.forms import EditForm, WhenForm
from maia.office.fields.days import read_wall
from maia.privacy.reading import notes_of, open_record
from maia.schedules.models import Absence

LONGEST = timedelta(hours=12)


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
    return render(request, "office/appointments/sheet.html", context, status=status)


def _foreseen(appointment: Appointment, action: HistoryEntry.Action) -> str:
    return in_words(would_be_told(appointment, action, timezone.now()))


def _absence_over(appointment: Appointment) -> Absence | None:
    """Hers to decide, and good to know: she noted it on a day off, or a calendar has taken it."""
    if appointment.status == Appointment.Status.CANCELLED or appointment.end <= timezone.now():
        return None
    met = {"start__lt": appointment.end, "end__gt": appointment.start}
    return appointment.practitioner.absences.filter(**met).first()


def _sane(start: datetime, end: datetime) -> bool:
    return timedelta(0) < end - start <= LONGEST
