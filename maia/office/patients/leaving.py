"""One record handed out to the patient, or erased."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
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
                refused = _("There are appointments to come: cancel them first.")
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
    return render(request, "office/patients/erase.html", context, status=422 if refused else 200)
