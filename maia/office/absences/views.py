"""Absences: made, changed and dropped; listed with the personal events."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.acts.blocking import be_absent, change_absence, covered, newly_covered
from maia.appointments.agenda import By
from maia.appointments.dates import span
from maia.appointments.exceptions import ChangedMeanwhile, NotBookable
from maia.appointments.models import Appointment
from maia.office import sure
from maia.office.absences.deciding import Deciding
from maia.office.absences.forms import AwayForm, ChangeAwayForm, time_in_fields
from maia.office.absences.listing import absences_to_come, events_to_come, series_to_come
from maia.office.access import OfficeRequest, office, written_down
from maia.office.fields.asked import read_asked
from maia.office.fields.colleagues import HAS_LEFT
from maia.office.fields.kept_form import in_turn
from maia.office.meant import mark_of
from maia.office.once import made_once
from maia.office.panel import is_in_panel
from maia.practices.held import hold
from maia.privacy.journal import Act, time_in_words
from maia.schedules.models import Absence


@office
@require_safe
def absences(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    team, now = list(practice.practitioners.all()), timezone.now()
    context = {
        "practice": practice,
        "absences": absences_to_come(team, now, request.seat),
        "series": series_to_come(team, now),
        "events": events_to_come(team, now),
    }
    return render(request, "office/absences/list.html", context)


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
    asked = Deciding(request, inside)
    try:
        cancelled = be_absent(
            practitioner,
            form.spans,
            typed["title"],
            decided=asked.decided(),
            by=By.practice(request.seat.user),
            now=now,
            telling=asked.telling(),
        )
    except NotBookable:
        form.add_error("practitioner", HAS_LEFT)
        return render(request, "office/absences/new.html", context, status=422)
    except ChangedMeanwhile:  # she has not decided about each, or not said how
        context |= asked.page(covered(practitioner, form.spans, now), now)
        return render(request, "office/absences/new.html", context, status=409)
    start, end = form.spans[0]
    closed = Absence(practitioner=practitioner, start=start, end=end)
    written_down(request, Act.TIME, detail=time_in_words(closed))
    return _saved(request, cancelled)


@office
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_absence(request: OfficeRequest, pk: int) -> HttpResponse:
    """Its time and title, of this one alone; what it then covers newly is asked about."""
    absence = _hers(request, pk)
    context: dict[str, Any] = {"practice": request.seat.practice, "absence": absence}
    if request.method != "POST":
        context["form"] = ChangeAwayForm(absence=absence, seat=request.seat)
        return render(request, "office/absences/edit.html", context)
    hold(absence)
    form = ChangeAwayForm(request.POST, absence=absence, seat=request.seat)
    context["form"] = form
    if not form.is_valid():
        return render(request, "office/absences/edit.html", context, status=422)
    (wanted,), now = form.spans, timezone.now()
    asked = Deciding(request, newly_covered(absence, wanted, now))
    try:
        cancelled = change_absence(
            absence,
            wanted,
            form.cleaned_data["title"],
            decided=asked.decided(),
            by=By.practice(request.seat.user),
            now=now,
            telling=asked.telling(),
        )
    except ChangedMeanwhile:
        context |= asked.page(newly_covered(absence, wanted, now), now)
        return render(request, "office/absences/edit.html", context, status=409)
    written_down(request, Act.TIME, detail=time_in_words(absence))
    return _saved(request, cancelled)


def _saved(request: OfficeRequest, cancelled: list[Appointment]) -> HttpResponse:
    words = ngettext(
        "Saved; %(count)d appointment is cancelled.",
        "Saved; %(count)d appointments are cancelled.",
        len(cancelled),
    )
    messages.success(request, words % {"count": len(cancelled)} if cancelled else _("Saved."))
    return redirect("office:absences")


def _hers(request: OfficeRequest, pk: int) -> Absence:
    """For who may change it."""
    ours = Absence.objects.by_hand().filter(practitioner__practice=request.seat.practice)
    absence: Absence = get_object_or_404(ours.select_related("practitioner"), pk=pk)
    if not request.seat.may_change_settings_of(absence.practitioner):
        raise PermissionDenied
    return absence


def _first_guess(request: OfficeRequest) -> dict[str, Any]:
    """What the agenda says by where she dragged, or the day that she looks at; from midnight to midnight it
    is whole days."""
    asked = read_asked(request)
    guess: dict[str, Any] = {"practitioner": asked.practitioner}
    if asked.start is None or asked.end is None:
        return guess | ({"first_date": asked.day, "last_date": asked.day} if asked.day else {})
    return guess | time_in_fields(asked.start, asked.end)


@office
@require_POST
@in_turn
def delete_absence(request: OfficeRequest, pk: int) -> HttpResponse:
    """This one, or it and those that follow in its repetition: as the page has named it."""
    absence = _hers(request, pk)
    hold(absence)
    question, takes = _what_goes(request, absence)
    mark = mark_of([question, *takes])
    if not sure.is_sure(request) or request.POST.get("named") != mark:
        back = reverse("office:absences")
        if is_in_panel(request):
            back = reverse("office:edit_absence", args=[absence.pk])
        status = 409 if "named" in request.POST else 200
        return sure.ask(
            request, question, takes, _("Delete"), back, typed=[("named", mark)], status=status
        )
    rows = Absence.objects.by_hand().filter(practitioner__practice=request.seat.practice)
    gone = rows.filter(pk=pk)
    if "following" in request.POST and absence.series:
        gone = rows.filter(series=absence.series, start__gte=absence.start)
    gone.delete()
    written_down(request, Act.TIME, detail=time_in_words(absence))
    messages.success(request, _("The time is open again."))
    return redirect("office:absences")


def _what_goes(request: OfficeRequest, absence: Absence) -> tuple[str, list[str]]:
    start, end = timezone.localtime(absence.start), timezone.localtime(absence.end)
    takes = [f"{absence.practitioner.name}, {span(start, end)}."]
    if "following" in request.POST and absence.series:
        takes.append(_("Those that follow in its repetition go as well."))
    takes.append(_("Patients can book this time again at once."))
    name = absence.title or _("this absence")
    return _("Delete %(name)s?") % {"name": name}, takes
