"""Absences and personal events: one form, whole days or hours, once or repeated."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.blocking import be_absent, block_time, covered, unblock
from maia.appointments.booking import By
from maia.appointments.exceptions import SlotTaken
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.office.access import OfficeRequest, office, written_down
from maia.office.days import DayField
from maia.office.once import made_once
from maia.patients.text import clean_text
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.privacy.journal import Act, time_in_words
from maia.privacy.reading import read_agenda
from maia.schedules.models import Absence
from maia.schedules.repeating import BadRule, Repeat, rule_of, spans

LONGEST = timedelta(days=366)


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class AwayForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            ("absence", gettext_lazy("Absence: it closes the time")),
            ("personal", gettext_lazy("Personal event: it takes the time in the agenda")),
        ],
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(), label=gettext_lazy("Practitioner")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    part_of_day = forms.BooleanField(label=gettext_lazy("Not the whole day"), required=False)
    first_date = DayField(label=gettext_lazy("From"))
    first_time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=_time(),
        help_text=gettext_lazy("Without a time: from the morning on."),
    )  # fmt: skip
    last_date = DayField(label=gettext_lazy("Until, included"))
    last_time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=_time(),
        help_text=gettext_lazy("Without a time: until the evening."),
    )  # fmt: skip
    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeated"),
        choices=[
            (Repeat.NEVER, gettext_lazy("never")),
            (Repeat.WEEKLY, gettext_lazy("every week")),
            (Repeat.FORTNIGHTLY, gettext_lazy("every other week")),
            (Repeat.MONTHLY, gettext_lazy("every month")),
        ],
    )
    repeat_until = DayField(label=gettext_lazy("Repeated until"), required=False)

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat, self.zone = seat, seat.practice.zone
        team = seat.practice.practitioners.filter(is_active=True)
        self.fields["practitioner"].queryset = team  # type: ignore[attr-defined]
        self.spans: list[tuple[datetime, datetime]] = []

    def clean_title(self) -> str:
        return " ".join(clean_text(self.cleaned_data["title"]).split())

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        self._forget_what_is_folded(typed)
        if self.errors:
            return typed
        if typed["kind"] == "absence" and not self.seat.may_change_settings_of(
            typed["practitioner"]
        ):
            self.add_error("practitioner", _("Only she, or the owner, closes her time."))
            return typed
        start = datetime.combine(typed["first_date"], typed["first_time"] or time.min)
        if typed["last_time"]:
            end = datetime.combine(typed["last_date"], typed["last_time"])
        else:
            end = datetime.combine(typed["last_date"], time.min) + timedelta(days=1)
        if not timedelta(0) < end - start <= LONGEST:
            self.add_error("last_date", _("The end comes after the start, within a year."))
            return typed
        repeat, until = Repeat(typed["repeat"]), typed["repeat_until"]
        if repeat != Repeat.NEVER and (until is None or until < typed["first_date"]):
            self.add_error("repeat_until", _("Say until when it repeats."))
            return typed
        rule = rule_of(repeat, until) if until and repeat != Repeat.NEVER else ""
        try:
            self.spans = list(spans(start, end, rule, self.zone))
        except BadRule:
            self.add_error("repeat_until", _("Within two years, please."))
        if any(a[1] > b[0] for a, b in zip(self.spans, self.spans[1:], strict=False)):
            self.add_error("repeat", _("It would repeat before it has ended."))
        return typed

    def _forget_what_is_folded(self, typed: dict[str, Any]) -> None:
        """Hours of whole days and the end of no repetition are not on the page: whatever a browser
        sends of them, she has not seen it."""
        folded = [] if typed.get("part_of_day") else ["first_time", "last_time"]
        folded += ["repeat_until"] if typed.get("repeat") == Repeat.NEVER else []
        for name in folded:
            typed[name] = None
            self.errors.pop(name, None)


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
    return render(request, "office/absences.html", context)


def _told(covered: Iterable[Appointment], now: datetime) -> list[tuple[Appointment, str]]:
    """Each with what its patient would receive, were it cancelled."""
    cancelled = HistoryEntry.Action.CANCELLED
    return [(one, in_words(would_be_told(one, cancelled, now))) for one in covered]


@office
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    if request.method != "POST":
        hers = request.seat.practitioner or practice.practitioners.first()
        form = AwayForm(initial={"practitioner": hers}, seat=request.seat)
        return render(request, "office/away.html", {"practice": practice, "form": form})
    form = AwayForm(request.POST, seat=request.seat)
    context: dict[str, Any] = {"practice": practice, "form": form}
    if not form.is_valid():
        return render(request, "office/away.html", context, status=422)
    typed, now = form.cleaned_data, timezone.now()
    practitioner = typed["practitioner"]
    if typed["kind"] == "personal":
        try:
            made = block_time(
                practitioner, form.spans, typed["title"], allow_overlap="anyway" in request.POST
            )
        except SlotTaken:
            return render(request, "office/away.html", context | {"overlaps": True}, status=409)
        written_down(request, Act.TIME, detail=time_in_words(made[0]))
        messages.success(request, _("Saved."))
        return redirect("office:absences")
    inside = covered(practitioner, form.spans, now)
    if inside:  # named on the page
        read_agenda(request.seat, now=now)
    if inside and not {"keep", "cancel"} & request.POST.keys():
        return render(
            request, "office/away.html", context | {"covered": _told(inside, now)}, status=409
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
def event(request: OfficeRequest, pk: int) -> HttpResponse:
    """A personal event, and the way to drop it."""
    hers = Event.objects.filter(practice=request.seat.practice, kind=Event.Kind.PERSONAL)
    found = get_object_or_404(hers.select_related("practitioner"), pk=pk)
    if request.method == "POST":
        unblock(found, following="following" in request.POST)
        written_down(request, Act.TIME, detail=time_in_words(found))
        messages.success(request, _("The time is open again."))
        return redirect("office:agenda")
    return render(request, "office/event.html", {"practice": request.seat.practice, "event": found})
