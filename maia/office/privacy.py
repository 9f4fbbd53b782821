"""Patients' data, for who answers for it: terms, the journal, one record handed out or erased."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.kept_form import KeptRowForm
from maia.practices.models import Practice
from maia.privacy.erasing import CannotErase, erase_patient
from maia.privacy.journal import Act
from maia.privacy.models import JournalEntry, Terms, terms_of
from maia.privacy.reading import open_record, take_out_record

PAGE = 50


class TermsForm(KeptRowForm):
    notes_for_practitioners = forms.BooleanField(
        label=gettext_lazy("Notes are for practitioners only"),
        required=False,
        help_text=gettext_lazy(
            "Assistants neither read nor write the notes of records and of appointments."
        ),
    )

    class Meta:
        model = Terms
        fields = ["records_years", "messages_months", "journal_months", "notice"]
        widgets = {"notice": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        practice = self.instance.practice
        self.initial["notes_for_practitioners"] = practice.notes_for_practitioners

    def save(self, commit: bool = True) -> Any:
        practice = Practice.objects.filter(pk=self.instance.practice.pk)
        with transaction.atomic():
            if "notes_for_practitioners" in self.changed_data:
                wanted = self.cleaned_data["notes_for_practitioners"]
                practice.update(notes_for_practitioners=wanted)
            return super().save(commit)


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    form = TermsForm(request.POST or None, instance=terms_of(practice))
    if form.is_valid():
        form.save()
        written_down(request, Act.SETTINGS, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:privacy")
    context = {"practice": practice, "form": form}
    return render(request, "office/privacy.html", context, status=422 if form.is_bound else 200)


@owner_page
@require_safe
def journal(request: OfficeRequest) -> HttpResponse:
    entries = JournalEntry.objects.filter(practice=request.seat.practice).select_related("patient")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(request, "office/journal.html", {"practice": request.seat.practice, "page": page})


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
    record = get_object_or_404(request.seat.practice.patients.kept(), pk=pk)
    now = timezone.now()
    open_record(request.seat, record, now=now)
    ahead = record.appointments.with_details().upcoming(now)
    refused = ""
    if request.method == "POST":
        if "understood" not in request.POST:
            refused = _("Tick the box: what is erased does not come back.")
        else:
            try:
                erase_patient(record, now=now)
            except CannotErase:
                refused = _("She has appointments to come: cancel them first.")
            else:
                written_down(request, Act.ERASED, patient=record)
                messages.success(request, _("The record is erased."))
                return redirect("office:patients")
    context = {
        "practice": request.seat.practice,
        "record": record,
        "ahead": ahead,
        "years": terms_of(request.seat.practice).records_years,
        "refused": refused,
    }
    return render(request, "office/erase.html", context, status=422 if refused else 200)
