"""A personal event: made, shown and changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from maia.accounts.ids import parse_id
from maia.appointments.acts.personal import block_time, change_event
from maia.appointments.agenda import agenda_of
from maia.appointments.dates import long_date
from maia.appointments.exceptions import (
    ChangedMeanwhile,
    ImpossibleDate,
    NotBookable,
    Overlaps,
    TakesDatesAway,
)
from maia.appointments.models import Event
from maia.office import refusals, sure
from maia.office.access import OfficeRequest, office, written_down
from maia.office.fields.asked import read_asked
from maia.office.fields.colleagues import HAS_LEFT
from maia.office.fields.days import last_day
from maia.office.fields.kept_form import in_turn
from maia.office.meant import as_meant, mark_of
from maia.office.once import made_once
from maia.office.personal.forms import ChangeEventForm, PersonalForm
from maia.office.personal.words import Met, met_in_words, summary, warning_of
from maia.practices.models import Practitioner
from maia.privacy.journal import Act, time_in_words
from maia.schedules.repeating import BadRule

MORNING = time(9)  # where a day is said and no hour


def get_event(request: OfficeRequest, pk: int) -> Event:
    rows = Event.objects.filter(practice=request.seat.practice, kind=Event.Kind.PERSONAL)
    rows = rows.select_related("series__practice", "practitioner__practice")
    event: Event = get_object_or_404(rows, pk=pk)
    return event


def version_of(request: OfficeRequest) -> int:
    """That of the event that she has seen; of no page: -1, which is none."""
    seen = parse_id(request.POST.get("version", ""))
    return -1 if seen is None else seen


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_event(request: OfficeRequest) -> HttpResponse:
    """From the agenda, its address says when and whose: `?start=&end=&practitioner=`."""
    if request.method != "POST":
        form = PersonalForm(initial=_first_guess(request), seat=request.seat)
        form.fields["title"].widget.attrs["autofocus"] = True
        return _render(request, form)
    form = PersonalForm(request.POST, seat=request.seat)
    if not form.is_valid():
        return _render(request, form, status=422)
    try:
        with _refused_at_its_field(form):
            block = partial(
                block_time,
                form.whose,
                form.start,
                form.end,
                form.text,
                rule=form.rule,
                now=timezone.now(),
            )
            warning = partial(warning_of, request.seat, form.whose)
            made = as_meant(request, "anyway", block, warning, form.whose)
    except Overlaps as refusal:
        return _render(request, form, refusal, status=409)
    if form.errors:
        return _render(request, form, status=422)
    written_down(request, Act.TIME, detail=time_in_words(made[0]))
    messages.success(request, _("Saved."))
    return redirect("office:agenda")


@office
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def personal_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """Her agenda is locked while what was typed is compared with what stands there."""
    event = get_event(request, pk)
    if request.method != "POST":
        return _render(request, ChangeEventForm(seat=request.seat, event=event), event=event)
    with agenda_of(event.practitioner, *_there(request)):
        event = get_event(request, pk)  # as it is now
        form = ChangeEventForm(request.POST, seat=request.seat, event=event)
        if not form.is_valid():
            return _render(request, form, event=event, status=422)
        try:
            with _refused_at_its_field(form):
                change = partial(
                    change_event,
                    event,
                    form.change(),
                    form.about,
                    now=timezone.now(),
                    allow_fewer=sure.is_sure(request),
                )
                warning = partial(warning_of, request.seat, form.whose)
                agendas = {event.practitioner, form.whose}
                changed = as_meant(request, "anyway", change, warning, *agendas)
        except Overlaps as refusal:
            return _render(request, form, refusal, event=event, status=409)
        except TakesDatesAway as refusal:
            return _ask_about_dates(request, event, refusal)
    if form.errors:
        return _render(request, form, event=event, status=422)
    written_down(request, Act.TIME, detail=time_in_words(changed))
    messages.success(request, _("Saved."))
    return redirect("office:agenda")


def _there(request: OfficeRequest) -> list[Practitioner]:
    """The colleague to whom it is given: all agendas are locked at once, in one order."""
    key = parse_id(request.POST.get("practitioner", ""))
    return list(request.seat.practice.practitioners.filter(pk=key)) if key else []


def _ask_about_dates(request: OfficeRequest, event: Event, refusal: TakesDatesAway) -> HttpResponse:
    """Nothing is saved yet: what was typed is posted again by who is sure."""
    name, count = event.title or _("this event"), len(refusal.goes)
    first, last = (timezone.localtime(refusal.goes[at].start).date() for at in (0, -1))
    words = {"count": count, "first": long_date(first), "last": long_date(last)}
    takes = ngettext(
        "%(count)d other date goes: %(first)s.",
        "%(count)d other dates go, from %(first)s to %(last)s.",
        count,
    )
    if event.series is not None and event.series.last_date is None:
        takes = _("The other dates from %(first)s on go: %(count)d are in the agenda.")
    question = _("Take dates of %(name)s away?") % {"name": name}
    back = reverse("office:personal_event", args=[event.pk])
    return sure.ask(request, question, [takes % words], _("Delete these dates"), back)


@office
@require_POST
def event_summary(request: OfficeRequest) -> HttpResponse:
    """What is being typed, in plain words. Nothing is saved."""
    key = parse_id(request.POST.get("event", ""))
    form = PersonalForm(request.POST, seat=request.seat)
    if key is not None:
        form = ChangeEventForm(request.POST, seat=request.seat, event=get_event(request, key))
    words = summary(form) if form.is_valid() else []
    return render(request, "office/personal/_summary.html", {"summary": words})


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she clicked, or the morning of the day that she looks at, or the next
    whole hour of today."""
    asked = read_asked(request)
    start, end = asked.start, asked.end
    if start is None or end is None:
        start = timezone.localtime().replace(minute=0, second=0, microsecond=0)
        start += timedelta(hours=1)
        if asked.day is not None and asked.day != timezone.localdate():
            start = datetime.combine(asked.day, MORNING, start.tzinfo)
        end = start + timedelta(hours=1)
    return {
        "practitioner": asked.practitioner,
        "date": start.date(),
        "time": start.time(),
        "until": end.time(),
        "last_date": None if last_day(start, end) == start.date() else last_day(start, end),
        "repeat": "never",
        "every": 1,
        "weekdays": [start.weekday()],
    }


