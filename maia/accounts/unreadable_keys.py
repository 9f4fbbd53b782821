"""What a browser says of a key comes from anybody: what cannot be read is refused, never a 500."""

import struct

from allauth.mfa.adapter import get_adapter
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django import forms

# allauth and its reader of keys catch some of what a made-up credential raises in them, not all.
_UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError),
    *(struct.error, AssertionError, NotImplementedError, InvalidSignature, UnsupportedAlgorithm),
)


class ReadsAKey(forms.Form):
    """A form with a ``credential``, which is JSON that a script has written."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except _UNREADABLE:
            self.data = {
                **{name: self.data[name] for name in self.data},
                "credential": "",
            }  # nor is it written out again
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))
