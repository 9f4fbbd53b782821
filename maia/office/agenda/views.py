"""The agenda's page. What its calendar draws is in `events`, `closed` and `month`."""

from datetime import datetime, time
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maia.office import panel
from maia.office.access import CHOSEN, OfficeRequest, office, only_reads
from maia.office.agenda.at_first import lines_of
from maia.office.agenda.checklist import checklist
from maia.office.agenda.events import addresses, drawn, mark_words
from maia.office.agenda.place import EVERYBODY, VIEWS, Place, read_place
from maia.office.agenda.plain import plain_of
from maia.office.agenda.reading import read_agendas
from maia.office.agenda.walls import wall
from maia.office.agenda.wanted import Wanted
from maia.office.menu import problems_of
from maia.practices.models import Membership, Practitioner
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda
from maia.schedules.models import AppointmentType


@office
@require_safe
def agenda(request: OfficeRequest) -> HttpResponse:
    """With what its first calendar draws: a week is read at once, not by a second request."""
    seat, now = request.seat, timezone.now()
    read_agenda(seat, now=now)
    team = list(seat.practitioners)
    practitioners = [p for p in team if p.is_active]
    mine = next((p for p in practitioners if p.user_id == seat.user.pk), None)
    types = list(AppointmentType.objects.filter(practice=seat.practice, archived=False))
    place = read_place(
        request.GET,
        today=timezone.localdate(now),
        practitioners=[p.pk for p in practitioners],
        types=[type.pk for type in types],
    )
    steps = checklist(seat, mine or next(iter(practitioners), None))
    drawn_first = _first_drawn(seat, place, team, mine)
    usual = next((p.pk for p in (mine, *practitioners) if p), None)
    context = {
        "practice": seat.practice,
        "practitioners": practitioners,
        "mine": mine,
        "place": place,
        "views": _views(practitioners),
        "checklist": steps,
        "steps_needed_done": all(step.done for step in steps if step.needed),
        "steps_done": sum(step.done for step in steps),
        "problems": problems_of(request),
        "types": types,
        "marks": mark_words(),
        "lines": lines_of(drawn_first["first"]["rows"], place, usual) if drawn_first else [],
        "plain": plain_of(
            place,
            drawn_first["first"]["rows"] if drawn_first else None,
            practitioners,
            mine.pk if mine else None,
            timezone.localdate(now),
        ),
        "config": _config(seat, place, practitioners, mine, now) | drawn_first,
    }
    return render(request, "office/agenda/agenda.html", context)


@office
@require_POST
@only_reads
def choose_practice(request: OfficeRequest, pk: int) -> HttpResponse:
    if any(place.practice_id == pk for place in request.memberships):
        request.session[CHOSEN] = pk
    return redirect("office:agenda")


def _views(practitioners: list[Practitioner]) -> list[tuple[str, str, str]]:
    """Each with its words and its key; the team's for those who are several."""
    words = {
        "day": (_("Day"), "d"),
        "3days": (_("3 days"), "3"),
        "week": (_("Week"), "w"),
        "month": (_("Month"), "m"),
        "list": (_("List"), "l"),
        "team": (_("Team"), "e"),
    }
    return [(view, *words[view]) for view in VIEWS if view != "team" or len(practitioners) > 1]


def _config(
    seat: Seat,
    place: Place,
    practitioners: list[Practitioner],
    mine: Practitioner | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        "agenda": reverse("office:agenda"),
        "events": reverse("office:events"),
        "news": reverse("office:news"),
        "new": reverse("office:new_appointment"),
        "patients": reverse("office:patients"),
        "pages": addresses(),
        "panel": panel.addresses(),
        "resources": [{"id": p.pk, "title": p.name} for p in practitioners],
        "mine": mine.pk if mine else None,
        "isAssistant": seat.role == Membership.Role.ASSISTANT,
        "marks": mark_words(),
        "now": wall(now),
        "offset": f"{timezone.localtime(now):%z}"[:3] + ":" + f"{timezone.localtime(now):%z}"[3:5],
        "place": {
            "date": place.day.isoformat() if place.is_dated else "",
            "view": place.view,
            "practitioner": place.practitioner,
            "type": place.type,
            "status": place.status,
            "way": place.way,
        },
    }


def _first_drawn(
    seat: Seat, place: Place, team: list[Practitioner], mine: Practitioner | None
) -> dict[str, Any]:
    """``first``: the rows of the place's days, of whom it shows; nothing of a month, which is asked."""
    if place.view == "month":
        return {}
    of_all = place.practitioner == EVERYBODY or place.view == "team"
    chosen = place.practitioner or (str(mine.pk) if mine else "")
    if not place.view and not mine:  # one practitioner's day on a phone, the team's on a computer
        place = place._replace(view="day")
        of_all = not place.practitioner
    people = team if of_all or not chosen else [p for p in team if str(p.pk) == chosen]
    start, end = (datetime.combine(d, time(), seat.practice.zone) for d in place.days())
    wanted = Wanted(
        people,
        start,
        end,
        int(place.type) if place.type else None,
        place.status,
        place.way,
    )
    agendas = read_agendas(people, start, end)
    return {
        "first": {
            "start": wall(start),
            "end": wall(end),
            "practitioner": chosen if people is not team else "",
            "tag": agendas.tag,
            "rows": drawn(seat, wanted, agendas),
        }
    }
