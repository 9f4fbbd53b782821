"""The form of a week of hours."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from maia.availability.weekly import WEEKDAYS, InvalidHours, WeeklyHours
from maia.office.fields.kept_form import KeptForm

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
