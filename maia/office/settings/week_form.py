"""The form of a week of hours."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES

from maia.availability.weekly import WEEKDAYS
from maia.office.fields.kept_form import KeptForm
from maia.office.settings.hours_line import (
    MOST_BREAKS,
    ClockField,
    Ranges,
    line_edges,
    line_names,
    read_line,
)


class WeekForm(KeptForm, forms.Form):
    """One line a weekday: start and end, and breaks in the line. Empty: closed.

    Every line has room for as many breaks as the day that has most. ``changed_days`` are those
    that she changed, by weekday. Not ``kept``: of a week that is new, where nothing stands that somebody else
    could change."""

    def __init__(
        self,
        *args: Any,
        ranges: Mapping[int, Ranges] | None = None,
        kept: bool = True,
        **kwargs: Any,
    ) -> None:
        self.stored = {weekday: list((ranges or {}).get(weekday, [])) for weekday in WEEKDAYS}
        super().__init__(*args, **kwargs)
        self.changed_days: dict[int, Ranges] = {}
        self.breaks = self._breaks()
        for weekday, line in self.stored.items():
            edges = line_edges(line, self.breaks)
            for name, value in zip(line_names(self.breaks), edges, strict=True):
                self.fields[f"{name}_{weekday}"] = ClockField(initial=value)
        if not kept:
            return
        self.remember_what_was_shown()
        for weekday in WEEKDAYS:  # of who knows of one break only
            if self._is_posted(f"start_{weekday}"):
                for name in line_names(self.breaks)[3:-1]:
                    if not self._is_posted(f"{name}_{weekday}"):
                        self.keep(f"{name}_{weekday}")

    def _is_posted(self, name: str) -> bool:
        return self.add_prefix(name) in self.data

    def _breaks(self) -> int:
        """How many each line has room for: those stored, those typed, and one more when asked."""
        stored = max((len(line) - 1 for line in self.stored.values()), default=0)
        if not self.is_bound:
            return max(1, stored)
        typed = 1
        while typed < MOST_BREAKS and any(
            self._is_posted(f"break_start_{typed + 1}_{weekday}") for weekday in WEEKDAYS
        ):
            typed += 1
        return max(stored, min(typed + ("more_breaks" in self.data), MOST_BREAKS))

    def lines(self) -> list[dict[str, Any]]:
        """For the template: a weekday's name, its fields, its errors."""
        names = line_names(self.breaks)
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
        names = line_names(self.breaks)
        for weekday in WEEKDAYS:
            fields = [f"{name}_{weekday}" for name in names]
            if any(field in self.errors for field in fields):
                continue
            if not set(fields) & set(self.changed_data):
                continue
            edges = [cleaned[f] if f in self.changed_data else self._stored(f) for f in fields]
            try:
                ranges = read_line(edges)
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
