"""The appointment sheet: everything done to one appointment."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import lasting, move_to_take_back, site_there
from maia.appointments.agenda import Boxes, By
from maia.appointments.dates import clock, weekday_date
from maia.appointments.exceptions import BookingRefused, RoomTaken, may_be_on_purpose
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.places import Reader, place_of
from maia.appointments.rooms import may_take, rooms_at, rooms_of
from maia.appointments.whose import may_be_given
from maia.messaging.foresight import in_words, what_waits, will_be_told
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.coming import (
    in_weeks,
    wishes,
)
from maia.office.appointments.foretold import outside_there
from maia.office.appointments.forms import ChangeForm, EditForm, TellingForm
from maia.office.appointments.overlaps import what_stands
from maia.office.appointments.tellings import told_to_whom
from maia.office.fields.days import read_wall
from maia.office.meant import mark_of
from maia.patients.stages import stage_in_words
from maia.privacy.reading import notes_of, open_record
from maia.schedules.models import Absence

ACTS_THAT_TELL = (
    HistoryEntry.Action.MOVED,
    HistoryEntry.Action.CANCELLED,
    HistoryEntry.Action.CONFIRMED,
)


@office
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: OfficeRequest, pk: int) -> HttpResponse:
    appointment = get_appointment(request, pk)
    if request.method != "POST":
        return render_sheet(request, appointment)
    form = EditForm(request.POST, seat=request.seat)
    if not form.is_valid():
        return render_sheet(request, appointment, form, status=422)
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
            into=form.into(),
        )
    except RoomTaken:  # since the page was made
        form.add_error("room", _("This room has just been taken."))
        return render_sheet(request, appointment, form, status=409)
    except BookingRefused as refusal:
        return render_sheet(request, appointment, form, refusal, status=409)
    messages.success(request, _("Saved."))
    return redirect("office:sheet", pk)


def render_sheet(
    request: OfficeRequest,
    appointment: Appointment,
    form: EditForm | None = None,
    refusal: BookingRefused | None = None,
    when: ChangeForm | None = None,
    tellings: dict[str, TellingForm] | None = None,
    coming: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    open_record(request.seat, appointment.patient, now=timezone.now())
    local, until = timezone.localtime(appointment.start), timezone.localtime(appointment.end)
    overlaps = refusal is not None and may_be_on_purpose(refusal)
    met = met_there(request, when) if overlaps and when else []
    form = form or EditForm(
        seat=request.seat,
        initial={
            "version": appointment.version,
            "practice_notes": notes_of(request.seat, appointment),
            "attendance": appointment.attendance,
            "send_email": appointment.email_reminder,
            "send_sms": appointment.sms_reminder,
            "room": appointment.event.room_id,
        },
    )
    rooms = rooms_at(appointment) if appointment.status != Appointment.Status.CANCELLED else []
    form.offer(rooms)
    context = {
        "practice": request.seat.practice,
        "appointment": appointment,
        "form": form,
        "rooms": rooms,
        "needs_room": not appointment.event.room and bool(rooms_of(appointment.type)),
        "when": when
        or ChangeForm(
            initial={
                "date": local.date(),
                "time": local.time(),
                "until": until.time(),
                "type": appointment.type,
                "practitioner": appointment.practitioner,
            },
            appointment=appointment,
            seat=request.seat,
        ),
        "history": appointment.history.select_related("user"),
        "messages_sent": what_waits(appointment, timezone.now()),
        "refusal": refusals.words(refusal) if refusal else "",
        "overlaps": overlaps,
        "place": place_of(appointment, Reader.PRACTICE),
        "tellings": _tellings(appointment, tellings or {}),
        "leaving": _leaving(appointment),
        "moved": move_to_take_back(appointment, timezone.now()),
        "is_past": appointment.start <= timezone.now(),
        "absence": _absence_over(appointment),
        "instead": _instead(appointment, _("{day} at {time}")),
        "moved_to": _moved_to(appointment, when) if when else "",
        "another": _another(appointment),
        "stage": stage_in_words(appointment.patient.pregnancy, local.date()),
        "from_here": max(local.date(), timezone.localdate()),
        "again": in_weeks(timezone.localdate()),
        "may_be_given": may_be_given(appointment, timezone.now()),
        "met": met,
        "outside": outside_there(request.seat, when) if when and when.is_bound else "",
        "mark": mark_of(warning_of(when, met)) if when and met else "",
        **(coming or wishes(request.POST, appointment)),
    }
    return render(request, "office/appointments/sheet.html", context, status=status)


def _tellings(appointment: Appointment, typed: dict[str, TellingForm]) -> dict[str, Any]:
    """For each act: what would leave, in words, and what she says about it."""
    return {
        action.value: told_to_whom(appointment, action, typed.get(action.value))
        for action in ACTS_THAT_TELL
    }


def _leaving(appointment: Appointment) -> str:
    """Of what has been done to it and not been told yet; nothing where nothing waits."""
    waiting = appointment.history.filter(announced=False)
    told = [will_be_told(entry) for entry in waiting]
    channels = {channel for channels in told for channel in channels}
    return in_words(sorted(channels)) if channels else ""


def met_there(request: OfficeRequest, when: ChangeForm) -> list[str]:
    start, was = when.start(), when.was
    end = when.end() or start + lasting(was, when.cleaned_data["type"])
    who = when.cleaned_data["practitioner"] or was.practitioner
    now = timezone.now()
    type = when.cleaned_data["type"]
    rooms = may_take(was, type)
    site = site_there(was, start, who, type, when.place) if rooms else None
    return what_stands(
        request.seat, who, start, end, now=now, patient=was.patient, but=was, rooms=rooms, site=site
    )


def warning_of(when: ChangeForm, met: list[str]) -> list[object]:
    """What stands there says its hours only: the day and with whom are of the warning too."""
    practitioner = when.cleaned_data["practitioner"] or when.was.practitioner
    return [*met, when.start(), when.end(), practitioner.pk]


def _instead(appointment: Appointment, there: str) -> str:
    """Where it goes, and where it was. ``there``: in words, or to be filled in as it is chosen."""
    local = timezone.localtime(appointment.start)
    return _("%(there)s, instead of %(day)s at %(time)s") % {
        "there": there,
        "day": weekday_date(local),
        "time": clock(local),
    }


def _moved_to(appointment: Appointment, when: ChangeForm) -> str:
    """Of the form as it stands; empty where it says no time, or the one that it has."""
    day, at = (str(when[name].value()) for name in ("date", "time"))
    there = read_wall(f"{day}T{at[:5]}", appointment.practice.zone)
    if there is None or there == appointment.start:
        return ""
    words = _("{day} at {time}").format(day=weekday_date(there), time=clock(there))
    return _instead(appointment, words)


def _another(appointment: Appointment) -> str:
    """Where one more is noted: of the same patient, type and practitioner, from that day on."""
    like = {
        "patient": appointment.patient_id,
        "type": appointment.type.pk,
        "practitioner": appointment.practitioner.pk,
    }
    return f"{reverse('office:new_appointment')}?{urlencode(like)}"


def _absence_over(appointment: Appointment) -> Absence | None:
    """Hers to decide, and good to know: she noted it on a day off, or a calendar has taken it."""
    if appointment.status == Appointment.Status.CANCELLED or appointment.end <= timezone.now():
        return None
    met = {"start__lt": appointment.end, "end__gt": appointment.start}
    return appointment.practitioner.absences.filter(**met).first()
