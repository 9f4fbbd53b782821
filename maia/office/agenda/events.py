"""What the agenda's calendar draws: columns rather than models, for the weeks of a large team."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maia.appointments.models import Appointment
from maia.office.access import OfficeRequest, office
from maia.office.agenda.closed import closed_rows
from maia.office.agenda.month import month_rows
from maia.office.agenda.news import tag_of
from maia.office.agenda.walls import wall
from maia.office.agenda.wanted import Wanted, read_wanted
from maia.practices.colours import NEUTRAL, ink_on
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda
from maia.schedules.models import PlaceKind

Row = dict[str, Any]


@office
@require_safe
def events(request: OfficeRequest) -> HttpResponse:
    """Events from ``start`` to ``end`` (local times); of a month, how many a day.

    Its ``ETag`` is the one that `news` compares: read first, so that nothing falls in between.
    """
    wanted = read_wanted(request)
    if wanted is None:
        return JsonResponse({"error": "range"}, status=400)
    read_agenda(request.seat, now=timezone.now())
    tag = tag_of(wanted.team, wanted.start, wanted.end)
    if request.GET.get("view") == "month":
        rows = month_rows(request.seat, wanted.team, wanted.start, wanted.end, wanted.matching())
    else:
        rows = drawn(request.seat, wanted)
    answer = JsonResponse(rows, safe=False, json_dumps_params={"separators": (",", ":")})
    answer["ETag"] = tag
    return answer


def drawn(seat: Seat, wanted: Wanted) -> list[Row]:
    """The events and the closed times. Four queries, whatever their number. The seat's agenda has
    been read (`read_agenda`)."""
    return [
        *_drawn(wanted),
        *closed_rows(seat, [p for p in wanted.team if p.is_active], wanted.start, wanted.end),
    ]


def _drawn(wanted: Wanted) -> Iterator[Row]:
    """Two queries. What an event's type is stands at the first of it."""
    marks = _Marks()
    ink = cache(ink_on)
    zone = wanted.team[0].practice.zone if wanted.team else None
    drawn = wanted.matching().values(
        "id",
        "practitioner_id",
        "start",
        "end",
        "title",
        "exclusive",
        "type_id",
        "type__name",
        "type__colour",
        "type__place",
        "colour",
        "series",
        "version",
    )
    booked = {row["event_id"]: row for row in _appointments([event["id"] for event in drawn])}
    named: set[int | None] = set()
    for event in drawn:
        row: Row = {
            "id": event["id"],
            "resourceIds": [event["practitioner_id"]],
            "start": wall(event["start"], zone),
            "end": wall(event["end"], zone),
            "title": event["title"],
            "classNames": [],
            "type": event["type_id"] or 0,
        }
        if row["type"] not in named:
            named.add(row["type"])
            colour = event["type__colour"] or NEUTRAL
            row["is"] = {
                "name": event["type__name"] or _("Personal event"),
                "colour": colour,
                "ink": ink(colour),
                "place": marks.places.get(event["type__place"], ""),
            }
        appointment = booked.get(event["id"])
        if appointment is None:
            row["version"] = event["version"]
            if event["colour"]:
                row["colour"], row["ink"] = event["colour"], ink(event["colour"])
            row["classNames"] = [] if event["series"] is None else ["repeated"]
        else:
            row["title"] = "{patient__first_name} {patient__last_name}".format(**appointment)
            row["classNames"] = marks.classes(appointment, exclusive=event["exclusive"])
            row["appointment"] = appointment["id"]
            row["version"] = appointment["version"]
        yield row


def _appointments(events: list[int]) -> Iterable[Any]:
    """The first patient's of each event; ``first``: nothing of hers comes before.

    By the events' numbers: asked by dates, PostgreSQL believes that a quarter of all years fit.
    """
    earlier = Appointment.objects.filter(
        patient=OuterRef("patient"), event__start__lt=OuterRef("event__start")
    ).exclude(status=Appointment.Status.CANCELLED)
    return (
        Appointment.objects.filter(event__in=events)
        .order_by("-id")
        .annotate(first=~Exists(earlier))
        .values(
            "id",
            "event_id",
            "version",
            "status",
            "booked_online",
            "attendance",
            "first",
            "patient__first_name",
            "patient__last_name",
        )
    )


class _Marks:
    """What tells an appointment apart, by more than colour."""

    def __init__(self) -> None:
        self.places = {kind.value: str(kind.label) for kind in PlaceKind if kind != PlaceKind.SITE}

    def classes(self, appointment: Row, *, exclusive: bool) -> list[str]:
        return [
            *(["first"] if appointment["first"] else []),
            *(["online"] if appointment["booked_online"] else []),
            *(["unconfirmed"] if appointment["status"] == "unconfirmed" else []),
            *([] if exclusive else ["overlap"]),
            *(["no-show"] if appointment["attendance"] == "no_show" else []),
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
