"""The form of a personal event: when, how it comes back, its words and colour."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.appointments.acts.personal import Change, Rhythm, Text, Which
from maia.appointments.models import Event
from maia.appointments.rhythms import Repeat, rhythm_of, rule_of
from maia.appointments.rhythms import Rhythm as Asked
from maia.office.fields.colleagues import ColleagueField
from maia.office.fields.days import AgendaDayField, DayField, ends_at, last_day, refuse_skipped
from maia.office.fields.kept_form import KeptForm
from maia.office.personal.colours import ColourField
from maia.patients.text import clean_text
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.repeating import LONGEST, BadRule, Rule, walk

LONGEST_EVENT = timedelta(days=366)
WHEN = {"date", "time", "until", "whole_days", "last_date"}
HOW_OFTEN = {"repeat", "every", "weekdays", "repeat_until"}


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})


class PersonalForm(forms.Form):
    """Of a new one; see `ChangeEventForm`."""

    practitioner = ColleagueField(label=gettext_lazy("Practitioner"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    date = AgendaDayField(label=gettext_lazy("Date"))
    time = forms.TimeField(label=gettext_lazy("Begins"), required=False, widget=_time())
    until = forms.TimeField(label=gettext_lazy("Ends"), required=False, widget=_time())
    whole_days = forms.BooleanField(label=gettext_lazy("Whole day"), required=False)
    last_date = AgendaDayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Left empty: it ends on the same day."),
    )
    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeated"),
        required=False,
        choices=[
            (Repeat.NEVER, gettext_lazy("Does not repeat")),
            (Repeat.DAILY, gettext_lazy("Every day")),
            (Repeat.WEEKLY, gettext_lazy("Every week, on chosen days")),
            (Repeat.MONTHLY, gettext_lazy("Every month, on the same date")),
            (Repeat.NTH, gettext_lazy("Every month, on the same weekday (second Tuesday)")),
            (Repeat.LAST, gettext_lazy("Every month, on the last such weekday")),
            (Repeat.YEARLY, gettext_lazy("Every year")),
        ],
    )
    every = forms.IntegerField(
        label=gettext_lazy("One time out of"), min_value=1, max_value=99, required=False,
        help_text=gettext_lazy("1: every time; 2: every other one."),
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    repeat_until = DayField(
        label=gettext_lazy("Repeated until"),
        required=False,
        help_text=gettext_lazy("Left empty: it goes on."),
    )
    colour = ColourField(label=gettext_lazy("Colour"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For the team; patients never see it."),
    )
    event: Event | None = None

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = seat.practice.zone
        names = [(day, str(name).capitalize()) for day, name in WEEKDAYS.items()]
        self.fields["weekdays"].choices = names  # type: ignore[attr-defined]
        self.fields["colour"].keep(str(self.initial.get("colour", "")))  # type: ignore[attr-defined]
        if "practitioner" in self.fields:
            team = seat.practice.practitioners.filter(is_active=True)
            self.fields["practitioner"].queryset = team  # type: ignore[attr-defined]
        self.start = self.end = timezone.now()
        self.rule: Rule | None = None
        self.weekdays_shown = not self.is_bound or self["weekdays"].html_initial_name in self.data
        self.fields["weekdays"].show_hidden_initial = self.weekdays_shown

    @property
    def whose(self) -> Practitioner:
        """In whose agenda it stands from now on."""
        there: Practitioner | None = self.cleaned_data.get("practitioner")
        if there is None:
            assert self.event is not None
            there = self.event.practitioner
        return there

    @property
    def text(self) -> Text:
        typed = self.cleaned_data
        return Text(typed["title"], typed["note"], typed["colour"])

    def clean_title(self) -> str:
        return " ".join(clean_text(self.cleaned_data["title"]).split())

    def clean_note(self) -> str:
        return clean_text(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        self._forget_what_is_folded(typed)
        self._refuse_an_end_of_nothing(typed)
        if self.errors:
            return typed
        self._read_when(typed)
        if not self.errors:
            self._read_repetition(typed)
        return typed

    def _forget_what_is_folded(self, typed: dict[str, Any]) -> None:
        """What is not on the page, she has not seen, whatever a browser sends of it."""
        folded = ["time", "until"] if typed.get("whole_days") else []
        repeat = typed.get("repeat") or Repeat.NEVER
        if repeat in (Repeat.NEVER, Repeat.AS_IS):
            folded += ["every", "weekdays"]
        if repeat == Repeat.NEVER:
            folded += ["repeat_until"]
        for name in folded:
            typed[name] = None
            self.errors.pop(name, None)

    def _refuse_an_end_of_nothing(self, typed: dict[str, Any]) -> None:
        """Typed without a script, beside *does not repeat*: a script sends no such field."""
        never = (
            typed.get("repeat") or Repeat.NEVER
        ) == Repeat.NEVER and "repeat" not in self.errors
        is_typed = self["repeat_until"].data and "repeat_until" in self.changed_data
        if never and is_typed and not self._is_alone():
            self.add_error(
                "repeat_until",
                _("This event does not repeat: choose how it repeats, or empty this date."),
            )

    def _read_when(self, typed: dict[str, Any]) -> None:
        first, last = typed["date"], typed.get("last_date") or typed["date"]
        if typed["whole_days"]:
            begins, ends = time.min, datetime.combine(last, time.min) + timedelta(days=1)
        else:
            for name in ("time", "until"):
                if typed.get(name) is None:
                    self.add_error(name, _("Say the hour, or tick the whole day."))
            if self.errors:
                return
            refuse_skipped(self, "time", first, typed["time"], self.zone)
            refuse_skipped(self, "until", last, typed["until"], self.zone)
            if self.errors:
                return
            begins, ends = typed["time"], datetime.combine(last, typed["until"])
            if last == first:
                ends = ends_at(last, typed["until"])
        self.start = datetime.combine(first, begins, self.zone)
        self.end = ends.replace(tzinfo=self.zone)
        if not timedelta(0) < self.end - self.start <= LONGEST_EVENT:
            wrong = "last_date" if last != first else "until"
            self.add_error(
                "date" if typed["whole_days"] else wrong,
                _("The end comes after the start, within a year."),
            )

    def _read_repetition(self, typed: dict[str, Any]) -> None:
        """And the first time, on the first day that is chosen."""
        repeat, last = Repeat(typed.get("repeat") or Repeat.NEVER), typed.get("repeat_until")
        if repeat == Repeat.NEVER or self._is_alone():
            return
        first: date = typed["date"]
        if last is not None and last < first:
            self.add_error("repeat_until", _("It ends before it begins."))
            return
        if repeat == Repeat.AS_IS:
            assert self.event is not None
            assert self.event.series is not None
            self.rule = Rule(self.event.series.rule, last)
            return
        asked = Asked(repeat, typed.get("every") or 1, self._weekdays(typed))
        rule = rule_of(asked, first, last)
        try:
            day = next(walk(rule, first, until=first + LONGEST), None)
        except BadRule:
            day = None
        if day is None:
            self.add_error("repeat_until", _("No day follows from this."))
            return
        self.rule = rule_of(asked, day, last)
        self.start += day - first
        self.end += day - first

    def _weekdays(self, typed: dict[str, Any]) -> frozenset[int]:
        """Those that are ticked. The only one that was when the page was shown goes along with the
        date; of a program, which saw no page, what it says."""
        ticked = frozenset(typed.get("weekdays") or ())
        left = self.weekdays_shown and "weekdays" not in self.changed_data
        return frozenset() if left and len(ticked) == 1 else ticked

    def shown_before(self) -> str:
        """The hidden values of the fields that the template draws choice by choice."""
        names = [name for name in ("weekdays", "colour", "which") if name in self.fields]
        bound = [self[name] for name in names if self.fields[name].show_hidden_initial]
        return mark_safe("".join(one.as_hidden(only_initial=True) for one in bound))  # noqa: S308

    def _is_alone(self) -> bool:
        """Whether its repetition is left as it is."""
        return False


class ChangeEventForm(KeptForm, PersonalForm):
    """Of one that stands: it writes what was changed on its page."""

    which = forms.ChoiceField(
        label=gettext_lazy("What changes"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        self.event = event
        super().__init__(*args, initial=_shown(event), **kwargs)
        self._offer_colleagues(event)
        for name in ("date", "last_date"):
            self.fields[name].stands = self.initial[name]  # type: ignore[attr-defined]
        if event.series is None:
            del self.fields["which"]
        else:
            self.fields["which"].choices = which_words()  # type: ignore[attr-defined]
            self.initial["which"] = Which.THIS
        if self.initial["repeat"] == Repeat.AS_IS:
            choices = self.fields["repeat"].choices  # type: ignore[attr-defined]
            kept = (Repeat.AS_IS, _("By a rule of its own, as it is"))
            self.fields["repeat"].choices = [*choices, kept]  # type: ignore[attr-defined]
        self.remember_what_was_shown()

    def _offer_colleagues(self, event: Event) -> None:
        """And her whose it is, though she may have left. Nobody to choose from: no field."""
        team = event.practice.practitioners.filter(Q(is_active=True) | Q(pk=event.practitioner_id))
        if team.count() < 2 and not self.data.get("practitioner"):
            del self.fields["practitioner"]
        else:
            field = self.fields["practitioner"]
            field.queryset, field.empty_label = team, None  # type: ignore[attr-defined]
            field.required = False  # not said: it stays where it is

    @property
    def about(self) -> Which:
        return Which(self.cleaned_data.get("which") or Which.THIS)

    def change(self) -> Change:
        """What she changed, and nothing else."""
        changed, typed = set(self.changed_data), self.cleaned_data
        moves, again = changed & WHEN, changed & HOW_OFTEN and self.about != Which.THIS
        assert self.event is not None
        if self.event.series is None:
            again = self.rule is not None
        elif moves and self.about != Which.THIS and "date" in changed:
            again = True  # the second Tuesday is another one now
        return Change(
            **{name: typed[name] for name in ("title", "note", "colour") if name in changed},
            start=self.start if moves else None,
            end=self.end if moves else None,
            rhythm=Rhythm(self.rule) if again else None,
            practitioner=typed["practitioner"] if "practitioner" in changed else None,
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if self._is_alone() and self._rhythm_is_changed(typed):
            self.add_error(
                "which",
                _(
                    "You changed how it repeats: that is for this one and the following, or for all."
                ),
            )
        return typed

    def _rhythm_is_changed(self, typed: dict[str, Any]) -> bool:
        """In a field that says something of the repetition that is chosen."""
        repeat = typed.get("repeat") or Repeat.NEVER
        said = {"repeat"} if repeat in (Repeat.NEVER, Repeat.AS_IS) else {"repeat", "every"}
        said |= {"weekdays"} if repeat == Repeat.WEEKLY else set()
        said |= {"repeat_until"} if repeat != Repeat.NEVER else set()
        return bool(said & set(self.changed_data))

    def _is_alone(self) -> bool:
        return "which" in self.fields and self.about == Which.THIS


def which_words() -> list[tuple[str, str]]:
    return [
        (Which.THIS, _("This event")),
        (Which.FOLLOWING, _("This one and the following")),
        (Which.ALL, _("All")),
    ]


def _shown(event: Event) -> dict[str, Any]:
    """What the form shows of an event."""
    start, end = (timezone.localtime(at) for at in (event.start, event.end))
    whole, last = start.time() == end.time() == time.min, last_day(start, end)
    shown: dict[str, Any] = {
        "practitioner": event.practitioner_id,
        "title": event.title,
        "note": event.note,
        "colour": event.colour,
        "date": start.date(),
        "time": None if whole else start.time(),
        "until": None if whole else end.time(),
        "whole_days": whole,
        "last_date": None if last == start.date() else last,
        "repeat": Repeat.NEVER,
        "every": 1,
    }
    if event.series is not None:
        rhythm = rhythm_of(event.series.repeats, event.series.first_date)
        shown |= {
            "repeat": rhythm.repeat,
            "every": rhythm.every,
            "weekdays": sorted(rhythm.weekdays),
            "repeat_until": event.series.last_date,
        }
    return shown
