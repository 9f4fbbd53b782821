"""Finding a patient while she is on the phone: three letters of her name, number or address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maia.office.access import OfficeRequest, office
from maia.patients.search import search_patients

SHOWN = 8


@office
@require_safe
def search(request: OfficeRequest) -> HttpResponse:
    typed = request.GET.get("patient_search", "")
    found = search_patients(request.seat.practice, typed, SHOWN)
    return render(request, "office/_patients_found.html", {"found": found, "typed": typed.strip()})
