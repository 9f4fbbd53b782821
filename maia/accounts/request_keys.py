"""The mark of one form: posted twice, it makes one thing."""

from typing import Any
from uuid import UUID, uuid4

from django import forms


class RequestKeyField(forms.UUIDField):
    """Nobody types it, so nobody is told that it is wrong: a form that lost it is one of its own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)

    def clean(self, value: Any) -> UUID:
        try:
            key: UUID | None = super().clean(value)
        except forms.ValidationError:
            key = None
        return key or uuid4()
