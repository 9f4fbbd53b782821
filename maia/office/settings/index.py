"""The list of the settings."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from maia.office.access import OfficeRequest, settings_page


@settings_page
@require_safe
def index(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    team = practice.practitioners.filter(is_active=True)
    own = request.seat.practitioner
    context = {
        "practice": practice,
        "practitioners": sorted(
            (p for p in team if request.seat.may_change_settings_of(p)),
            key=lambda practitioner: practitioner != own,  # one's own first
        ),
    }
    return render(request, "office/settings/index.html", context)
