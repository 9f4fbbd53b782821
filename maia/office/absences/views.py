"""Absences: made and dropped; listed with the personal events."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts.ids import parse_id
from maia.appointments.agenda import By
from maia.appointments.blocking import be_absent, covered
from maia.appointments.dates import span
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.messaging.models import Message
from maia.office import sure
from maia.office.absences.forms import AwayForm
from maia.office.absences.listing import absences_to_come, events_to_come, series_to_come
from maia.office.access import OfficeRequest, office, written_down
from maia.office.appointments.forms import TellingForm
from maia.office.fields.asked import read_asked
from maia.office.once import made_once
from maia.privacy.journal import Act, time_in_words
from maia.privacy.reading import read_agenda
from maia.schedules.models import Absence


@office
@require_safe
def absences(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    team, now = list(practice.practitioners.all()), timezone.now()
    context = {
        "practice": practice,
        "absences": absences_to_come(team, now),
        "series": series_to_come(team, now),
        "events": events_to_come(team, now),
    }
    return render(request, "office/absences/list.html", context)


class Covered(NamedTuple):
    """An appointment under an absence: whether it goes, and what its patient would receive."""

    appointment: Appointment
    goes: bool
    channels: list[Message.Channel]
    told: str


def _covered(request: OfficeRequest, inside: Iterable[Appointment], now: datetime) -> list[Covered]:
    cancelled, ticked = HistoryEntry.Action.CANCELLED, _keys(request, "goes")
    rows = []
    for one in inside:
        channels = would_be_told(one, cancelled, now)
        goes = "all" in request.POST or one.pk in ticked
        rows.append(Covered(one, goes, channels, in_words(channels)))
    return rows


def _keys(request: OfficeRequest, name: str) -> set[int]:
    keys = (parse_id(typed) for typed in request.POST.getlist(name))
    return {key for key in keys if key is not None}


def _sums(rows: list[Covered]) -> str:
    """How much would leave, were all of them cancelled."""
    left = Counter(channel for row in rows for channel in row.channels)
    emails, sms = left[Message.Channel.EMAIL], left[Message.Channel.SMS]
    words = [ngettext("%(count)d email", "%(count)d emails", emails) % {"count": emails}]
    if sms:
        words.append(_("%(count)d SMS") % {"count": sms})
    return ", ".join(words)


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_absence(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    if request.method != "POST":
        form = AwayForm(initial=_first_guess(request), seat=request.seat)
        form.fields["practitioner"].widget.attrs["autofocus"] = True
        return render(request, "office/absences/new.html", {"practice": practice, "form": form})
    form = AwayForm(request.POST, seat=request.seat)
    context: dict[str, Any] = {"practice": practice, "form": form}
    if not form.is_valid():
        return render(request, "office/absences/new.html", context, status=422)
    typed, now = form.cleaned_data, timezone.now()
    practitioner = typed["practitioner"]
    inside = covered(practitioner, form.spans, now)
    telling = TellingForm(request.POST)
    decided = {pk: pk in _keys(request, "goes") for pk in _keys(request, "shown")}
    asked = "all" in request.POST or not decided.keys() >= {one.pk for one in inside}
    if inside:  # named on the page
        read_agenda(request.seat, now=now)
    cancelled: list[Appointment] = []
    try:
        if (asked and inside) or not telling.is_valid():
            raise ChangedMeanwhile
        cancelled = be_absent(
            practitioner,
            form.spans,
            typed["title"],
            decided=decided,
            by=By.practice(request.seat.user),
            now=now,
            telling=telling.telling(),
        )
    except ChangedMeanwhile:  # she has not decided about each, or not said how
        rows = _covered(request, covered(practitioner, form.spans, now), now)
        shown = "telling_shown" in request.POST
        context |= {
            "covered": rows,
            "sums": _sums(rows),
            "telling": telling if shown else TellingForm(),
        }
        return render(request, "office/absences/new.html", context, status=409)
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


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she dragged; from midnight to midnight it is whole days."""
    start, end, practitioner = read_asked(request)
    guess: dict[str, Any] = {"practitioner": practitioner}
    if start is None or end is None:
        return guess
    last = end - timedelta(minutes=1) if end.time() == time() else end
    is_part = start.time() != time() or end.time() != time()
    return guess | {
        "first_date": start.date(),
        "first_time": start.time() if is_part else None,
        "last_date": last.date(),
        "last_time": end.time() if is_part and end.time() != time() else None,
        "part_of_day": is_part,
    }


@office
@require_POST
def delete_absence(request: OfficeRequest, pk: int) -> HttpResponse:
    """This one, or it and those that follow in its repetition."""
    hers = Absence.objects.by_hand().filter(practitioner__practice=request.seat.practice)
    absence = get_object_or_404(hers.select_related("practitioner"), pk=pk)
    if not request.seat.may_change_settings_of(absence.practitioner):
        raise PermissionDenied
    if not sure.is_sure(request):
        return _ask_before_deleting(request, absence)
    gone = hers.filter(pk=pk)
    if "following" in request.POST and absence.series:
        gone = hers.filter(series=absence.series, start__gte=absence.start)
    gone.delete()
    written_down(request, Act.TIME, detail=time_in_words(absence))
    messages.success(request, _("The time is open again."))
    return redirect("office:absences")


def _ask_before_deleting(request: OfficeRequest, absence: Absence) -> HttpResponse:
    start, end = timezone.localtime(absence.start), timezone.localtime(absence.end)
    takes = [f"{absence.practitioner.name}, {span(start, end)}."]
    if "following" in request.POST and absence.series:
        takes.append(_("Those that follow in its repetition go as well."))
    takes.append(_("Patients can book this time again at once."))
    name = absence.title or _("this absence")
    question = _("Delete %(name)s?") % {"name": name}
    return sure.ask(request, question, takes, _("Delete"), reverse("office:absences"))
