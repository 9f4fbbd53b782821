"""One form for an email address, and the fields that hold it: what is compared is what is written to.

Two spellings are one mailbox only if they have the same canonical form. Databases disagree about
letters (PostgreSQL takes ``ı`` in capitals for an ``I``), so none is ever asked to ignore case.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_ADDRESS = 254  # RFC 5321, as Maia's columns
_LONGEST_LOCAL_PART = 64
# RFC 5321's dot-atom. Quoted local parts and addresses of machines in brackets are nobody's here.
_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class NotAnAddress(ValueError):
    """What was typed is no address that mail could reach."""


def canonical_address(text: str) -> str:
    """The one spelling of an address, in ASCII and lower case: ``Zoe@Hôpital.example`` is
    ``zoe@xn--hpital-ixa.example`` (the domain by IDNA 2008 after UTS 46, as mail servers look it up).

    Raises `NotAnAddress`, for a letter outside of ASCII before the @ too.
    """
    local, at, domain = text.strip().rpartition("@")
    # ASCII first: other letters become ASCII ones when their case changes.
    if not at or not local.isascii() or len(local) > _LONGEST_LOCAL_PART:
        raise NotAnAddress
    local = local.lower()
    if not _LOCAL_PART.fullmatch(local) or len(domain) > LONGEST_ADDRESS:
        raise NotAnAddress
    address = f"{local}@{_canonical_domain(domain)}"
    try:
        EmailValidator()(address)
    except ValidationError:
        raise NotAnAddress from None
    if len(address) > LONGEST_ADDRESS:
        raise NotAnAddress
    return address


def same_address(one: str, other: str) -> bool:
    """Whether two spellings are one mailbox. What is no address is the same as nothing."""
    try:
        return canonical_address(one) == canonical_address(other)
    except NotAnAddress:
        return False


def only_looks_like(one: str, other: str) -> bool:
    """Whether two addresses differ, but not to a database that compares in capitals: ``ı`` and ``i``."""
    return not same_address(one, other) and _as_read(one).upper() == _as_read(other).upper()


def _as_read(address: str) -> str:
    """With the letters of its domain, for ``xn--`` ones too."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except (idna.IDNAError, UnicodeError):
        return address


@lru_cache(1000)  # an import has thousands of addresses, of a few domains
def _canonical_domain(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise NotAnAddress from None


def _canonical_or_as_it_is(value: Any) -> Any:
    """A look-up of something that is no address finds what is stored just so: old rows only."""
    if not isinstance(value, str) or not value:
        return value
    try:
        return canonical_address(value)
    except NotAnAddress:
        return value


def validate_address(value: str) -> None:
    validated_address(value)


def validated_address(value: str) -> str:
    """Canonical. Raises `ValidationError` in words."""
    try:
        return canonical_address(value)
    except NotAnAddress:
        raise ValidationError(
            _("This is not an email address, such as marie@exemple.fr."), code="invalid"
        ) from None


class AddressFormField(forms.EmailField):
    """An address that somebody types; its value is canonical."""

    default_validators = [validate_address]

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        return validated_address(typed) if typed else ""


if TYPE_CHECKING:
    _EmailColumn = models.EmailField[str, str]
else:
    _EmailColumn = models.EmailField


class AddressField(_EmailColumn):
    """A column of canonical addresses: written, and looked up, in no other form."""

    default_validators = [validate_address]

    def get_prep_value(self, value: Any) -> Any:
        return _canonical_or_as_it_is(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = _canonical_or_as_it_is(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        typed = super().clean(value, model_instance)
        return validated_address(typed) if typed else typed

    def deconstruct(self) -> Any:
        """To the database it is Django's own field: swapping them remakes no table."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": AddressFormField, **kwargs})
