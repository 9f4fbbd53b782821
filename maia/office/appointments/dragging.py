"""What can be done about a move for a while: undone, or left untold; and what the agenda says of a drag."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.accounts.ids import parse_id
from maia.appointments.acts.moving import leave_untold, undo_move
from maia.appointments.agenda import By
from maia.appointments.exceptions import BookingRefused, SlotTaken
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_how_long
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.done import Done, done_words
from maia.privacy.reading import read_agenda

UNDOABLE = timedelta(seconds=20)  # after a move nothing leaves before


@office
@require_POST
def undo(request: OfficeRequest, pk: int) -> HttpResponse:
    """Takes back a move, from the sheet or from what the agenda said of a drag; or, ``quiet``, what would
    be told of it. In JSON for the agenda."""
    appointment = get_appointment(request, pk)
    dragged = is_json(request)
    if "quiet" in request.POST:
        return _leave_untold(request, appointment)
    by, now = By.practice(request.seat.user), timezone.now()
    try:
        back = undo_move(appointment, by=by, now=now, seen=seen_of(request), wait=UNDOABLE)
    except BookingRefused as refusal:
        words = refusals.words(refusal)
        if isinstance(refusal, SlotTaken):
            words = _("Its old time has been taken meanwhile: the appointment stays where it is.")
        if dragged:
            return JsonResponse({"error": words}, status=409)
        messages.error(request, words)
        return redirect("office:sheet", pk)
    if not dragged:
        messages.success(request, _("The move is undone."))
        return redirect("office:sheet", pk)
    read_agenda(request.seat, now=timezone.now())
    said = said_of(back, _("The move is undone."))
    return JsonResponse({"version": said["version"], "said": said["said"]})


def _leave_untold(request: OfficeRequest, appointment: Appointment) -> HttpResponse:
    try:
        kept = leave_untold(appointment, seen=seen_of(request))
    except BookingRefused:
        words = _("The message has left already, or the appointment has changed meanwhile.")
        return JsonResponse({"error": words}, status=409)
    return JsonResponse({"version": kept.version, "said": _("The patient is not told.")})


def said_of(moved: Appointment, done: str = "") -> dict[str, Any]:
    """What the agenda shows after a drag: what was done (with whom and when, if not given), and what
    leaves of it."""
    done = done or done_words(moved, Done.MOVED)
    last = moved.history.filter(action=HistoryEntry.Action.MOVED).last()
    if last is None or last.made_version != moved.version:  # dropped where it stood
        return {"version": moved.version, "said": ""}
    last.appointment = moved
    undo = reverse("office:undo_move", args=[moved.pk])
    said = f"{done} {in_how_long(last)}"
    return {"version": moved.version, "said": said, "undo": undo, "tells": last.tells}


def is_json(request: OfficeRequest) -> bool:
    """Whether the agenda's script asks, not a page's form."""
    return request.headers.get("Accept") == "application/json"


def seen_of(request: OfficeRequest) -> int:
    """The version on the page that she acts from; -1, that of no page, if it does not say."""
    typed = request.POST.get("version", "")
    version = parse_id(typed)
    return -1 if version is None else version
