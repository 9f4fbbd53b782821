"""The form of an exceptional opening: its dates, its hours, and which types it is for."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.appointments.dates import long_date
from maia.office.fields.days import AgendaDayField, refuse_skipped
from maia.office.fields.sites import SiteField
from maia.office.settings.hours_line import (
    MOST_BREAKS,
    ClockField,
    Ranges,
    line_edges,
    line_names,
    read_line,
)
from maia.office.settings.whose import Owner
from maia.patients.text import clean_line
from maia.schedules.models import AppointmentType, SpecialDay
from maia.schedules.sites import sites_to_choose

MOST_DATES = 10  # at once


class OpeningForm(forms.Form):
    """One date or several, with the same hours: all of them, or none."""

    date = AgendaDayField(label=gettext_lazy("Date"))
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Named in the agenda; patients do not see it."),
    )
    for_all = forms.BooleanField(label=gettext_lazy("For all types"), required=False, initial=True)
    types = forms.ModelMultipleChoiceField(
        AppointmentType.objects.none(),
        label=gettext_lazy("Types"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    dates_at_once = MOST_DATES

    def __init__(self, *args: Any, owner: Owner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.zone = owner, owner.practitioner.practice.zone
        self.ranges: Ranges = []  # as read
        self.date_names = ["date", *(f"date_{n}" for n in range(2, self.dates_at_once + 1))]
        for name in self.date_names[1:]:
            label = _("Date %(number)s") % {"number": name.removeprefix("date_")}
            self.fields[name] = AgendaDayField(label=label, required=False)
        self.line = line_names(self._breaks())
        edges = line_edges(self._stored_ranges(), (len(self.line) - 2) // 2)
        for name, value in zip(self.line, edges, strict=True):
            self.fields[name] = ClockField(label=_label(name), initial=value)
        self.own_hours = self._offer_types()
        if choices := sites_to_choose(owner.practitioner.practice):
            self.fields["place"] = SiteField(choices, self._stored_site(), label=_("Where"))

    def _stored_site(self) -> int | None:
        return None

    def _stored_ranges(self) -> Ranges:
        return []

    def _kept_types(self) -> Sequence[int]:
        """Those that it is for already: they can be kept, whatever became of them."""
        return []

    def _breaks(self) -> int:
        """How many the page has room for: those stored, those typed, and one more when asked."""
        room = max(1, len(self._stored_ranges()) - 1)
        while room < MOST_BREAKS and f"break_start_{room + 1}" in self.data:
            room += 1
        return min(room + ("more_breaks" in self.data), MOST_BREAKS)

    def _offer_types(self) -> list[str]:
        """Her types to tick. The names of those with hours of their own, which follow no other."""
        if self.owner.type is not None:  # its own hours are for it alone
            del self.fields["for_all"], self.fields["types"]
            return []
        kept, practitioner = self._kept_types(), self.owner.practitioner
        ours = AppointmentType.objects.filter(practice=practitioner.practice)
        offered = [
            type
            for type in ours.select_related("own_schedule").prefetch_related("some")
            if type.pk in kept or (not type.archived and type.is_offered_by(practitioner))
        ]
        keys = [type.pk for type in offered]
        self.fields["types"].queryset = ours.filter(pk__in=keys)  # type: ignore[attr-defined]
        return [type.name for type in offered if hasattr(type, "own_schedule")]

    def other_dates(self) -> list[forms.BoundField]:
        return [self[name] for name in self.date_names[1:]]

    def shows_other_dates(self) -> bool:
        return any(field.value() or field.errors for field in self.other_dates())

    def breaks(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        inner = [self[name] for name in self.line[1:-1]]
        return list(zip(inner[::2], inner[1::2], strict=True))

    @property
    def days(self) -> dict[str, datetime.date]:
        """Those that could be read, by the field where they were typed."""
        read = {name: self.cleaned_data.get(name) for name in self.date_names}
        return {name: day for name, day in read.items() if day is not None}

    @property
    def chosen_types(self) -> list[AppointmentType]:
        """None for all."""
        if self.cleaned_data.get("for_all", True):
            return []
        return list(self.cleaned_data["types"])

    def clean_title(self) -> str:
        title = " ".join(self.cleaned_data["title"].split())
        return clean_line(title)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if (
            "types" in self.fields
            and not typed.get("for_all")
            and not typed.get("types")
            and "types" not in self.errors
        ):
            self.add_error("for_all", _("Tick the types that it is for, or all of them."))
        self._refuse_dates()
        if not any(name in self.errors for name in self.line):
            self._read_hours(typed)
        return typed

    def _refuse_dates(self) -> None:
        seen: set[datetime.date] = set()
        for name, day in self.days.items():
            if day in seen:
                self.add_error(name, _("This date is there already."))
            elif day < timezone.localdate() and not self._stands_on(day):
                self.add_error(name, _("This date is over."))
            seen.add(day)

    def _stands_on(self, day: datetime.date) -> bool:
        return False

    def _read_hours(self, typed: dict[str, Any]) -> None:
        """A break that is refused is refused where it was typed."""
        edges = [typed[name] for name in self.line]
        try:
            read = read_line(edges)
        except ValidationError as error:
            self.add_error(self._field_of(error, edges), error)
            return
        if not read:
            words = _("Say from when to when. What closes a date is an absence.")
            self.add_error("start", words)
            return
        for name in self.line:
            for day in self.days.values():
                if name not in self.errors:
                    refuse_skipped(self, name, day, typed[name], self.zone)
        self.ranges = read

    def _field_of(self, error: ValidationError, edges: list[Any]) -> str:
        start, *inner, end = edges
        if start is None or (end is not None and not any(inner)):
            return "start" if start is None else "end"
        return "end" if end is None else "break_start"

    def refuse_taken(self, name: str, title: str) -> None:
        words = _("%(day)s has an exceptional opening already: %(title)s")
        day = long_date(self.days[name])
        self.add_error(
            name,
            words % {"day": day.capitalize(), "title": title}
            if title
            else _("%(day)s has an exceptional opening already.") % {"day": day.capitalize()},
        )


class ChangeOpeningForm(OpeningForm):
    """Of one that stands: what somebody else made of it meanwhile is said before it is written over."""

    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    dates_at_once = 1

    def __init__(self, *args: Any, special: SpecialDay, **kwargs: Any) -> None:
        self.special = special
        self.of_types = [type.pk for type in special.types.all()]
        self.stands = f"{special} {special.ranges} {sorted(self.of_types)} {special.place_id}"
        shown = {
            "date": special.date,
            "title": special.title,
            "for_all": not self.of_types,
            "types": self.of_types,
            "was": self.stands,
        }
        super().__init__(*args, initial=shown, **kwargs)
        self.fields["date"].stands = special.date  # type: ignore[attr-defined]

    def _stored_ranges(self) -> Ranges:
        return self.special.ranges

    def _stored_site(self) -> int | None:
        return self.special.place_id

    def _kept_types(self) -> Sequence[int]:
        return self.of_types

    def _stands_on(self, day: datetime.date) -> bool:
        return day == self.special.date

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if not self.errors and typed.get("was") not in ("", self.stands):
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["was"] = self.stands  # type: ignore[index]
            raise ValidationError(
                _("Meanwhile somebody has changed this opening. Save again to keep what you typed.")
            )
        return typed


def _label(name: str) -> str:
    if name in ("start", "end"):
        return _("Start") if name == "start" else _("End")
    number = name.removeprefix("break_start").removeprefix("break_end").removeprefix("_")
    words = _("Break from") if name.startswith("break_start") else _("Break to")
    return f"{words} ({number})" if number else str(words)
