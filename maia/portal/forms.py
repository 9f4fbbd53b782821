"""What a patient types when she books."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.accounts.request_keys import RequestKeyField
from maia.appointments.agenda import Telling
from maia.appointments.models import MOST_WORDS
from maia.availability.pregnancy import Unit, Window
from maia.patients.addresses import LENGTHS, NEEDED, Address
from maia.patients.phones import LONGEST_TYPED, NotAPhoneNumber, SeveralNumbers, typed_phone
from maia.patients.stages import Stage, validate_birth_of_child, validate_due_date
from maia.patients.text import clean_line, clean_text

NOTE_LENGTH = 1000


class NoteForm(forms.Form):
    """``asks_address``: the midwife comes to her."""

    request_key = RequestKeyField()
    note = forms.CharField(
        label=_("A message for the practitioner"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Optional. Only the practice reads it, before your visit."),
    )

    def __init__(
        self,
        *args: Any,
        asks_address: bool = False,
        window: Window | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if asks_address:
            self.fields |= address_fields()
        if window is not None:
            self.fields |= stage_fields(window.unit)
        self.order_fields([*self.names, *Stage._fields, *LENGTHS, "note"])

    names: ClassVar[list[str]] = []  # what is asked first

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        for name in LENGTHS:
            if name in self.fields and name in typed:
                typed[name] = getattr(Address.typed(**{name: typed[name]}), name)
                if name in NEEDED and not typed[name]:
                    self.add_error(name, _("Please write your address."))
        _clean_stage(self, typed)
        return typed

    @property
    def said(self) -> Stage:
        return _said(self)

    @property
    def address(self) -> Address | None:
        """What she typed, or None where it was not asked."""
        if "street" not in self.fields:
            return None
        return Address(**{name: self.cleaned_data[name] for name in LENGTHS})

    def clean_note(self) -> str:
        return clean_text(self.cleaned_data["note"])

    def typed(self) -> dict[str, str]:
        """What she typed so far, to be kept across a sign-in or another choice of time."""
        return {
            name: self.data.get(name, "")[:2000] for name in self.fields if name != "request_key"
        }


class StageForm(forms.Form):
    """When her child is due, or was born: asked before times are shown. One of them is needed."""

    def __init__(self, *args: Any, window: Window, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= stage_fields(window.unit)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        _clean_stage(self, typed)
        if not self.errors and not any(typed.values()):
            self.add_error(next(iter(self.fields)), _("Please write a date."))
        return typed

    @property
    def said(self) -> Stage:
        return _said(self)


class WordForm(forms.Form):
    """Beside an act on her appointment: why, if she wants to say; and which one she has read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    word = forms.CharField(
        label=_("A word for the practice"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Optional. Only the practice reads it."),
    )

    def clean_word(self) -> str:
        return clean_text(self.cleaned_data["word"])

    @property
    def seen(self) -> int:
        """The appointment's version that the page showed; -1, which none is, where it does not say."""
        version: int | None = self.cleaned_data["version"]
        return -1 if version is None else version

    def telling(self) -> Telling:
        return Telling(words=self.cleaned_data["word"])


class DetailsForm(NoteForm):
    """The first time in a practice."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    mobile = forms.CharField(
        label=_("Phone"),
        max_length=LONGEST_TYPED,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "placeholder": "06 12 34 56 78"}
        ),
        help_text=_("Mobile or landline. Reminders by SMS only reach a mobile."),
    )
    names = ["first_name", "last_name", "mobile"]
    field_order = [*names, "note"]

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_first_name(self) -> str:
        return _name(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return _name(self.cleaned_data["last_name"])

    def clean_mobile(self) -> str:
        try:
            return typed_phone(self.cleaned_data["mobile"], self.country)
        except SeveralNumbers:
            raise ValidationError(_("These are two numbers: please write one only.")) from None
        except NotAPhoneNumber:
            raise ValidationError(
                _("This is not a phone number. For instance: 06 12 34 56 78.")
            ) from None


def address_fields() -> dict[str, forms.Field]:
    labels = {
        "street": (_("Number and street"), "address-line1"),
        "postcode": (_("Postcode"), "postal-code"),
        "city": (_("Town"), "address-level2"),
        "access": (_("How to get in"), "off"),
    }
    fields: dict[str, forms.Field] = {
        name: forms.CharField(
            label=label,
            max_length=LENGTHS[name],
            required=name in NEEDED,
            widget=forms.TextInput(attrs={"autocomplete": complete}),
        )
        for name, (label, complete) in labels.items()
    }
    fields["street"].help_text = _("The midwife comes to your home.")
    fields["access"].help_text = _("Optional: floor, door code, name on the bell.")
    return fields


def stage_fields(unit: Unit) -> dict[str, forms.Field]:
    """In the order in which they are asked."""

    def field(label: Any, help_text: Any) -> forms.Field:
        return forms.DateField(
            label=label,
            required=False,
            help_text=help_text,
            widget=forms.DateInput(
                format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}
            ),
        )

    due = field(_("Due date"), _("As your midwife or your doctor has given it."))
    if unit == Unit.WEEKS:
        return {"due_date": due}
    born = field(
        _("Birth of your child"), _("Not born yet? Leave this empty, and write the due date.")
    )
    return {"child_birth_date": born, "due_date": due}


def _said(form: forms.Form) -> Stage:
    """Of her pregnancy, as far as it was asked."""
    return Stage(**{name: form.cleaned_data.get(name) for name in Stage._fields})


def _clean_stage(form: forms.Form, typed: dict[str, Any]) -> None:
    checks = {"due_date": validate_due_date, "child_birth_date": validate_birth_of_child}
    for name, check in checks.items():
        if day := typed.get(name):
            try:
                check(day, timezone.localdate())
            except ValidationError as error:
                form.add_error(name, error)


def _name(text: str) -> str:
    line = clean_line(text)
    if not line:
        raise ValidationError(_("Please write a name with letters."))
    return line
