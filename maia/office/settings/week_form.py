"""The form of a week of hours."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from maia.availability.weekly import WEEKDAYS
from maia.office.fields.kept_form import KeptForm
from maia.office.fields.sites import SiteField
from maia.office.settings.hours_line import (
    MOST_BREAKS,
    ClockField,
    Ranges,
    line_edges,
    line_names,
    read_line,
)
from maia.practices.models import Place


class WeekForm(KeptForm, forms.Form):
    """One line a weekday: start and end, and breaks in the line. Empty: closed.

    Every line has room for as many breaks as the day that has most. ``changed_days`` are those
    that she changed, by weekday. ``choices``: the sites to choose from, none of a practice that is at one address;
    ``sites``: where the weekdays are that are not at the main one. Not ``kept``: of a week that is new, where nothing stands that somebody else
    could change."""

    def __init__(
        self,
        *args: Any,
        ranges: Mapping[int, Ranges] | None = None,
        sites: Mapping[int, int] | None = None,
        choices: Sequence[Place] = (),
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
        self.stored_sites = dict(sites or {})
        self.has_sites = bool(choices)
        for weekday in WEEKDAYS if choices else ():
            at = self.stored_sites.get(weekday)
            self.fields[f"place_{weekday}"] = SiteField(choices, at, label=_("Where"))
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
            place = self[f"place_{weekday}"] if self.has_sites else None
            fields += [place] if place else []
            lines.append(
                {
                    "place": place,
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

    @property
    def sites(self) -> dict[int, int] | None:
        """Where each weekday is to be, but for those at the main one; None: the page does not say."""
        if not self.has_sites:
            return None
        sites = dict(self.stored_sites)
        for weekday in WEEKDAYS:
            name = f"place_{weekday}"
            read = self._is_posted(name) and name in self.cleaned_data
            if read and name in self.changed_data:
                sites.pop(weekday, None)
                if (site := self.cleaned_data[name]) is not None:
                    sites[weekday] = site
        return sites

    @property
    def is_changed(self) -> bool:
        return bool(self.changed_days) or (self.has_sites and self.sites != self.stored_sites)

    def _stored(self, name: str) -> Any:
        return self.fields[name].to_python(self.fields[name].initial)
