"""The forms of an absence: whole days or hours, once or repeated; and of one that stands."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.appointments.acts.blocking import Span
from maia.appointments.dates import span
from maia.office.fields.colleagues import ColleagueField
from maia.office.fields.days import AgendaDayField, DayField, ends_at, refuse_skipped
from maia.patients.text import clean_text
from maia.practices.seats import Seat
from maia.schedules.models import Absence
from maia.schedules.repeating import BadRule, Repeat, rule_of, spans

LONGEST = timedelta(days=366)


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class TimeAwayForm(forms.Form):
    """The time and title of one absence: whole days, or hours."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    part_of_day = forms.BooleanField(label=gettext_lazy("Not the whole day"), required=False)
    first_date = AgendaDayField(label=gettext_lazy("From"))
    first_time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=_time(),
        help_text=gettext_lazy("Without a time: from the morning on."),
    )  # fmt: skip
    last_date = AgendaDayField(label=gettext_lazy("Until, included"))
    last_time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=_time(),
        help_text=gettext_lazy("Without a time: until the evening."),
    )  # fmt: skip

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat, self.zone = seat, seat.practice.zone
        self.spans: list[Span] = []

    def clean_title(self) -> str:
        return " ".join(clean_text(self.cleaned_data["title"]).split())

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        self._forget_what_is_folded(typed)
        if not self.errors:
            self._refuse_who_may_not(typed)
        if self.errors:
            return typed
        refuse_skipped(self, "first_time", typed["first_date"], typed["first_time"], self.zone)
        refuse_skipped(self, "last_time", typed["last_date"], typed["last_time"], self.zone)
        if self.errors:
            return typed
        start = datetime.combine(typed["first_date"], typed["first_time"] or time.min)
        if typed["last_time"]:
            end = datetime.combine(typed["last_date"], typed["last_time"])
            if typed["last_date"] == typed["first_date"]:
                end = ends_at(typed["last_date"], typed["last_time"])
        else:
            end = datetime.combine(typed["last_date"], time.min) + timedelta(days=1)
        if not timedelta(0) < end - start <= LONGEST:
            self.add_error("last_date", _("The end comes after the start, within a year."))
            return typed
        self._read_spans(typed, start, end)
        return typed

    def _refuse_who_may_not(self, typed: dict[str, Any]) -> None:
        """Nobody; the view of one absence has asked."""

    def _read_spans(self, typed: dict[str, Any], start: datetime, end: datetime) -> None:
        """``start``, ``end``: wall-clock times."""
        self.spans = list(spans(start, end, "", self.zone))

    def _forget_what_is_folded(self, typed: dict[str, Any]) -> None:
        """What is not on the page, she has not seen: whatever a browser sends of it, it is left."""
        for name in self._folded(typed):
            typed[name] = None
            self.errors.pop(name, None)

    def _folded(self, typed: dict[str, Any]) -> list[str]:
        """Hours of whole days."""
        return [] if typed.get("part_of_day") else ["first_time", "last_time"]


class ChangeAwayForm(TimeAwayForm):
    """Of an absence that stands, this one alone of a repetition."""

    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, absence: Absence, **kwargs: Any) -> None:
        shown = time_in_fields(timezone.localtime(absence.start), timezone.localtime(absence.end))
        words = f"{absence.start.isoformat()} {absence.end.isoformat()} {absence.title}"
        kwargs["initial"] = shown | {"title": absence.title, "was": words}
        super().__init__(*args, **kwargs)
        self.absence, self.stands = absence, words
        for name in ("first_date", "last_date"):
            self.fields[name].stands = shown[name]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not self.errors and typed.get("was") not in ("", self.stands):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["was"] = self.stands  # type: ignore[index]
            raise forms.ValidationError(
                _(
                    "Meanwhile somebody has changed this absence: %(time)s. Save again to keep yours."
                )
                % {"time": self._time_now()}
            )
        return typed

    def _time_now(self) -> str:
        return span(timezone.localtime(self.absence.start), timezone.localtime(self.absence.end))

    def _read_spans(self, typed: dict[str, Any], start: datetime, end: datetime) -> None:
        """An end that she left as it was shown stays to the second, and of an hour that the night of
        a clock change has twice the one that it was."""
        super()._read_spans(typed, start, end)
        ((first, last),) = self.spans
        stored = self.absence.start, self.absence.end
        self.spans = [
            (
                stored[0] if _is_shown_as(stored[0], start) else first,
                stored[1] if _is_shown_as(stored[1], end) else last,
            )
        ]


class AwayForm(TimeAwayForm):
    """``hers``: those whose time she may close, who are offered."""

    practitioner = ColleagueField(label=gettext_lazy("Practitioner"))
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
    field_order = ["practitioner"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team, field = (
            self.seat.practice.practitioners.filter(is_active=True),
            self.fields["practitioner"],
        )
        field.queryset = team  # type: ignore[attr-defined]  # who posts another is told why not
        self.hers = [one for one in team if self.seat.may_change_settings_of(one)]
        offered = [("", field.empty_label), *((one.pk, one.name) for one in self.hers)]  # type: ignore[attr-defined]
        field.widget.choices = offered
        if not self.is_bound and self.initial.get("practitioner") not in self.hers:
            mine = [one for one in self.hers if one.user_id == self.seat.user.pk]
            self.initial["practitioner"] = next(iter([*mine, *self.hers]), None)

    def _refuse_who_may_not(self, typed: dict[str, Any]) -> None:
        if not self.seat.may_change_settings_of(typed["practitioner"]):
            self.add_error(
                "practitioner", _("Only that practitioner, or the owner, can close this time.")
            )

    def _read_spans(self, typed: dict[str, Any], start: datetime, end: datetime) -> None:
        repeat, until = Repeat(typed["repeat"]), typed["repeat_until"]
        if repeat != Repeat.NEVER and (until is None or until < typed["first_date"]):
            self.add_error("repeat_until", _("Say until when it repeats."))
            return
        rule = rule_of(repeat, until) if until and repeat != Repeat.NEVER else ""
        try:
            self.spans = list(spans(start, end, rule, self.zone))
        except BadRule:
            self.add_error("repeat_until", _("Within two years, please."))
        if any(a[1] > b[0] for a, b in zip(self.spans, self.spans[1:], strict=False)):
            self.add_error("repeat", _("It would repeat before it has ended."))

    def _folded(self, typed: dict[str, Any]) -> list[str]:
        """And the end of no repetition."""
        never = typed.get("repeat") == Repeat.NEVER
        return super()._folded(typed) + (["repeat_until"] if never else [])


def time_in_fields(start: datetime, end: datetime) -> dict[str, Any]:
    """A local span as the form shows it; from midnight to midnight it is whole days."""
    last = end - timedelta(minutes=1) if end.time() == time() else end
    is_part = start.time() != time() or end.time() != time()
    return {
        "first_date": start.date(),
        "first_time": start.time() if is_part else None,
        "last_date": last.date(),
        "last_time": end.time() if is_part and end.time() != time() else None,
        "part_of_day": is_part,
    }


def _is_shown_as(stored: datetime, wall: datetime) -> bool:
    local = timezone.localtime(stored)
    return local.replace(second=0, microsecond=0, tzinfo=None, fold=0) == wall
