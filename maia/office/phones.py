"""A phone number typed in a form of the practice: optional, landlines too."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.patients.phones import NotAPhoneNumber, parse_phone


def clean_phone(typed: str, country: str) -> str:
    """In E.164, or empty. Raises `ValidationError` in words."""
    if not typed.strip():
        return ""
    try:
        return parse_phone(typed.strip(), country)
    except NotAPhoneNumber:
        raise ValidationError(_("This is not a phone number.")) from None


class PhoneField(forms.CharField):
    def __init__(self, *, country: str) -> None:
        super().__init__(label=gettext_lazy("Phone"), max_length=30, required=False)
        self.country = country

    def clean(self, value: Any) -> str:
        return clean_phone(super().clean(value), self.country)


class FormWithPhone(forms.ModelForm):
    """Shows the number as it is written in its country, and reads it by the rule that booking uses
    rather than by the model's field. ``number`` is that field's name."""

    number: ClassVar[str] = "phone"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.number] = PhoneField(country=self.country)
        if kept := getattr(self.instance, self.number):
            self.initial[self.number] = kept.as_national

    @property
    def country(self) -> str:
        return str(self.instance.practice.country)

    def save(self, commit: bool = True) -> Any:
        setattr(self.instance, self.number, self.cleaned_data[self.number])
        return super().save(commit=commit)
