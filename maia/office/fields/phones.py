"""A phone number typed in a form of the practice: optional, landlines too."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.office.fields.kept_form import KeptRowForm
from maia.patients.phones import LONGEST_TYPED, NotAPhoneNumber, SeveralNumbers, typed_phone


def clean_phone(typed: str, country: str) -> str:
    """In E.164, or empty. Raises `ValidationError` in words."""
    if not typed.strip():
        return ""
    try:
        return typed_phone(typed.strip(), country)
    except SeveralNumbers:
        raise ValidationError(
            _("These are two numbers. Keep one here; a record has room for another one.")
        ) from None
    except NotAPhoneNumber:
        raise ValidationError(_("This is not a phone number.")) from None


class PhoneField(forms.CharField):
    def __init__(self, *, country: str, label: str) -> None:
        widget = forms.TextInput(attrs={"type": "tel"})
        super().__init__(label=label, max_length=LONGEST_TYPED, required=False, widget=widget)
        self.country = country

    def clean(self, value: Any) -> str:
        return clean_phone(super().clean(value), self.country)


class FormWithPhone(KeptRowForm):
    """Shows numbers as they are written in their country, and reads them by the rule that booking
    uses rather than by the model's fields, which ``numbers`` names with their labels."""

    numbers: ClassVar[dict[str, Any]] = {"phone": gettext_lazy("Phone")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.numbers.items():
            self.fields[name] = PhoneField(country=self.country, label=label)
            if kept := getattr(self.instance, name):
                self.initial[name] = kept.as_national
        self.remember_what_was_shown()

    @property
    def country(self) -> str:
        return str(self.instance.practice.country)

    def save(self, commit: bool = True) -> Any:
        for name in self.numbers:
            if name in self.changed_data:
                setattr(self.instance, name, self.cleaned_data[name])
        return super().save(commit=commit)
