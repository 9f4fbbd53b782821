"""What the agenda's calendar draws: columns rather than models, for the weeks of a large team."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.appointments.models import Appointment, Event
from maia.appointments.opening import closed_times
from maia.office.access import OfficeRequest, office
from maia.office.fields.days import read_wall
from maia.practices.colours import NEUTRAL, ink_on
from maia.privacy.reading import read_agenda
from maia.schedules.models import PlaceKind

MAX_DAYS = 62
Row = dict[str, Any]


@office
@require_safe
def events(request: OfficeRequest) -> HttpResponse:
    """Events from ``start`` to ``end`` (local times), as Event Calendar reads them."""
    practice = request.seat.practice
    start, end = (read_wall(request.GET.get(name, ""), practice.zone) for name in ("start", "end"))
    if start is None or end is None or not 0 < (end - start).days <= MAX_DAYS:
        return JsonResponse({"error": "range"}, status=400)
    read_agenda(request.seat, now=timezone.now())
    practitioner, type = (parse_id(request.GET.get(name, "")) for name in ("practitioner", "type"))
    team = [p for p in practice.practitioners.all() if practitioner in (None, p.pk)]
    # Of each practitioner, as the index by end has them: of the practice, years would be read.
    wanted = {
        "practitioner__in": team,
        "blocking": True,
        "end__gt": start,
        "start__lt": end,
    }
    if type:
        wanted["type_id"] = type
    closed = [
        {
            "resourceIds": [hers.pk],
            "start": _wall(interval.start, practice.zone),
            "end": _wall(interval.end, practice.zone),
            "display": "background",
            "classNames": ["closed"],
        }
        for hers, intervals in closed_times([p for p in team if p.is_active], start, end)
        for interval in intervals
    ]
    return JsonResponse([*_drawn(wanted, practice.zone), *closed], safe=False)


def _drawn(wanted: Row, zone: ZoneInfo) -> Iterator[Row]:
    """Two queries, whatever the number of events. ``wanted``: what is asked of an event."""
    marks = _Marks()
    ink = cache(ink_on)
    event_page, sheet, move = (_address(name) for name in ("personal_event", "sheet", "move"))
    drawn = Event.objects.filter(**wanted).values(
        "id",
        "practitioner_id",
        "start",
        "end",
        "title",
        "exclusive",
        "type__name",
        "type__colour",
        "type__place",
    )
    booked = {row["event_id"]: row for row in _appointments([event["id"] for event in drawn])}
    for event in drawn:
        colour = event["type__colour"] or NEUTRAL
        row: Row = {
            "id": event["id"],
            "resourceIds": [event["practitioner_id"]],
            "start": _wall(event["start"], zone),
            "end": _wall(event["end"], zone),
            "title": event["title"],
            "backgroundColor": colour,
            "textColor": ink(colour),
            "classNames": [],
            "editable": False,
            "extendedProps": {
                "type": event["type__name"] or "",
                "url": event_page(event["id"]),
            },
        }
        appointment = booked.get(event["id"])
        if appointment is not None:
            row["title"] = "{patient__first_name} {patient__last_name}".format(**appointment)
            row["classNames"] = marks.classes(appointment, exclusive=event["exclusive"])
            row["editable"] = True
            row["extendedProps"] |= {
                "url": sheet(appointment["id"]),
                "move": move(appointment["id"]),
                "version": appointment["version"],
                "marks": marks.words(appointment, place=event["type__place"]),
            }
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
        self.first = _("first visit")
        self.online = _("booked online")
        self.places = {kind.value: str(kind.label) for kind in PlaceKind if kind != PlaceKind.SITE}
        self.waiting = str(Appointment.Status.UNCONFIRMED.label)

    def classes(self, appointment: Row, *, exclusive: bool) -> list[str]:
        return [
            *(["first"] if appointment["first"] else []),
            *(["online"] if appointment["booked_online"] else []),
            *(["unconfirmed"] if appointment["status"] == "unconfirmed" else []),
            *([] if exclusive else ["overlap"]),
            *(["no-show"] if appointment["attendance"] == "no_show" else []),
        ]

    def words(self, appointment: Row, *, place: str) -> list[str]:
        return [
            *([self.waiting] if appointment["status"] == "unconfirmed" else []),
            *([self.places[place]] if place in self.places else []),
            *([self.first] if appointment["first"] else []),
            *([self.online] if appointment["booked_online"] else []),
        ]


def _address(name: str) -> Callable[[int], str]:
    """Made once and filled in: asking the router 6,000 times takes most of a second."""
    before, after = reverse(f"office:{name}", args=[0]).split("0", 1)
    return lambda pk: f"{before}{pk}{after}"


def _wall(instant: datetime, zone: ZoneInfo) -> str:
    """The practice's wall clock, without offset: the calendar shows it as it is."""
    return instant.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")
