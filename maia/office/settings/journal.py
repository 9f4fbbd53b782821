"""The journal of the practice: who did what. For the owner."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maia.office.access import OfficeRequest, owner_page
from maia.privacy.models import JournalEntry

PAGE = 50


@owner_page
@require_safe
def journal(request: OfficeRequest) -> HttpResponse:
    entries = JournalEntry.objects.filter(practice=request.seat.practice).select_related("patient")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "office/settings/journal.html", {"practice": request.seat.practice, "page": page}
    )
