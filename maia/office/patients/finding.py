"""Patients: found while she is on the phone, listed, taken out as a list."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts import short_memory
from maia.office.access import (
    OfficeRequest,
    office,
    only_reads,
    settings_page,
)
from maia.office.again import asked_again
from maia.patients.spreadsheet import patients_csv
from maia.privacy.reading import find_records, read_records, take_out_records

SHOWN, PAGE, FOUND = 8, 50, 100


LOOKED_FOR = "patients_looked_for"  # in the session


@office
@require_POST
@only_reads
def search_as_typed(request: OfficeRequest) -> HttpResponse:
    """Posted: a name in an address would stand in every log on the way."""
    typed = request.POST.get("patient_search", "")
    found = find_records(request.seat, typed, SHOWN, now=timezone.now())
    return render(request, "office/patients/_found.html", {"found": found, "typed": typed.strip()})


@office
@require_http_methods(["GET", "HEAD", "POST"])
@only_reads
def patients(request: OfficeRequest) -> HttpResponse:
    """Everybody, page by page. What is looked for waits in the session for `found`."""
    if request.method == "POST":
        short_memory.keep(request.session, LOOKED_FOR, request.POST.get("q", "").strip()[:200])
        return redirect("office:patients_found")
    page = Paginator(read_records(request.seat, now=timezone.now()), PAGE)
    context = {"practice": request.seat.practice, "page": page.get_page(request.GET.get("page"))}
    return render(request, "office/patients/list.html", context)


@office
@require_safe
def patients_found(request: OfficeRequest) -> HttpResponse:
    typed = short_memory.recall(request.session, LOOKED_FOR)
    if not typed:
        return redirect("office:patients")
    rows = find_records(request.seat, typed, FOUND, now=timezone.now())
    page = Paginator(rows, FOUND).get_page(1)
    context = {"practice": request.seat.practice, "typed": typed, "page": page}
    return render(request, "office/patients/list.html", context)


@settings_page
@asked_again
@require_safe
def export_patients(request: OfficeRequest) -> HttpResponse:
    """All records, for who may change settings: it leaves the building."""
    records = take_out_records(request.seat, now=timezone.now())
    return HttpResponse(
        patients_csv(records.iterator(), notes=request.seat.reads_notes),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="patientes.csv"'},
    )
