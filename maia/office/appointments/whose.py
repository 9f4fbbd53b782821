"""Noted for the wrong person: another patient is looked for, and the appointment is hers."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.accounts.ids import parse_id
from maia.accounts.limits import TooOften
from maia.appointments.agenda import TOLD, By, patient_of
from maia.appointments.exceptions import BookingRefused, PatientBusy, may_be_on_purpose
from maia.appointments.whose import give_to, may_be_given
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office
from maia.office.appointments.forms import TellingForm
from maia.office.appointments.tellings import told_of_correction
from maia.office.meant import as_meant, mark_of
from maia.office.patients.finding import SHOWN
from maia.patients.models import Patient
from maia.privacy.reading import find_records, open_record, records_of


@office
@require_http_methods(["GET", "HEAD", "POST"])
def correct_patient(request: OfficeRequest, pk: int) -> HttpResponse:
    """1. Names are typed and found; 2. one of them is chosen, with what is told to whom."""
    appointment, now = get_appointment(request, pk), timezone.now()
    typed = request.POST.get("patient_search", "")[:100]
    form = TellingForm(request.POST if "telling_shown" in request.POST else None)
    context: dict[str, Any] = {"typed": typed, "found": [], "looked": bool(typed)}
    status = 200
    if not may_be_given(appointment, now):
        return redirect("office:sheet", pk)
    chosen = request.POST.get("patient", "")
    if chosen and (form.is_valid() or not form.is_bound):
        records = records_of(request.seat).kept()
        patient = records.filter(pk=parse_id(chosen) or 0).first()
        seen = parse_id(request.POST.get("version", ""))
        if patient is None:
            context["refusal"], status = _("Choose one of the patients that were found."), 422
        else:
            give = partial(
                give_to,
                appointment,
                patient,
                by=By.practice(request.seat.user),
                now=now,
                seen=-1 if seen is None else seen,
                telling=form.telling() if form.is_bound else TOLD,
            )
            try:
                as_meant(
                    request,
                    "allow_overlap",
                    give,
                    partial(_warning, patient),
                    appointment.practitioner,
                    holding=[patient_of(appointment), patient],
                )
            except BookingRefused as refusal:
                context |= {
                    "refusal": refusals.words(refusal),
                    "overlaps": may_be_on_purpose(refusal),
                    "chosen": patient.pk,
                }
                if isinstance(refusal, PatientBusy):
                    context["mark"] = mark_of(_warning(patient, refusal))
                status = 409
            else:
                messages.success(request, _("The patient is corrected."))
                return redirect("office:sheet", pk)
    open_record(request.seat, appointment.patient, now=now)
    if form.errors:
        status = 422
    try:
        context["found"] = [
            one
            for one in find_records(request.seat, typed, SHOWN, now=now)
            if one.pk != appointment.patient_id
        ]
    except TooOften as limited:
        context["too_often"], status = refusals.too_often_words(limited), 429
    context |= {
        "practice": request.seat.practice,
        "appointment": appointment,
        "telling": told_of_correction(appointment, form),
        "form": form,
    }
    return render(request, "office/appointments/whose.html", context, status=status)


def _warning(patient: Patient, refusal: BookingRefused) -> list[object]:
    """What she has then, as it is now."""
    if not isinstance(refusal, PatientBusy):
        return []
    has = refusal.appointment
    return [patient.pk, has.pk, has.start, has.end]
