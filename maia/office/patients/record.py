"""A patient’s record: read, corrected, with her appointments and messages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.appointments.pathway import pathway_of_record
from maia.office.access import (
    OfficeRequest,
    office,
    written_down,
)
from maia.office.fields.kept_form import in_turn
from maia.office.patients.finding import SHOWN
from maia.office.patients.forms import PatientForm
from maia.office.patients.sharing import NAMED
from maia.patients.models import Patient
from maia.patients.phones import is_mobile
from maia.patients.stages import stage_in_words
from maia.patients.unmerging import last_merge
from maia.practices.held import hold
from maia.privacy.journal import Act, last_correction
from maia.privacy.reading import (
    appointments_of,
    look_alike,
    messages_of,
    open_record,
    records_of,
    sharing_with,
)

SHOWN_DETAILS = (
    "birth_name", "birth_date", "due_date", "child_birth_date", "mobile", "phone", "email", "street", "city", "contact_name",
    "own_practitioner_id", "notes",
)  # fmt: skip


@office
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def patient(request: OfficeRequest, pk: int) -> HttpResponse:
    record: Patient = get_object_or_404(records_of(request.seat), pk=pk)
    if request.method == "POST":
        hold(record)  # she may be erased at this moment
    if record.erased_at is not None:
        gone = {"practice": request.seat.practice, "record": record}
        return render(request, "office/patients/erased.html", gone, status=410)
    form = PatientForm(request.POST or None, instance=record, seat=request.seat)
    if form.is_valid():
        form.save()
        written_down(request, Act.CHANGED, patient=record, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:patient", pk)
    now = timezone.now()
    open_record(request.seat, record, now=now)
    appointments = appointments_of(request.seat).filter(patient=record)
    ahead = appointments.upcoming(now)
    context = {
        "practice": request.seat.practice,
        "pathway": pathway_of_record(record, now=now, appointments=appointments),
        "record": Patient.objects.get(pk=pk),  # as it is, not as it is being typed
        "form": form,
        "numbers": [number for number in (record.mobile, record.phone) if number],
        "has_details": any(getattr(record, name) for name in SHOWN_DETAILS),
        "ahead": ahead,
        "behind": appointments.exclude(pk__in=ahead.values("pk")).order_by("-event__start")[:50],
        "messages_sent": messages_of(request.seat, record).order_by("-id")[:20],
        "invitation": record.invitations.waiting().first(),
        "now": now,
        "stage": stage_in_words(record.pregnancy, timezone.localdate(now)),
        "correction": last_correction(record),
        "gets_sms": bool(record.mobile) and is_mobile(str(record.mobile)),
        "sharing": sharing_with(request.seat, record, record.email)[:NAMED],
        "others": look_alike(request.seat, record, SHOWN, now=now),
        "merge": last_merge(record, now) if request.seat.may_change_settings else None,
        "journal": record.journal.all()[:20] if request.seat.may_change_practice else None,
    }
    return render(
        request, "office/patients/patient.html", context, status=422 if form.is_bound else 200
    )
