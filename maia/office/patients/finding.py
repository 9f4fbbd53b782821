"""Patients: found while she is on the phone, listed, taken out as a list."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts import short_memory
from maia.appointments.visits import Visits, visits_of
from maia.office.access import (
    OfficeRequest,
    office,
    only_reads,
    settings_page,
)
from maia.office.again import asked_again
from maia.patients.spreadsheet import patients_csv
from maia.privacy.reading import appointments_of, find_records, read_records, take_out_records

SHOWN, PAGE, FOUND = 8, 50, 100


LOOKED_FOR, NEW = "patients_looked_for", "patient_to_make"  # in the session


@office
@require_POST
@only_reads
def search_as_typed(request: OfficeRequest) -> HttpResponse:
    """Posted: a name in an address would stand in every log on the way."""
    typed = request.POST.get("patient_search", "")
    found = find_records(request.seat, typed, SHOWN, now=timezone.now())
    context = {
        "found": found,
        "said": _how_many(len(found)),
        "typed": typed.strip(),
        "named": named(typed),
    }
    return render(request, "office/patients/_options.html", context)


def named(typed: str) -> dict[str, str]:
    """What was looked for, as the fields of a new record: an address, a number, or a first name and
    all the rest."""
    typed = " ".join(typed.split())
    if "@" in typed:
        return {"email": typed}
    if any(letter.isdigit() for letter in typed):
        return {"mobile": typed}
    first, _, last = typed.partition(" ")
    return {"first_name": first, "last_name": last}


def _how_many(count: int) -> str:
    """What is heard of them, instead of each name."""
    words = ngettext("%(count)d patient found", "%(count)d patients found", count)
    return words % {"count": count} if count else _("Nobody found")


@office
@require_http_methods(["GET", "HEAD", "POST"])
@only_reads
def patients(request: OfficeRequest) -> HttpResponse:
    """Everybody, page by page. What is looked for waits for `found`, and ``new`` for the form of a new
    record, in no address; while it is being typed, the page asks for its list alone."""
    typed = request.POST.get("q", "").strip()[:200]
    if request.method == "POST" and "HX-Request" in request.headers:
        return _as_typed(request, typed)
    if "new" in request.POST:
        short_memory.keep(request.session, NEW, named(typed))
        return redirect("office:new_patient")
    if request.method == "POST":
        short_memory.keep(request.session, LOOKED_FOR, typed)
        return redirect("office:patients_found")
    return render(request, "office/patients/list.html", _everybody(request))


@office
@require_safe
def patients_found(request: OfficeRequest) -> HttpResponse:
    typed = short_memory.recall(request.session, LOOKED_FOR)
    if not typed:
        return redirect("office:patients")
    rows = find_records(request.seat, typed, FOUND, now=timezone.now())
    return render(request, "office/patients/list.html", _listed(request, rows, FOUND, typed))


def _as_typed(request: OfficeRequest, typed: str) -> HttpResponse:
    if not typed:
        context = _everybody(request)
    else:
        rows = find_records(request.seat, typed, PAGE, now=timezone.now())
        context = _listed(request, rows, PAGE, typed)
    context["said"] = _how_many(context["page"].paginator.count)
    return render(request, "office/patients/_list.html", context)


def _everybody(request: OfficeRequest) -> dict[str, Any]:
    return _listed(request, read_records(request.seat, now=timezone.now()), PAGE)


def _listed(request: OfficeRequest, rows: Any, size: int, typed: str = "") -> dict[str, Any]:
    """A page of records, each with her last and her next visit."""
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    visits = visits_of(
        [record.pk for record in page], timezone.now(), among=appointments_of(request.seat)
    )
    return {
        "practice": request.seat.practice,
        "typed": typed,
        "page": page,
        "rows": [(record, visits.get(record.pk, Visits())) for record in page],
    }


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
