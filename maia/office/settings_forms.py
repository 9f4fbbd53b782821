"""Settings forms: a week of hours, an appointment type."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from maia.availability.weekly import InvalidHours, WeeklyHours
from maia.patients.text import clean_line, clean_text
from maia.schedules.models import AppointmentType

Ranges = list[tuple[int, int]]


class WeekForm(forms.Form):
    """One line a weekday: start and end, and a break in the line. Empty: closed."""

    def __init__(self, *args: Any, ranges: Mapping[int, Ranges] | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.week: dict[int, Ranges] = {}
        for weekday in range(7):
            line = (ranges or {}).get(weekday, [])
            for name, value in _edges(line).items():
                self.fields[f"{name}_{weekday}"] = forms.TimeField(
                    required=False,
                    initial=value,
                    input_formats=["%H:%M", "%Hh%M", "%Hh", "%H"],
                    widget=forms.TextInput(
                        attrs={"inputmode": "numeric", "placeholder": "--:--", "maxlength": 5}
                    ),
                )

    def lines(self) -> list[dict[str, Any]]:
        """For the template: a weekday's name, its four fields, its errors."""
        return [
            {
                "weekday": weekday,
                "name": str(WEEKDAYS[weekday]),
                "fields": [self[f"{name}_{weekday}"] for name in _NAMES],
                "errors": [error for name in _NAMES for error in self[f"{name}_{weekday}"].errors],
            }
            for weekday in range(7)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for weekday in range(7):
            if any(f"{name}_{weekday}" in self.errors for name in _NAMES):
                continue
            edges = [cleaned.get(f"{name}_{weekday}") for name in _NAMES]
            try:
                ranges = _ranges([None if e is None else e.hour * 60 + e.minute for e in edges])
                WeeklyHours({weekday: ranges})
            except InvalidHours as wrong:
                self.add_error(f"start_{weekday}", _LINE_ERRORS[wrong.code])
            except ValidationError as error:
                self.add_error(f"start_{weekday}", error)
            else:
                self.week[weekday] = ranges
        return cleaned


_NAMES = ("start", "break_start", "break_end", "end")
_LINE_ERRORS = {
    "reversed": _("The end comes before the start."),
    "overlapping": _("The break must lie inside the hours."),
    "out_of_day": _("Hours go from 00:00 to 24:00."),
}


def _edges(line: Ranges) -> dict[str, str]:
    """A line's ranges as the four fields of the editor."""
    if not line:
        return dict.fromkeys(_NAMES, "")
    first, last = line[0], line[-1]
    pause = (first[1], line[1][0]) if len(line) > 1 else (None, None)
    edges = zip(_NAMES, (first[0], *pause, last[1]), strict=True)
    return {name: "" if m is None else f"{m // 60:02}:{m % 60:02}" for name, m in edges}


def _ranges(edges: list[int | None]) -> Ranges:
    start, pause, resume, end = edges
    if start is None and end is None and pause is None and resume is None:
        return []
    if start is None or end is None:
        raise ValidationError(_("Give a start and an end, or leave the day empty."))
    end = end or 24 * 60  # 00:00 at the end of a line is midnight
    if pause is None and resume is None:
        return [(start, end)]
    if pause is None or resume is None:
        raise ValidationError(_("A break has a start and an end."))
    if not start < pause < resume < end:
        raise ValidationError(_LINE_ERRORS["reversed" if end <= start else "overlapping"])
    return [(start, pause), (resume, end)]


class TypeForm(forms.ModelForm):
    category_name = forms.CharField(
        label=_("Category"),
        max_length=80,
        required=False,
        help_text=_("Groups types on the booking page. A new name makes a new category."),
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    own_schedule = forms.BooleanField(
        label=_("A schedule of its own"),
        required=False,
        help_text=_("It replaces the general schedule altogether for this type."),
    )

    class Meta:
        model = AppointmentType
        fields = [
            "name",
            "practitioner",
            "duration_minutes",
            "colour",
            "description",
            "instructions",
            "place",
            "video_link",
            "allow_online_booking",
            "send_sms_reminder",
            "known_patients_only",
            "needs_confirmation",
            "slot_step_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "booking_horizon_days",
            "minimum_notice_minutes",
            "max_a_day",
        ]
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "description": forms.Textarea(attrs={"rows": 5}),
            "instructions": forms.Textarea(attrs={"rows": 4}),
            "video_link": forms.URLInput(attrs={"placeholder": "https://…"}),
        }
        help_texts = {
            "description": _("Shown just above the slots. **bold**, - list, [link](https://…)."),
            "instructions": _(
                "Shown once she has chosen, in the confirmation and in the email reminder."
            ),
            "video_link": _("For a type by video. Only who is confirmed sees it, never in an SMS."),
            "place": _("At home, she is asked her address; by phone, you call her."),
            "duration_minutes": _("5 to 720 minutes. It sets the end and the slots."),
            "send_sms_reminder": _("The default of the same box on each appointment."),
            "allow_online_booking": _("Off, it never appears on the booking page."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.instance.practice.practitioners.filter(is_active=True)
        self.fields["practitioner"].queryset = team  # type: ignore[attr-defined]
        self.fields["practitioner"].label = _("Practitioner")
        self.fields["practitioner"].empty_label = str(_("Every practitioner"))  # type: ignore[attr-defined]
        self.fields["place"].required = False  # left out, it stays
        if self.instance.pk:
            if self.instance.category:
                self.fields["category_name"].initial = self.instance.category.name
            self.fields["own_schedule"].initial = hasattr(self.instance, "own_schedule")

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_description(self) -> str:
        return clean_text(self.cleaned_data["description"])

    def clean_instructions(self) -> str:
        return clean_text(self.cleaned_data["instructions"])

    def clean_place(self) -> str:
        return str(self.cleaned_data["place"] or self.instance.place)

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def clean_category_name(self) -> str:
        return clean_line(self.cleaned_data["category_name"])
