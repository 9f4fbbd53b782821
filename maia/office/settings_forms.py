"""Settings forms: a week of hours, an appointment type."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from maia.availability.weekly import WEEKDAYS, InvalidHours, WeeklyHours
from maia.office.kept_form import KeptForm, KeptRowForm
from maia.patients.text import clean_line, clean_text
from maia.schedules.models import AppointmentType, Category

Ranges = list[tuple[int, int]]


MOST_BREAKS = 12  # of a day, in the editor


class WeekForm(KeptForm, forms.Form):
    """One line a weekday: start and end, and breaks in the line. Empty: closed.

    Every line has room for as many breaks as the day that has most. ``changed_days`` are those
    that she changed, by weekday."""

    def __init__(self, *args: Any, ranges: Mapping[int, Ranges] | None = None, **kwargs: Any):
        self.stored = {weekday: list((ranges or {}).get(weekday, [])) for weekday in WEEKDAYS}
        super().__init__(*args, **kwargs)
        self.changed_days: dict[int, Ranges] = {}
        self.breaks = self._breaks()
        for weekday, line in self.stored.items():
            edges = _edges(line, self.breaks)
            for name, value in zip(_names(self.breaks), edges, strict=True):
                self.fields[f"{name}_{weekday}"] = forms.TimeField(
                    required=False,
                    initial=value,
                    input_formats=["%H:%M", "%Hh%M", "%Hh", "%H"],
                    widget=forms.TextInput(
                        attrs={"inputmode": "numeric", "placeholder": "--:--", "maxlength": 5}
                    ),
                )
        self.remember_what_was_shown()
        for weekday in WEEKDAYS:  # of who knows of one break only
            if f"start_{weekday}" in self.data:
                for name in _names(self.breaks)[3:-1]:
                    if f"{name}_{weekday}" not in self.data:
                        self.keep(f"{name}_{weekday}")

    def _breaks(self) -> int:
        """How many each line has room for: those stored, those typed, and one more when asked."""
        stored = max((len(line) - 1 for line in self.stored.values()), default=0)
        if not self.is_bound:
            return max(1, stored)
        typed = 1
        while typed < MOST_BREAKS and any(
            f"break_start_{typed + 1}_{weekday}" in self.data for weekday in WEEKDAYS
        ):
            typed += 1
        return max(stored, min(typed + ("more_breaks" in self.data), MOST_BREAKS))

    def lines(self) -> list[dict[str, Any]]:
        """For the template: a weekday's name, its fields, its errors."""
        names = _names(self.breaks)
        lines = []
        for weekday in WEEKDAYS:
            fields = [self[f"{name}_{weekday}"] for name in names]
            start, *breaks, end = fields
            lines.append(
                {
                    "weekday": weekday,
                    "name": str(WEEKDAY_NAMES[weekday]),
                    "start": start,
                    "breaks": list(zip(breaks[::2], breaks[1::2], strict=True)),
                    "end": end,
                    "errors": [error for field in fields for error in field.errors],
                }
            )
        return lines

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = _names(self.breaks)
        for weekday in WEEKDAYS:
            fields = [f"{name}_{weekday}" for name in names]
            if any(field in self.errors for field in fields):
                continue
            if not set(fields) & set(self.changed_data):
                continue
            edges = [cleaned[f] if f in self.changed_data else self._stored(f) for f in fields]
            try:
                ranges = _ranges([None if e is None else e.hour * 60 + e.minute for e in edges])
                WeeklyHours({weekday: ranges})
            except InvalidHours as wrong:
                self.add_error(fields[0], _LINE_ERRORS[wrong.code])
            except ValidationError as error:
                self.add_error(fields[0], error)
            else:
                self.changed_days[weekday] = ranges
        return cleaned

    @property
    def week(self) -> dict[int, Ranges]:
        """As it is to be."""
        return self.stored | self.changed_days

    def _stored(self, name: str) -> Any:
        return self.fields[name].to_python(self.fields[name].initial)


_LINE_ERRORS = {
    "reversed": _("The end comes before the start."),
    "overlapping": _("The break must lie inside the hours."),
    "out_of_day": _("Hours go from 00:00 to 24:00."),
}


def _names(breaks: int) -> list[str]:
    """Of a line's fields, in the order of the clock."""
    numbers = ["", *(f"_{n}" for n in range(2, breaks + 1))]
    return ["start", *(f"break_{e}{n}" for n in numbers for e in ("start", "end")), "end"]


def _edges(line: Ranges, breaks: int) -> list[str]:
    """A line's ranges as the fields of the editor."""
    if not line:
        return [""] * (2 + 2 * breaks)
    start, *inner, end = [minute for span in line for minute in span]
    room = 2 * breaks - len(inner)
    return (
        [f"{m // 60 % 24:02}:{m % 60:02}" for m in (start, *inner)]
        + [""] * room
        + [f"{end // 60 % 24:02}:{end % 60:02}"]
    )


def _ranges(edges: list[int | None]) -> Ranges:
    """``start``, then each break's two, then ``end``; a break that is empty is none."""
    start, *inner, end = edges
    pairs = list(zip(inner[::2], inner[1::2], strict=True))
    breaks = [(pause, resume) for pause, resume in pairs if (pause, resume) != (None, None)]
    if start is None and end is None and not breaks:
        return []
    if start is None or end is None:
        raise ValidationError(_("Give a start and an end, or leave the day empty."))
    end = end or 24 * 60  # 00:00 at the end of a line is midnight
    if end <= start:
        raise ValidationError(_LINE_ERRORS["reversed"])
    ranges: Ranges = []
    opens = start
    for pause, resume in sorted(breaks, key=lambda gap: gap[0] or 0):
        if pause is None or resume is None:
            raise ValidationError(_("A break has a start and an end."))
        if not opens < pause < resume < end:
            raise ValidationError(_LINE_ERRORS["overlapping"])
        ranges.append((opens, pause))
        opens = resume
    return [*ranges, (opens, end)]


# Of a type, folded: most midwives never need them.
MORE_OPTIONS = (
    "slot_step_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "booking_horizon_days",
    "minimum_notice_minutes",
    "max_a_day",
)


class TypeForm(KeptRowForm):
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
            *MORE_OPTIONS,
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
            "max_a_day": _("For each practitioner who offers it."),
            "duration_minutes": _("5 to 720 minutes. It sets the end and the slots."),
            "send_sms_reminder": _("The default of the same box on each appointment."),
            "allow_online_booking": _("Off, it never appears on the booking page."),
        }

    @property
    def more_options(self) -> list[forms.BoundField]:
        return [self[name] for name in MORE_OPTIONS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever has it, though she has left: what the page cannot show it would give away.
        kept = Q(is_active=True) | Q(pk=self.instance.practitioner_id)
        team = self.instance.practice.practitioners.filter(kept)
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

    def columns(self) -> set[str]:
        return super().columns() | ({"category"} if "category_name" in self.changed_data else set())

    def save(self, commit: bool = True) -> AppointmentType:
        """With its category, made if it is new."""
        type: AppointmentType = self.instance
        if "category_name" in self.changed_data:
            type.category = Category.named(type.practice, self.cleaned_data["category_name"])
        saved: AppointmentType = super().save(commit)
        return saved
