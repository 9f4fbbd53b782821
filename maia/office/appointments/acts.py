"""The sheet's short acts: cancel, confirm, set back to be confirmed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment, unconfirm_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import BookingRefused
from maia.appointments.models import HistoryEntry
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.done import Done, tell_done
from maia.office.appointments.dragging import seen_of
from maia.office.appointments.forms import TellingForm
from maia.office.appointments.sheet import render_sheet


@office
@require_POST
def cancel(request: OfficeRequest, pk: int) -> HttpResponse:
    return _act(request, pk, Done.CANCELLED, cancel_appointment, HistoryEntry.Action.CANCELLED)


@office
@require_POST
def confirm(request: OfficeRequest, pk: int) -> HttpResponse:
    return _act(request, pk, Done.CONFIRMED, confirm_appointment, HistoryEntry.Action.CONFIRMED)


@office
@require_POST
def unconfirm(request: OfficeRequest, pk: int) -> HttpResponse:
    return _act(request, pk, Done.UNCONFIRMED, unconfirm_appointment)


def _act(
    request: OfficeRequest,
    pk: int,
    done: Done,
    act: Callable[..., Any],
    action: HistoryEntry.Action | None = None,
) -> HttpResponse:
    """``action``: as what the patient is told of it; None for what she is not."""
    appointment = get_appointment(request, pk)
    how: dict[str, Any] = {"seen": seen_of(request)}
    tellings = {}
    if action is not None:
        form = TellingForm(request.POST, auto_id=f"{action}_%s")
        tellings = {action.value: form}
        if not form.is_valid():
            return render_sheet(request, appointment, tellings=tellings, status=422)
        how["telling"] = form.telling()
    try:
        act(appointment, by=By.practice(request.seat.user), now=timezone.now(), **how)
    except BookingRefused as refusal:
        return render_sheet(request, appointment, None, refusal, tellings=tellings, status=409)
    tell_done(request, appointment, done)
    return redirect("office:sheet", pk)
