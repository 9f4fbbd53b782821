"""Moving an appointment, or changing its type or practitioner: from the sheet's form, or from a drag."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By, patient_of
from maia.appointments.exceptions import BookingRefused, may_be_on_purpose
from maia.appointments.telling import Spot
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.coming import (
    coming_times,
    is_looking,
    taken_from,
)
from maia.office.appointments.done import Done, tell_done
from maia.office.appointments.dragging import UNDOABLE, is_json, said_of, seen_of
from maia.office.appointments.forms import ChangeForm, TellingForm
from maia.office.appointments.sheet import met_there, render_sheet, warning_of
from maia.office.fields.days import read_wall, unread_words
from maia.office.meant import as_meant, mark_of
from maia.privacy.reading import read_agenda

LONGEST = timedelta(hours=12)


@office
@require_POST
def move(request: OfficeRequest, pk: int) -> HttpResponse:
    """From the sheet's form, or from a drag in the agenda, which wants JSON."""
    appointment = get_appointment(request, pk)
    dragged = is_json(request)
    if is_looking(request):
        form = ChangeForm(initial=taken_from(request), appointment=appointment, seat=request.seat)
        coming = coming_times(request, request.POST, appointment)
        return render_sheet(request, appointment, when=form, coming=coming)
    form = ChangeForm(request.POST, appointment=appointment, seat=request.seat)
    telling = TellingForm(request.POST, auto_id="moving_%s")
    seen = seen_of(request)
    end = read_wall(request.POST.get("end", ""), request.seat.practice.zone)
    crooked = not form.is_valid() or seen < 0 or (end is None and bool(request.POST.get("end")))
    crooked = crooked or (end is not None and not _sane(form.start(), end))
    if crooked or not telling.is_valid():
        if dragged:
            return JsonResponse({"error": unread_words(form)}, status=422)
        wants_time = "time" in form.errors
        return render_sheet(
            request,
            appointment,
            when=form,
            coming=coming_times(request, request.POST, appointment) if wants_time else None,
            tellings={"moved": telling},
            status=422,
        )
    move_there = partial(
        move_appointment,
        appointment,
        form.start(),
        end=end or form.end(),
        practitioner=form.cleaned_data["practitioner"],
        type=form.cleaned_data["type"],
        place=form.place,
        by=By.practice(request.seat.user),
        now=timezone.now(),
        seen=seen,
        telling=replace(telling.telling(), wait=UNDOABLE),
    )
    try:
        moved = as_meant(
            request,
            "allow_overlap",
            move_there,
            lambda _refusal: warning_of(form, met_there(request, form)),
            appointment.practitioner,
            form.cleaned_data["practitioner"] or appointment.practitioner,
            holding=patient_of(appointment),
        )
    except BookingRefused as refusal:
        overlaps = may_be_on_purpose(refusal)
        if dragged:
            met = met_there(request, form) if overlaps else []
            mark = mark_of(warning_of(form, met)) if overlaps else ""
            words = refusals.words(refusal)
            answer = {"error": words, "overlaps": overlaps, "met": met, "mark": mark}
            return JsonResponse(answer, status=409)
        return render_sheet(
            request, appointment, None, refusal, when=form, tellings={"moved": telling}, status=409
        )
    if dragged:
        read_agenda(request.seat, now=timezone.now())  # the answer says her name
        return JsonResponse(said_of(moved))
    stood = Spot.of(moved).is_same(Spot.of(appointment))
    if stood:
        messages.success(request, _("Saved."))
    else:
        tell_done(request, moved, Done.MOVED)
    return redirect("office:sheet", pk)


def _sane(start: datetime, end: datetime) -> bool:
    return timedelta(0) < end - start <= LONGEST
