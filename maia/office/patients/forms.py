"""The record's form: texts to values, errors to words."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from maia.office.fields.phones import FormWithPhone
from maia.office.patients.sharing import ask_about_address
from maia.patients.addresses import LENGTHS, one_line_of
from maia.patients.models import Patient
from maia.patients.stages import validate_birth_of_child, validate_due_date
from maia.patients.text import clean_line, clean_text
from maia.practices.seats import Seat

DATES = ("birth_date", "due_date", "child_birth_date")


class PatientForm(FormWithPhone):
    numbers: ClassVar[dict[str, Any]] = {
        "mobile": gettext_lazy("Phone"),
        "phone": gettext_lazy("Other phone"),
        "contact_phone": gettext_lazy("Phone of the person to call"),
    }

    class Meta:
        model = Patient
        fields = [
            "first_name",
            "last_name",
            "birth_name",
            "email",
            "contact_name",
            "external_id",
            "birth_date",
            "due_date",
            "child_birth_date",
            "own_practitioner",
            *LENGTHS,
            "notes",
            "online_booking_barred",
        ]
        widgets = {
            **{name: forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) for name in DATES},
            "notes": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        self.seat = seat
        super().__init__(*args, **kwargs)
        team = seat.practitioners.filter(
            Q(is_active=True) | Q(pk=self.instance.own_practitioner_id)
        )
        own = self.fields["own_practitioner"]
        own.queryset, own.empty_label = team, "—"  # type: ignore[attr-defined]
        if seat.is_substitute and self.instance._state.adding:  # else she would not see it
            own.required, own.empty_label = True, None  # type: ignore[attr-defined]
            replaced = [one for one in team if one != seat.practitioner]
            self.initial["own_practitioner"] = (replaced or team)[0]
        if len(team) < 2 and not self.instance.own_practitioner_id:  # nobody to choose from
            del self.fields["own_practitioner"]
        if not seat.reads_notes:  # neither shown nor saved
            del self.fields["notes"]

    def clean_first_name(self) -> str:
        return clean_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return clean_line(self.cleaned_data["last_name"])

    def clean_birth_name(self) -> str:
        return clean_line(self.cleaned_data["birth_name"])

    def clean_contact_name(self) -> str:
        return clean_line(self.cleaned_data["contact_name"])

    def clean_external_id(self) -> str:
        return clean_text(self.cleaned_data["external_id"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self.instance._state.adding:  # of a new one, `new_patient` asks
            ask_about_address(self, self.seat, self.instance)
        return typed | {name: one_line_of(typed[name]) for name in LENGTHS if name in typed}

    def clean_due_date(self) -> date | None:
        return self._clean_day("due_date", validate_due_date)

    def clean_child_birth_date(self) -> date | None:
        return self._clean_day("child_birth_date", validate_birth_of_child)

    def _clean_day(self, name: str, check: Callable[[date, date], None]) -> date | None:
        """One that stands may have become old."""
        day: date | None = self.cleaned_data[name]
        if day is not None and name in self.changed_data:
            check(day, timezone.localdate())
        return day

    def clean_notes(self) -> str:
        return clean_text(self.cleaned_data["notes"])


class ContactForm(FormWithPhone):
    """Her address and number, as the record's form has them: corrected where they are seen wrong."""

    numbers: ClassVar[dict[str, Any]] = {"mobile": gettext_lazy("Phone")}

    class Meta:
        model = Patient
        fields = ["email"]

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        self.seat = seat
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        ask_about_address(self, self.seat, self.instance)
        return typed
