"""The form of weeks that take turns: what counts them, and a week of hours for each (rule 3.1.11)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.appointments.dates import day_month, long_date
from maia.availability.dated import MOST_WEEKS, Turn
from maia.availability.weekly import WEEKDAYS, WeeklyHours, monday_of
from maia.office.fields.days import DayField
from maia.office.fields.kept_form import KeptForm
from maia.office.settings.hours_line import MOST_BREAKS, Ranges, line_names
from maia.office.settings.week_form import WeekForm
from maia.practices.models import Place
from maia.schedules.written import Count

SAME, BY_NUMBER = "same", "number"
A_MONDAY = "1970-01-05"  # from which a browser's calendar offers Mondays alone


class CountForm(KeptForm, forms.Form):
    """Nothing said: as it stands. Whoever typed into weeks that somebody else counts otherwise meanwhile is asked:
    an hour of hers would be of another week. ``is_another``: so it is."""

    how = forms.ChoiceField(
        label=gettext_lazy("Weeks"),
        required=False,
        choices=[
            (SAME, gettext_lazy("Every week the same")),
            (BY_NUMBER, gettext_lazy("Odd weeks and even weeks")),
            ("2", gettext_lazy("Two weeks that take turns")),
            ("3", gettext_lazy("Three weeks that take turns")),
            ("4", gettext_lazy("Four weeks that take turns")),
        ],
    )
    first_monday = DayField(
        label=gettext_lazy("Week 1 begins on Monday"),
        required=False,
        help_text=gettext_lazy("Any Monday of a week 1, past or to come."),
    )

    def __init__(self, data: Any, *, count: Count) -> None:
        self.count = count
        monday = count.first_monday or _this_monday()
        if data is not None and "first_monday" not in data:  # on no page without a turn
            data = data.copy()
            data["first_monday"] = f"{monday}"
        super().__init__(data, initial={"how": how_of(count), "first_monday": monday})
        self.is_another = self._is_counted_otherwise()
        self.fields["first_monday"].widget.attrs |= {"min": A_MONDAY, "step": "7"}

    def _is_counted_otherwise(self) -> bool:
        """Than the page showed, whatever she chose."""
        stored = {"how": how_of(self.count), "first_monday": f"{self.count.first_monday}"}
        shown = {name: self.data.get(self[name].html_initial_name) for name in stored}
        if shown["how"] is None or not stored["how"].isdigit() or shown["first_monday"] is None:
            del stored["first_monday"]
        return shown["how"] is not None and any(shown[name] != stored[name] for name in stored)

    @property
    def chosen(self) -> str:
        """How they are to be counted, as far as it can be read."""
        typed = self["how"].value() or how_of(self.count)
        return typed if typed in dict(self.fields["how"].choices) else how_of(self.count)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if self.is_another:
            words = self._said_meanwhile("how")
            self._said_meanwhile("first_monday")
            self.add_error("how", words)
            return typed
        if "how" not in self.changed_data or not typed.get("how"):
            typed["how"] = how_of(self.count)
        if "first_monday" in self.errors or not typed["how"].isdigit():
            return typed
        monday = typed.get("first_monday") or self.count.first_monday
        typed["first_monday"] = monday
        if monday is None:
            self.add_error("first_monday", _("Say on which Monday week 1 begins."))
        elif monday.weekday() != 0:
            words = _("%(day)s is no Monday: that of its week is %(monday)s.")
            of_its_week = day_month(monday_of(monday))
            said = {"day": long_date(monday).capitalize(), "monday": of_its_week}
            self.add_error("first_monday", words % said)
        return typed

    def counted(self) -> Count:
        """Once it is valid."""
        how = self.cleaned_data["how"]
        if how == SAME:
            return Count()
        if how == BY_NUMBER:
            return Count(2, by_number=True)
        return Count(int(how), first_monday=self.cleaned_data["first_monday"])


class TurnForm:
    """`CountForm`, and a `WeekForm` a week: as many as are chosen, or as stand there while none is.

    A week that was not on the page yet is filled in as the first. ``is_new``: of what does not stand anywhere yet;
    ``weeks`` are what it begins with, with their ``sites`` and the ``choices`` of `WeekForm`.
    """

    def __init__(
        self,
        data: Any,
        *,
        weeks: Sequence[Mapping[int, Ranges]],
        count: Count,
        sites: Sequence[Mapping[int, int]] = (),
        choices: Sequence[Place] = (),
        is_new: bool = False,
    ) -> None:
        self.is_bound = data is not None
        self.counting = CountForm(data, count=count)
        chosen = self.counting.chosen
        number = int(chosen) if chosen.isdigit() else 2 if chosen == BY_NUMBER else 1
        if is_new and self.is_bound:
            weeks, sites = [], []
        stored = [*weeks, *[{}] * MOST_WEEKS]
        stored_sites = [*sites, *[{}] * MOST_WEEKS]
        self.has_sites = bool(choices)
        self.forms = []
        for n in range(number):
            typed = data
            if data is not None and n > 0 and not _is_there(data, n):
                typed = _as_the_first(data, n) if n >= len(weeks) else None
            # Of weeks that are counted anew, what she reads is what she saves.
            kept = not is_new and not self.counting.is_another and n < len(weeks)
            form = WeekForm(
                typed,
                ranges=stored[n],
                sites=stored_sites[n],
                choices=choices,
                kept=kept,
                prefix=_prefix(n),
            )
            self.forms.append(form)

    def is_valid(self) -> bool:
        read = [form.is_valid() for form in self.forms if form.is_bound]
        return self.counting.is_valid() and all(read)

    @property
    def errors(self) -> bool:
        return bool(self.counting.errors) or any(form.errors for form in self.forms)

    @property
    def count(self) -> Count:
        return self.counting.counted()

    @property
    def weeks(self) -> list[dict[int, Ranges]]:
        """As they are to be."""
        return [form.week for form in self.forms]

    @property
    def sites(self) -> list[dict[int, int]] | None:
        """As `WeekForm.sites`, of each."""
        if not self.has_sites:
            return None
        return [form.sites or {} for form in self.forms]

    @property
    def is_changed(self) -> bool:
        return self.counting.counted() != self.counting.count or any(
            form.is_changed for form in self.forms
        )

    @property
    def remark(self) -> str:
        """What is odd about odd weeks: after a year of 53, two of them follow each other."""
        year = timezone.localdate().isocalendar().year
        long = [one for one in (year, year + 1) if date(one, 12, 28).isocalendar().week == 53]
        if self.counting.chosen != BY_NUMBER or not long:
            return ""
        words = _("%(year)s has 53 weeks: week 53 and week 1, both odd, follow each other.")
        return words % {"year": long[0]}

    @property
    def is_counted_from_a_monday(self) -> bool:
        return self.counting.chosen.isdigit()

    def parts(self) -> list[dict[str, Any]]:
        """For the template: a week's name, and its form."""
        count = self._shown_count()
        return [
            {"name": week_name(count, n), "when": week_when(count, n), "week": form}
            for n, form in enumerate(self.forms)
        ]

    def _shown_count(self) -> Count:
        """As it is typed; from which Monday on only where that can be read."""
        counting = self.counting
        if not counting.is_bound:
            return counting.count
        if counting.is_valid():
            return counting.counted()
        return Count(len(self.forms), by_number=counting.chosen == BY_NUMBER)


