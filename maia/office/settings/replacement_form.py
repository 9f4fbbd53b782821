"""The form of a replacement: who, by whom, when, by whose hours (rule 3.10)."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.office.fields.colleagues import ColleagueField
from maia.office.fields.days import AgendaDayField
from maia.office.fields.kept_form import KeptForm
from maia.practices.models import Replacement
from maia.schedules.replacements import ReplacementRefused

PEOPLE = ("practitioner", "substitute")
DATES = ("first_date", "last_date")


class ReplacementForm(KeptForm, forms.Form):
    """``replacement``: a new one, or one that stands and is held when it is posted."""

    practitioner = ColleagueField(label=gettext_lazy("Who is replaced"))
    substitute = ColleagueField(
        label=gettext_lazy("By whom"),
        help_text=gettext_lazy("Somebody new is invited on the page of the team first."),
    )
    first_date = AgendaDayField(label=gettext_lazy("From"))
    last_date = AgendaDayField(label=gettext_lazy("To, included"))
    hours = forms.ChoiceField(
        label=gettext_lazy("By whose hours"),
        choices=[
            (Replacement.Hours.SUBSTITUTE, gettext_lazy("The substitute’s own hours")),
            (Replacement.Hours.REPLACED, gettext_lazy("The hours of who is replaced")),
        ],
        help_text=gettext_lazy(
            "The substitute’s absences and agenda count in both cases; those of who is replaced do not."
        ),
    )

    def __init__(self, *args: Any, replacement: Replacement, **kwargs: Any) -> None:
        self.replacement = replacement
        names = (*DATES, "hours")
        shown: dict[str, Any] = {name: getattr(replacement, name) for name in names}
        for name in PEOPLE:
            shown[name] = getattr(replacement, f"{name}_id")
        super().__init__(*args, initial=shown | kwargs.pop("initial", {}), **kwargs)
        kept = [shown[name] for name in PEOPLE if shown[name]]
        team = replacement.practice.practitioners.filter(Q(is_active=True) | Q(pk__in=kept))
        for name in PEOPLE:
            self.fields[name].queryset = team  # type: ignore[attr-defined]
        for name in DATES:
            self.fields[name].stands = shown[name]  # type: ignore[attr-defined]

    def wanted(self) -> Replacement:
        """As it is to be; what she did not change stays as it is now. Not saved."""
        stands, typed = self.replacement, self.cleaned_data
        wanted = Replacement(pk=stands.pk, practice=stands.practice)
        for name in self.fields:
            is_kept = stands.pk is not None and name not in self.changed_data
            setattr(wanted, name, getattr(stands, name) if is_kept else typed[name])
        return wanted

    def refuse(self, refusal: ReplacementRefused) -> None:
        other = {"name": refusal.other.name if refusal.other else ""}
        words = {
            "reversed": _("The end comes before the start."),
            "out_of_reach": _("Within ten years of today, please."),
            "over": _("This date is over."),
            "same_person": _("Nobody replaces herself: choose a colleague."),
            "not_here": _("This colleague has left."),
            "overlapping": _("%(name)s replaces her already on some of these dates."),
            "is_replaced": _("She is replaced herself on some of these dates, by %(name)s."),
            "replaces": _("She replaces %(name)s on some of these dates."),
            "away": _("She is absent on all of these days."),
        }[refusal.code]
        self.add_error(refusal.field, words % other)
