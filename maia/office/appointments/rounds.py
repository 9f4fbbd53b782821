"""*Tournée*: the visits at home of one day, in order, with what finds the door (rule 3.8.11). For a phone or a sheet of
paper; no address leaves for anywhere: a map is a link that she follows or not."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.appointments.listing import Wanted, listed
from maia.appointments.models import Appointment
from maia.appointments.places import Reader, place_of
from maia.office.access import OfficeRequest, office
from maia.office.fields.days import read_day
from maia.practices.models import PlaceKind
from maia.privacy.reading import read_agenda

MOST_OF_A_DAY = 60


@office
@require_safe
def home_visits(request: OfficeRequest) -> HttpResponse:
    """Of one practitioner: whom the address names, else oneself, else the first of the practice."""
    practice, today = request.seat.practice, timezone.localdate()
    team = list(request.seat.practitioners.filter(is_active=True))
    named = parse_id(request.GET.get("practitioner", ""))
    asked = next((one for one in team if one.pk == named), None)
    own = request.seat.practitioner
    practitioner = asked or (own if own in team else next(iter(team), None))
    day = read_day(request.GET.get("date", "")) or today
    rows = read_agenda(request.seat, now=timezone.now())
    visits = listed(rows, Wanted(day, day, practitioner), practice).filter(
        event__type__place=PlaceKind.HOME
    )
    standing = visits.exclude(status=Appointment.Status.CANCELLED)[:MOST_OF_A_DAY]
    context = {
        "practice": practice,
        "practitioner": practitioner,
        "team": team,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "visits": [(visit, place_of(visit, Reader.PRACTICE)) for visit in standing],
    }
    return render(request, "office/appointments/round.html", context)