@contextmanager
def _refused_at_its_field(form: PersonalForm) -> Iterator[None]:
    try:
        yield
    except BadRule as refusal:
        words = {
            "too_far": _("It begins within a year behind us and two years ahead."),
            "too_many": _("That is too many times at once."),
            "too_many_series": _("There are too many repetitions already: end some of them first."),
            "meets_itself": _("It would repeat before it has ended."),
        }
        form.add_error("repeat", words.get(refusal.code, _("No day follows from this.")))
    except ImpossibleDate as refusal:
        form.add_error("date", refusals.words(refusal))
    except NotBookable:
        form.add_error("practitioner", HAS_LEFT)
    except ChangedMeanwhile:
        form.add_error(None, _("Somebody has changed this event meanwhile. Look at it again."))


def _render(
    request: OfficeRequest,
    form: PersonalForm,
    refusal: Overlaps | None = None,
    event: Event | None = None,
    status: int = 200,
) -> HttpResponse:
    readable = not form.is_bound or form.is_valid()
    met = Met([], 0, [])
    if refusal is not None:
        met = met_in_words(request.seat, form.whose, refusal, now=timezone.now())
    context = {
        "practice": request.seat.practice,
        "form": form,
        "event": event,
        "summary": summary(form) if readable else [],
        "refusal": refusal,
        "met": met.lines,
        "mark": mark_of(met.warning),
        "more": met.more,
    }
    return render(request, "office/personal/event.html", context, status=status)
