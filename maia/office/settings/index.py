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
    changeable = [p for p in team if request.seat.may_change_settings_of(p)]
    own = request.seat.practitioner
    context = {
        "practice": practice,
        "own": own if own in changeable else None,
        "colleagues": [p for p in changeable if p != own],
    }
    return render(request, "office/settings/index.html", context)
