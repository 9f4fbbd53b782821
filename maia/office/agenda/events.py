"""What the agenda's calendar draws: columns rather than models, for the weeks of a large team."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maia.appointments.models import Appointment
from maia.office.access import OfficeRequest, office
from maia.office.agenda.closed import closed_rows
from maia.office.agenda.month import month_rows
from maia.office.agenda.reading import Agendas, Place, read_agendas
from maia.office.agenda.walls import Walls
from maia.office.agenda.wanted import Wanted, read_wanted
from maia.practices.colours import NEUTRAL, ink_on
from maia.practices.models import PlaceKind
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda

Row = dict[str, Any]


@office
@require_safe
def events(request: OfficeRequest) -> HttpResponse:
    """Events from ``start`` to ``end`` (local times); of a month, how many a day.

    Its ``ETag`` is the one that `news` compares, of what was read here and of nothing later.
    """
    wanted = read_wanted(request)
    if wanted is None:
        return JsonResponse({"error": "range"}, status=400)
    read_agenda(request.seat, now=timezone.now())
    agendas = read_agendas(wanted.team, wanted.start, wanted.end)
    if request.GET.get("view") == "month":
        rows = month_rows(request.seat, wanted.team, wanted.start, wanted.end, wanted.matching())
    else:
        rows = drawn(request.seat, wanted, agendas)
    answer = JsonResponse(rows, safe=False, json_dumps_params={"separators": (",", ":")})
    answer["ETag"] = agendas.tag
    return answer


def drawn(seat: Seat, wanted: Wanted, agendas: Agendas) -> list[Row]:
    """The events and the closed times. Two queries, whatever their number. The seat's agenda has
    been read (`read_agenda`), and what stands there (`read_agendas`)."""
    return [
        *_drawn(wanted, agendas),
        *closed_rows(seat, [p for p in wanted.team if p.is_active], wanted.start, wanted.end),
    ]


def _drawn(wanted: Wanted, agendas: Agendas) -> Iterator[Row]:
    """What an event's type is stands at the first of it. Of several patients, the first one's."""
    if not wanted.team:
        return
    marks, types, ink = _Marks(), agendas.types(), cache(ink_on)
    clock = Walls(wanted.team[0].practice.zone)
    named: set[int | None] = set()
    for event in filter(wanted.wants, agendas.drawn()):
        row: Row = {
            "id": event.id,
            "resourceIds": [event.practitioner_id],
            "start": clock[event.start],
            "end": clock[event.end],
            "title": event.title,
            "classNames": [],
            "type": event.type_id or 0,
        }
        if event.type_id not in named:
            named.add(event.type_id)
            type = types.get(event.type_id or 0)
            colour = type.colour if type else NEUTRAL
            row["is"] = {
                "name": type.name if type else _("Personal event"),
                "colour": colour,
                "ink": ink(colour),
                "place": marks.places.get(type.place, "") if type else "",
            }
        if event.places:
            appointment = min(event.places)
            row["title"] = f"{appointment.first_name} {appointment.last_name}"
            row["classNames"] = marks.classes(appointment, exclusive=event.exclusive)
            row["appointment"] = appointment.id
            row["version"] = appointment.version
            if event.room:
                row["room"] = event.room
        else:
            row["version"] = event.version
            if event.colour:
                row["colour"], row["ink"] = event.colour, ink(event.colour)
            row["classNames"] = [] if event.series is None else ["repeated"]
        yield row


class _Marks:
    """What tells an appointment apart, by more than colour."""

    def __init__(self) -> None:
        self.places = {kind.value: str(kind.label) for kind in PlaceKind if kind != PlaceKind.SITE}

    def classes(self, appointment: Place, *, exclusive: bool) -> list[str]:
        return [
            *(["first"] if appointment.is_first else []),
            *(["online"] if appointment.booked_online else []),
            *(["unconfirmed"] if appointment.status == "unconfirmed" else []),
            *([] if exclusive else ["overlap"]),
            *(["no-show"] if appointment.attendance == "no_show" else []),
        ]


def mark_words() -> dict[str, str]:
    """What each mark is called, in the order in which they are said."""
    return {
        "unconfirmed": str(Appointment.Status.UNCONFIRMED.label),
        "no-show": str(Appointment.Attendance.NO_SHOW.label),
        "first": _("first visit"),
        "online": _("booked online"),
        "overlap": _("overlaps another one"),
        "repeated": _("repeated"),
    }


def addresses() -> dict[str, str]:
    """Where what is drawn is opened, with a 0 for its number."""
    return {
        name: reverse(f"office:{name}", args=[0])
        for name in ("sheet", "move", "personal_event", "move_event")
    }
