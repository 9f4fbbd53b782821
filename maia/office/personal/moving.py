"""A personal event that is dragged in the agenda: this one only, said at once, and undone."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maia.accounts.ids import parse_id
from maia.appointments.exceptions import ChangedMeanwhile, ImpossibleDate, NotBookable, Overlaps
from maia.appointments.models import Event
from maia.appointments.personal import Change, change_event
from maia.office import refusals
from maia.office.access import OfficeRequest, office, written_down
from maia.office.agenda.walls import wall
from maia.office.fields.days import AgendaDayField, read_wall, refuse_skipped, unread_words
from maia.office.personal.views import get_event, version_of
from maia.office.personal.words import met_in_words
from maia.privacy.journal import Act, time_in_words

LONGEST = timedelta(days=366)


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
    try:
        moved = change_event(
            event,
            Change(start=start, end=end, practitioner=there),
            now=timezone.now(),
            allow_overlap="allow_overlap" in request.POST,
            seen=version_of(request),
        )
    except ChangedMeanwhile:
        words = _("Somebody has changed this event meanwhile. Look at it again.")
        return JsonResponse({"error": words}, status=409)
    except Overlaps as refusal:
        met, _more = met_in_words(request.seat, refusal, now=timezone.now())
        answer = {"error": refusals.words(refusal), "overlaps": True, "met": met}
        return JsonResponse(answer, status=409)
    except (ImpossibleDate, NotBookable) as refusal:
        return JsonResponse({"error": refusals.words(refusal)}, status=422)
    written_down(request, Act.TIME, detail=time_in_words(moved))
    return JsonResponse(_said(event, moved))


def _said(before: Event, moved: Event) -> dict[str, Any]:
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
    start, _sep, clock = wall(before.start).partition("T")
    return {
        "said": words,
        "version": moved.version,
        "undo": reverse("office:move_event", args=[moved.pk]),
        "back": {"date": start, "time": clock, "end": wall(before.end)}
        | ({"practitioner": before.practitioner_id} if given else {})
        | ({} if before.exclusive else {"allow_overlap": "on"}),  # it overlapped on purpose
    }
