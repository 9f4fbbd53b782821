"""A personal event that is dragged in the agenda: this one only, said at once, and undone."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.accounts.ids import parse_id
from maia.appointments.acts.personal import Change, change_event
from maia.appointments.acts.putting_back import Stood, put_back
from maia.appointments.exceptions import ChangedMeanwhile, ImpossibleDate, NotBookable, Overlaps
from maia.appointments.models import Event
from maia.office import refusals
from maia.office.access import OfficeRequest, office, written_down
from maia.office.fields.colleagues import HAS_LEFT
from maia.office.fields.days import AgendaDayField, read_wall, refuse_skipped, unread_words
from maia.office.meant import as_meant, mark_of
from maia.office.personal.views import get_event, version_of
from maia.office.personal.words import met_in_words, warning_of
from maia.privacy.journal import Act, time_in_words

LONGEST = timedelta(days=366)
SALT = "maia.personal.stood"


class DraggedForm(forms.Form):
    date = AgendaDayField()
    time = forms.TimeField()

    def clean(self) -> None:
        typed, zone = self.cleaned_data, timezone.get_current_timezone()
        refuse_skipped(self, "time", typed.get("date"), typed.get("time"), zone)


@office
@require_POST
def move_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """``date``, ``time``, ``end``, ``version`` as the agenda has them. In JSON."""
    event, zone = get_event(request, pk), request.seat.practice.zone
    if "stood" in request.POST:
        return _undo(request, event)
    form = DraggedForm(request.POST)
    end = read_wall(request.POST.get("end", ""), zone)
    start = None
    if form.is_valid():
        start = read_wall("{date}T{time}".format(**form.cleaned_data), zone)
    if start is None or end is None or not timedelta(0) < end - start <= LONGEST:
        return JsonResponse({"error": unread_words(form)}, status=422)
    asked, there = request.POST.get("practitioner", ""), None
    if asked:
        team = request.seat.practice.practitioners
        there = get_object_or_404(team, pk=parse_id(asked) or 0)
    whose, stood = there or event.practitioner, Stood.of(event)
    change = partial(
        change_event,
        event,
        Change(start=start, end=end, practitioner=there),
        now=timezone.now(),
        seen=version_of(request),
    )
    try:
        moved = as_meant(
            request,
            "allow_overlap",
            change,
            partial(warning_of, request.seat, whose),
            event.practitioner,
            whose,
        )
    except ChangedMeanwhile:
        words = _("Somebody has changed this event meanwhile. Look at it again.")
        return JsonResponse({"error": words}, status=409)
    except Overlaps as refusal:
        met = met_in_words(request.seat, whose, refusal, now=timezone.now())
        answer = {"error": refusals.words(refusal), "overlaps": True, "met": met.lines}
        return JsonResponse(answer | {"mark": mark_of(met.warning)}, status=409)
    except NotBookable:
        return JsonResponse({"error": str(HAS_LEFT)}, status=422)
    except ImpossibleDate as refusal:
        return JsonResponse({"error": refusals.words(refusal)}, status=422)
    written_down(request, Act.TIME, detail=time_in_words(moved))
    return JsonResponse(_said(event, moved, stood))


def _undo(request: OfficeRequest, event: Event) -> HttpResponse:
    """Takes back a drag, from what was answered to it: that says where the event stood."""
    try:
        stood = _read_stood(event, request.POST["stood"])
        back = put_back(event, stood, seen=version_of(request))
    except ChangedMeanwhile:
        words = _("The event or its series has changed meanwhile: it stays where it is.")
        return JsonResponse({"error": words}, status=409)
    except Overlaps:
        words = _("Its old time has been taken meanwhile: the event stays where it is.")
        return JsonResponse({"error": words}, status=409)
    except NotBookable:
        return JsonResponse({"error": str(HAS_LEFT)}, status=422)
    written_down(request, Act.TIME, detail=time_in_words(back))
    words = _("The move is undone.")
    if back.series_id != event.series_id:
        words = _("The move is undone: the event is one of its series again.")
    return JsonResponse({"said": words, "version": back.version})


def _said(before: Event, moved: Event, stood: Stood) -> dict[str, Any]:
    """What the agenda says of it, and what it posts to undo it."""
    words = _("The event has moved.")
    given = moved.practitioner_id != before.practitioner_id
    if moved.series is not None and not moved.is_apart:
        words = _("The event is back where its series has it.")
    elif given and before.series is not None:
        words = _("This event only has gone to %(name)s, and is no more one of its series.")
        words %= {"name": moved.practitioner.name}
    elif given:
        words = _("The event has gone to %(name)s.") % {"name": moved.practitioner.name}
    elif moved.series is not None:
        words = _("This event only has moved: the others of its series stay.")
    return {
        "said": words,
        "version": moved.version,
        "undo": reverse("office:move_event", args=[moved.pk]),
        "back": {"stood": _text_of(moved, stood)},
    }


def _text_of(event: Event, stood: Stood) -> str:
    """Signed: what the agenda sends back is what it was given, of this event."""
    said = {
        "event": event.pk,
        "practitioner": stood.practitioner,
        "start": stood.start.isoformat(),
        "end": stood.end.isoformat(),
        "series": stood.series and str(stood.series),
        "day": stood.day and stood.day.isoformat(),
        "over": stood.over,
    }
    return signing.dumps(said, salt=SALT, compress=True)


def _read_stood(event: Event, text: str) -> Stood:
    """Raises `ChangedMeanwhile` for what was never given."""
    try:
        said = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise ChangedMeanwhile from None
    if said["event"] != event.pk:
        raise ChangedMeanwhile
    return Stood(
        said["practitioner"],
        datetime.fromisoformat(said["start"]),
        datetime.fromisoformat(said["end"]),
        said["series"] and UUID(said["series"]),
        said["day"] and date.fromisoformat(said["day"]),
        tuple(said["over"]),
    )
