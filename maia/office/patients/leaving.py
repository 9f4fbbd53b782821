"""One record handed out to the patient, or erased."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from maia.accounts.ids import parse_id
from maia.appointments.acts.cancelling import cancel_several
from maia.appointments.agenda import By
from maia.appointments.exceptions import BookingRefused
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import counted_in_words, will_be_told
from maia.messaging.models import Message
from maia.office import refusals
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.appointments.forms import TellingForm
from maia.office.appointments.tellings import told_to_whom
from maia.patients.models import Patient
from maia.privacy.erasing import CannotErase, erase_patient
from maia.privacy.journal import Act
from maia.privacy.models import terms_of
from maia.privacy.reading import open_record, take_out_record


@owner_page
@asked_again
@require_safe
def hand_out(request: OfficeRequest, pk: int) -> HttpResponse:
    """All that Maia knows of a patient, for her who asked."""
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    answer = JsonResponse(
        take_out_record(request.seat, record, now=timezone.now()),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    answer["Content-Disposition"] = 'attachment; filename="dossier.json"'
    return answer


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: OfficeRequest, pk: int) -> HttpResponse:
    """Appointments to come are cancelled first, all at once, on the same page: what is written to the
    patient of it leaves before her address goes."""
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    now = timezone.now()
    open_record(request.seat, record, now=now)
    # A request whose start has come ends by itself.
    ahead = list(record.appointments.with_details().upcoming(now).not_expired(now))
    refused, telling = "", None
    if "cancel" in request.POST:
        telling = TellingForm(request.POST)
        refused = _cancel_all(request, ahead, telling, now)
        if not refused and telling.is_valid():
            if ahead:
                messages.success(request, _said(len(ahead)))
            return redirect("office:erase", pk)
    elif request.method == "POST":
        if "understood" not in request.POST:
            refused = _("Tick the box: what is erased does not come back.")
        else:
            try:
                erase_patient(record, now=now)
            except CannotErase:
                refused = _("There are appointments to come: cancel them first.")
            else:
                written_down(request, Act.ERASED, patient=record)
                messages.success(request, _("The record is erased."))
                return redirect("office:patients")
    context = {
        "practice": request.seat.practice,
        "record": record,
        "ahead": ahead,
        "telling": _telling(ahead, telling) if ahead else None,
        "leaving": _cancellations_to_leave(record),
        "years": terms_of(request.seat.practice).records_years,
        "refused": refused,
    }
    status = 422 if refused or telling is not None else 200
    return render(request, "office/patients/erase.html", context, status=status)


def _said(count: int) -> str:
    words = ngettext(
        "The appointment is cancelled.", "The %(count)d appointments are cancelled.", count
    )
    return words % {"count": count}


def _cancel_all(
    request: OfficeRequest, ahead: list[Appointment], typed: TellingForm, now: datetime
) -> str:
    """If they are those that the page showed, as it showed them; why not, in words."""
    if not typed.is_valid():
        return ""
    seen = dict(one.split(":", 1) for one in request.POST.getlist("shown") if ":" in one)
    versions = [(one, parse_id(seen.get(str(one.pk)))) for one in ahead]
    # What was booked meanwhile was not shown: of no version.
    shown = [(one, -1 if version is None else version) for one, version in versions]
    by = By.practice(request.seat.user)
    try:
        cancel_several(shown, by=by, now=now, telling=typed.telling())
    except BookingRefused as refusal:
        return refusals.words(refusal)
    return ""


def _telling(ahead: list[Appointment], typed: TellingForm | None) -> dict[str, Any]:
    """Of the first that she would be told of: of a request, other channels may be."""
    told = [told_to_whom(one, HistoryEntry.Action.CANCELLED, typed) for one in ahead]
    shown = next((one for one in told if one["channels"]), told[0])
    channels = [one["channels"] for one in told]
    return shown | {"said": counted_in_words(channels, ahead[0].patient)}


def _cancellations_to_leave(record: Patient) -> int:
    """How many messages erasing now would stop: those that wait, and those of what was just done."""
    waits = [Message.Status.QUEUED, Message.Status.SENDING]
    to_her = record.messages.filter(recipient=Message.Recipient.PATIENT)
    queued = to_her.filter(kind=Message.Kind.CANCELLED, status__in=waits).count()
    done = HistoryEntry.objects.filter(
        appointment__patient=record, action=HistoryEntry.Action.CANCELLED, announced=False
    ).select_related("appointment__patient", "appointment__event__practitioner__practice")
    return int(queued) + sum(len(will_be_told(entry)) for entry in done)
