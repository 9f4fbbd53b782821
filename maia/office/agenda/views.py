"""The agenda's page. What its calendar draws is in `events`."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from maia.office.access import CHOSEN, OfficeRequest, office, only_reads
from maia.office.agenda.checklist import checklist
from maia.office.menu import problems_of
from maia.privacy.reading import read_agenda
from maia.schedules.models import AppointmentType


@office
@require_safe
def agenda(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    read_agenda(request.seat, now=timezone.now())  # what its calendar asks for next
    practitioners = list(practice.practitioners.filter(is_active=True))
    mine = request.seat.practitioner
    return render(
        request,
        "office/agenda/agenda.html",
        {
            "practice": practice,
            "practitioners": practitioners,
            "mine": mine,
            "checklist": checklist(request.seat),
            "problems": problems_of(request.seat),
            "types": AppointmentType.objects.filter(practice=practice, archived=False),
            "config": {
                "events": reverse("office:events"),
                "new": reverse("office:new_appointment"),
                "resources": [{"id": p.pk, "title": p.name} for p in practitioners],
                "now": _wall(timezone.now()),
                "offset": f"{timezone.localtime():%z}"[:3]
                + ":"
                + f"{timezone.localtime():%z}"[3:5],
            },
        },
    )


@office
@require_POST
@only_reads
def choose_practice(request: OfficeRequest, pk: int) -> HttpResponse:
    if any(place.practice_id == pk for place in request.memberships):
        request.session[CHOSEN] = pk
    return redirect("office:agenda")


def _wall(instant: datetime) -> str:
    """The practice's wall clock, without offset: the calendar shows it as it is."""
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M:%S")