def how_of(count: Count) -> str:
    if count.weeks == 1:
        return SAME
    return BY_NUMBER if count.by_number else str(count.weeks)


def week_name(count: Count, week: int) -> str:
    """Of a turn's ``week``, from 0; none where there is one alone."""
    if count.weeks == 1:
        return ""
    if count.by_number:
        return _("Even weeks") if week else _("Odd weeks")
    return _("Week %(number)s") % {"number": week + 1}


def week_when(count: Count, week: int) -> str:
    """*the next one begins on 7 December*, this week's included; nothing where that is not known."""
    if count.weeks == 1 or not (count.by_number or count.first_monday):
        return ""
    weeks = [WeeklyHours({})] * count.weeks
    turn = Turn(weeks, by_number=count.by_number, first_monday=count.first_monday)
    monday = _this_monday()
    while turn.week_of(monday) != week:
        monday += timedelta(days=7)
    if monday == _this_monday():
        return _("this week")
    return _("next: from Monday %(day)s") % {"day": day_month(monday)}


def _this_monday() -> date:
    return monday_of(timezone.localdate())


def _prefix(n: int) -> str | None:
    """The first week's fields have the names that they have where there is one alone."""
    return f"week_{n + 1}" if n else None


def _is_there(data: Mapping[str, Any], n: int) -> bool:
    return any(f"{_prefix(n)}-start_{weekday}" in data for weekday in WEEKDAYS)


def _as_the_first(data: Any, n: int) -> Any:
    typed = data.copy()
    for name in [*line_names(MOST_BREAKS), "place"]:
        for weekday in WEEKDAYS:
            if (field := f"{name}_{weekday}") in data:
                typed[f"{_prefix(n)}-{field}"] = data[field]
    return typed
