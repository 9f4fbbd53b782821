"""The form of a period: its name and its dates. Its weeks: `TurnForm` (rule 3.1.12)."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.office.fields.days import AgendaDayField
from maia.office.fields.kept_form import KeptForm
from maia.patients.text import clean_line
from maia.schedules.models import Period


class PeriodForm(KeptForm, forms.Form):
    """``period``: a new one, or one that stands and is held when it is posted."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("Summer, part-time… Patients do not see it."),
    )
    first_date = AgendaDayField(label=gettext_lazy("From"))
    last_date = AgendaDayField(
        label=gettext_lazy("To, included"),
        required=False,
        help_text=gettext_lazy("Leave it empty for hours that stay for good."),
    )

    def __init__(self, *args: Any, period: Period, **kwargs: Any) -> None:
        self.period = period
        shown = {
            "name": period.name,
            "first_date": period.first_date,
            "last_date": period.last_date,
        }
        super().__init__(*args, initial={**shown, **kwargs.pop("initial", {})}, **kwargs)
        for name in ("first_date", "last_date"):
            self.fields[name].stands = shown[name]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = clean_line(" ".join(self.cleaned_data["name"].split()))
        if not name:
            raise forms.ValidationError(_("Give it a name."))
        return name

    def clean(self) -> dict[str, Any]:
        """What she did not change stays as it is now."""
        typed: dict[str, Any] = super().clean() or {}
        if self.period.pk is not None:
            for name in self.fields:
                if name not in self.changed_data and name not in self.errors:
                    typed[name] = getattr(self.period, name)
        if {"first_date", "last_date"} & set(self.errors):
            return typed
        first, last = typed.get("first_date"), typed.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("The end comes before the start."))
        elif last and last < timezone.localdate() and last != self.period.last_date:
            self.add_error("last_date", _("This date is over."))
        return typed

    @property
    def first(self) -> datetime.date:
        first: datetime.date = self.cleaned_data["first_date"]
        return first

    @property
    def last(self) -> datetime.date | None:
        last: datetime.date | None = self.cleaned_data["last_date"]
        return last

    def fill(self) -> Period:
        """The period as it is to be. Not saved."""
        self.period.name = self.cleaned_data["name"]
        self.period.first_date, self.period.last_date = self.first, self.last
        return self.period

    def refuse_overlap(self, other: str) -> None:
        """Two of one schedule do not overlap: the ``other`` is named."""
        words = _("In these dates there is “%(name)s” already: two periods do not overlap.")
        self.add_error("first_date", words % {"name": other})
