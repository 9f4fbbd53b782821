"""The forms of the list of appointments: what is asked of it, and who came."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from maia.accounts.ids import parse_id
from maia.appointments.listing import ATTENDANCES, MOST_DAYS, STATUSES, Wanted
from maia.appointments.models import Appointment
from maia.office.fields.days import DayField
from maia.office.fields.kept_form import KeptForm
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.schedules.models import AppointmentType

FILTERS = ("status", "practitioner", "type", "online", "attendance")
TICKED = "ticked"  # in the form of who came


class ListForm(forms.Form):
    """What an address asks of the list; one that asks for no date asks for today."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To (included)"), required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Every status")), *STATUSES],
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label=_("Practitioner"),
        required=False,
        empty_label=_("Everybody"),
    )
    type = forms.ModelChoiceField(
        AppointmentType.objects.none(),
        label=_("Type"),
        required=False,
        empty_label=_("Every type"),
    )
    online = forms.ChoiceField(
        label=_("How it was made"),
        required=False,
        choices=[
            ("", _("Online or not")),
            ("yes", _("Booked online")),
            ("no", _("Noted by the practice")),
        ],
    )
    attendance = forms.ChoiceField(
        label=_("Attendance"),
        required=False,
        choices=[("", _("Came or not")), *ATTENDANCES],
    )

    def __init__(self, typed: Any, *, seat: Seat, today: date) -> None:
        typed = typed.copy()
        if not any(typed.get(name, "").strip() for name in ("first", "last")):
            typed["first"] = typed["last"] = today.isoformat()
        super().__init__(typed, auto_id="list_%s")
        self.fields["practitioner"].queryset = seat.practitioners  # type: ignore[attr-defined]
        self.fields["type"].queryset = AppointmentType.objects.filter(practice=seat.practice)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not {"first", "last"} & self.errors.keys():
            first = typed.get("first") or typed["last"]
            last = typed.get("last") or first
            if last < first:
                self.add_error("last", _("The end comes before the start."))
            elif last - first >= timedelta(days=MOST_DAYS):
                self.add_error("last", _("At most a year at once, please."))
            typed |= {"first": first, "last": last}
        return typed

    def filters_in_words(self) -> dict[str, str]:
        """What is asked for besides dates, as far as it can be read."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name) for name in FILTERS}
        return {
            name: str(dict(self.fields[name].choices)[value] if isinstance(value, str) else value)  # type: ignore[attr-defined]
            for name, value in said.items()
            if value
        }

    def wanted(self) -> Wanted | None:
        """None for what cannot be read, or is too much."""
        if not self.is_valid():
            return None
        typed = dict(self.cleaned_data)
        typed["online"] = {"yes": True, "no": False}.get(typed["online"])
        return Wanted(**typed)


class AttendanceForm(KeptForm, forms.Form):
    """Of each appointment of a day, whether she came; see `KeptForm` for what is written."""

    def __init__(self, typed: Any, appointments: Iterable[Appointment]) -> None:
        self.of_day = {f"a{one.pk}": one for one in appointments}
        super().__init__(typed, initial={name: one.attendance for name, one in self.of_day.items()})

    def remember_what_was_shown(self) -> None:
        """Called when the form is made: its fields are the rows of the day."""
        for name, one in self.of_day.items():
            self.fields[name] = forms.ChoiceField(
                label=one.patient.name,
                required=False,
                widget=forms.RadioSelect,
                choices=[*Appointment.Attendance.choices, ("", _("to be noted"))],
            )
        super().remember_what_was_shown()

    def legend(self) -> list[tuple[str, Any]]:
        """What can be said, for the signs that stand for it on a phone."""
        return list(Appointment.Attendance.choices)

    def rows(self) -> list[tuple[Appointment, forms.BoundField, SafeString]]:
        """Each with its field, and what the page shows her, hidden; posted, those of that page."""
        return [
            (one, self[name], self[name].as_hidden(only_initial=True))
            for name, one in self.of_day.items()
            if self._is_shown(name)
        ]

    def _is_shown(self, name: str) -> bool:
        """A program posts without the page: it is answered with the whole day."""
        was_page = self.is_bound and any(key.startswith("initial-") for key in self.data)
        return not was_page or self[name].html_initial_name in self.data

    def with_all_attended(self) -> "AttendanceForm":
        """To look at before it is saved: who is still to be said has come."""
        unsaid = [name for name in self.of_day if not self.data.get(name) and self._is_shown(name)]
        said = dict.fromkeys(unsaid, Appointment.Attendance.ATTENDED)
        return self._with(said, " ".join(unsaid))

    def without_ticks(self) -> "AttendanceForm":
        """What that press has ticked is to be said again."""
        return self._with(dict.fromkeys(self.ticked().split(), ""), "")

    def ticked(self) -> str:
        """The names of those that *All came* has ticked and that still say so, nothing of them saved."""
        names = self.data.get(TICKED, "").split()
        came = Appointment.Attendance.ATTENDED
        return " ".join(one for one in names if one in self.of_day and self.data.get(one) == came)

    def elsewhere(self) -> set[int]:
        """The keys of those that she has changed and that are none of the day's any more."""
        keys = {
            parse_id(name[1:])
            for name, said in self.data.items()
            if name.startswith("a") and said != self.data.get(f"initial-{name}", "")
        }
        return {key for key in keys if key is not None and f"a{key}" not in self.of_day}

    def _with(self, said: Mapping[str, str], ticked: str) -> "AttendanceForm":
        typed = self.data.copy()  # type: ignore[attr-defined]
        for name, value in {**said, TICKED: ticked}.items():
            typed[name] = value
        return AttendanceForm(typed, self.of_day.values())

    def changed(self) -> list[tuple[Appointment, str]]:
        """Those that she changed, with what she says."""
        return [(self.of_day[name], self.cleaned_data[name]) for name in self.changed_data]
