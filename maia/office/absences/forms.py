"""The form of an absence: whole days or hours, once or repeated."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.office.fields.days import AgendaDayField, DayField, refuse_skipped
from maia.patients.text import clean_text
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.repeating import BadRule, Repeat, rule_of, spans

LONGEST = timedelta(days=366)


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class AwayForm(forms.Form):
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(), label=gettext_lazy("Practitioner")
    )
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
        if not self.seat.may_change_settings_of(typed["practitioner"]):
            self.add_error(
                "practitioner", _("Only that practitioner, or the owner, can close this time.")
            )
            return typed
        refuse_skipped(self, "first_time", typed["first_date"], typed["first_time"], self.zone)
        refuse_skipped(self, "last_time", typed["last_date"], typed["last_time"], self.zone)
        if self.errors:
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
