"""Absences and personal events: listed, made, dropped."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.agenda import By
from maia.appointments.blocking import be_absent, block_time, covered, unblock
from maia.appointments.exceptions import SlotTaken
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.office.absences.forms import AwayForm
from maia.office.access import OfficeRequest, office, written_down
from maia.office.once import made_once
from maia.privacy.journal import Act, time_in_words
from maia.privacy.reading import read_agenda
from maia.schedules.models import Absence


@office
@require_safe
def absences(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    to_come = {"practitioner__in": list(practice.practitioners.all()), "end__gt": timezone.now()}
    context = {
        "practice": practice,
        "absences": Absence.objects.by_hand()
        .filter(**to_come)
        .select_related("practitioner")
        .order_by("start")[:200],
        "events": Event.objects.filter(kind=Event.Kind.PERSONAL, **to_come)
        .select_related("practitioner")
        .order_by("start")[:200],
    }
    return render(request, "office/absences/list.html", context)


def _told(covered: Iterable[Appointment], now: datetime) -> list[tuple[Appointment, str]]:
    """Each with what its patient would receive, were it cancelled."""
    cancelled = HistoryEntry.Action.CANCELLED
    return [(one, in_words(would_be_told(one, cancelled, now))) for one in covered]


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_absence(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    if request.method != "POST":
        hers = request.seat.practitioner or practice.practitioners.first()
        form = AwayForm(initial={"practitioner": hers}, seat=request.seat)
        return render(request, "office/absences/new.html", {"practice": practice, "form": form})
    form = AwayForm(request.POST, seat=request.seat)
    context: dict[str, Any] = {"practice": practice, "form": form}
    if not form.is_valid():
        return render(request, "office/absences/new.html", context, status=422)
    typed, now = form.cleaned_data, timezone.now()
    practitioner = typed["practitioner"]
    if typed["kind"] == "personal":
        try:
            made = block_time(
                practitioner, form.spans, typed["title"], allow_overlap="anyway" in request.POST
            )
        except SlotTaken:
            return render(
                request, "office/absences/new.html", context | {"overlaps": True}, status=409
            )
        written_down(request, Act.TIME, detail=time_in_words(made[0]))
        messages.success(request, _("Saved."))
        return redirect("office:absences")
    inside = covered(practitioner, form.spans, now)
    if inside:  # named on the page
        read_agenda(request.seat, now=now)
    if inside and not {"keep", "cancel"} & request.POST.keys():
        return render(
            request,
            "office/absences/new.html",
            context | {"covered": _told(inside, now)},
            status=409,
        )
    cancelled = be_absent(
        practitioner,
        form.spans,
        typed["title"],
        cancel_covered="cancel" in request.POST,
        by=By.practice(request.seat.user),
        now=now,
    )
    start, end = form.spans[0]
    closed = Absence(practitioner=practitioner, start=start, end=end)
    written_down(request, Act.TIME, detail=time_in_words(closed))
    words = ngettext(
        "Saved; %(count)d appointment is cancelled.",
        "Saved; %(count)d appointments are cancelled.",
        len(cancelled),
    )
    messages.success(request, words % {"count": len(cancelled)} if cancelled else _("Saved."))
    return redirect("office:absences")


@office
@require_POST
def delete_absence(request: OfficeRequest, pk: int) -> HttpResponse:
    """This one, or it and those that follow in its repetition."""
    hers = Absence.objects.by_hand().filter(practitioner__practice=request.seat.practice)
    absence = get_object_or_404(hers.select_related("practitioner"), pk=pk)
    if not request.seat.may_change_settings_of(absence.practitioner):
        raise PermissionDenied
    gone = hers.filter(pk=pk)
    if "following" in request.POST and absence.series:
        gone = hers.filter(series=absence.series, start__gte=absence.start)
    gone.delete()
    written_down(request, Act.TIME, detail=time_in_words(absence))
    messages.success(request, _("The time is open again."))
    return redirect("office:absences")


@office
@require_http_methods(["GET", "HEAD", "POST"])
def personal_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """A personal event, and the way to drop it."""
    hers = Event.objects.filter(practice=request.seat.practice, kind=Event.Kind.PERSONAL)
    found = get_object_or_404(hers.select_related("practitioner"), pk=pk)
    if request.method == "POST":
        unblock(found, following="following" in request.POST)
        written_down(request, Act.TIME, detail=time_in_words(found))
        messages.success(request, _("The time is open again."))
        return redirect("office:agenda")
    return render(
        request, "office/absences/event.html", {"practice": request.seat.practice, "event": found}
    )
