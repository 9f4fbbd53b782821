"""Patients: found while she is on the phone, listed, their records, merged, exported."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts import short_memory
from maia.invitations.inviting import InvitationRefused, invite_patient, withdraw
from maia.messaging.models import Message
from maia.office import refusals
from maia.office.access import (
    OfficeRequest,
    office,
    only_reads,
    settings_page,
    written_down,
)
from maia.office.again import asked_again
from maia.office.once import made_once, nothing_made
from maia.office.phones import FormWithPhone
from maia.patients.addresses import LENGTHS, one_line_of
from maia.patients.models import Patient
from maia.patients.phones import is_mobile
from maia.patients.search import search_patients
from maia.patients.spreadsheet import patients_csv
from maia.patients.text import clean_line, clean_text
from maia.patients.unmerging import last_merge
from maia.practices.seats import Seat
from maia.privacy.journal import Act
from maia.privacy.reading import find_records, open_record, read_records, take_out_records

SHOWN, PAGE, FOUND = 8, 50, 100
LOOKED_FOR = "patients_looked_for"  # in the session


class PatientForm(FormWithPhone):
    numbers: ClassVar[dict[str, Any]] = {
        "mobile": gettext_lazy("Phone"),
        "phone": gettext_lazy("Other phone"),
        "contact_phone": gettext_lazy("Phone of the person to call"),
    }

    class Meta:
        model = Patient
        fields = [
            "first_name",
            "last_name",
            "birth_name",
            "email",
            "contact_name",
            "external_id",
            "birth_date",
            *LENGTHS,
            "notes",
            "online_booking_barred",
        ]
        widgets = {
            "birth_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "notes": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not seat.reads_notes:  # neither shown nor saved
            del self.fields["notes"]

    def clean_first_name(self) -> str:
        return clean_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return clean_line(self.cleaned_data["last_name"])

    def clean_birth_name(self) -> str:
        return clean_line(self.cleaned_data["birth_name"])

    def clean_contact_name(self) -> str:
        return clean_line(self.cleaned_data["contact_name"])

    def clean_external_id(self) -> str:
        return clean_text(self.cleaned_data["external_id"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        return typed | {name: one_line_of(typed[name]) for name in LENGTHS if name in typed}

    def clean_notes(self) -> str:
        return clean_text(self.cleaned_data["notes"])


@office
@require_POST
@only_reads
def search(request: OfficeRequest) -> HttpResponse:
    """Posted: a name in an address would stand in every log on the way."""
    typed = request.POST.get("patient_search", "")
    found = find_records(request.seat, typed, SHOWN, now=timezone.now())
    return render(request, "office/_patients_found.html", {"found": found, "typed": typed.strip()})


@office
@require_http_methods(["GET", "HEAD", "POST"])
@only_reads
def patients(request: OfficeRequest) -> HttpResponse:
    """Everybody, page by page. What is looked for waits in the session for `found`."""
    if request.method == "POST":
        short_memory.keep(request.session, LOOKED_FOR, request.POST.get("q", "").strip()[:200])
        return redirect("office:found")
    page = Paginator(read_records(request.seat, now=timezone.now()), PAGE)
    context = {"practice": request.seat.practice, "page": page.get_page(request.GET.get("page"))}
    return render(request, "office/patients.html", context)


@office
@require_safe
def found(request: OfficeRequest) -> HttpResponse:
    typed = short_memory.recall(request.session, LOOKED_FOR)
    if not typed:
        return redirect("office:patients")
    rows = find_records(request.seat, typed, FOUND, now=timezone.now())
    page = Paginator(rows, FOUND).get_page(1)
    context = {"practice": request.seat.practice, "typed": typed, "page": page}
    return render(request, "office/patients.html", context)


@office
@require_http_methods(["GET", "HEAD", "POST"])
def patient(request: OfficeRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(request.seat.practice.patients, pk=pk)
    if record.erased_at is not None:
        gone = {"practice": request.seat.practice, "record": record}
        return render(request, "office/erased.html", gone, status=410)
    form = PatientForm(request.POST or None, instance=record, seat=request.seat)
    if form.is_valid():
        form.save()
        written_down(request, Act.CHANGED, patient=record, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:patient", pk)
    now = timezone.now()
    open_record(request.seat, record, now=now)
    hers = record.appointments.with_details()
    ahead = hers.upcoming(now)
    context = {
        "practice": request.seat.practice,
        "record": Patient.objects.get(pk=pk),  # as it is, not as it is being typed
        "form": form,
        "ahead": ahead,
        "behind": hers.exclude(pk__in=ahead.values("pk")).order_by("-event__start")[:50],
        "messages_sent": Message.objects.filter(patient=record).order_by("-id")[:20],
        "invitation": record.invitations.waiting().first(),
        "now": now,
        "gets_sms": bool(record.mobile) and is_mobile(str(record.mobile)),
        "others": _alike(record),
        "merge": last_merge(record, now) if request.seat.may_change_settings else None,
        "journal": record.journal.all()[:20] if request.seat.may_change_practice else None,
    }
    return render(request, "office/patient.html", context, status=422 if form.is_bound else 200)


@office
@require_POST
@made_once
def invite(request: OfficeRequest, pk: int) -> HttpResponse:
    """Sends an invitation, or the same again."""
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    try:
        invite_patient(record, by=request.seat.user, now=timezone.now())
    except InvitationRefused as refusal:
        messages.error(request, refusals.invitation_words(refusal))
        return nothing_made(redirect("office:patient", pk))
    written_down(request, Act.INVITED, patient=record)
    messages.success(request, _("The invitation is on its way."))
    return redirect("office:patient", pk)


@office
@require_POST
def withdraw_invitation(request: OfficeRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    for invitation in record.invitations.waiting():
        withdraw(invitation, now=timezone.now())
        written_down(request, Act.WITHDRAWN, patient=record)
    messages.success(request, _("The link of the invitation does not work any more."))
    return redirect("office:patient", pk)


@settings_page
@asked_again
@require_safe
def export(request: OfficeRequest) -> HttpResponse:
    """All records, for who may change settings: it leaves the building."""
    records = take_out_records(request.seat, now=timezone.now())
    return HttpResponse(
        patients_csv(records.iterator(), notes=request.seat.reads_notes),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="patientes.csv"'},
    )


def _alike(record: Patient) -> list[Patient]:
    """Records that may be the same person: the same name, address or number."""
    kept = Patient.objects.kept().filter(practice=record.practice).exclude(pk=record.pk)
    today = timezone.localdate()
    found = search_patients(record.practice, record.name, SHOWN + 1, today=today)
    if record.email:
        found += kept.filter(email=record.email)[:SHOWN]
    if record.mobile:
        found += kept.filter(mobile=record.mobile)[:SHOWN]
    return list({other.pk: other for other in found if other.pk != record.pk}.values())
