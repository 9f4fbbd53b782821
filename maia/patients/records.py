"""How an account meets a record: through a verified email only (rule 3.5)."""

from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from maia.accounts.models import User
from maia.patients.models import Patient, RecordErased
from maia.practices.models import Practice


class RegistrationClosed(Exception):
    """The practice does not take this person's registration."""


def may_register(practice: Practice, email: str) -> bool:
    """Whether this address may open an account from the practice's booking page."""
    match practice.self_registration:
        case Practice.SelfRegistration.OPEN:
            return True
        case Practice.SelfRegistration.KNOWN:
            return _unclaimed(practice, email).exists()
        case _:
            return False


def find_record(user: User, practice: Practice) -> Patient | None:
    """Her record in this practice, met now for the first time if her verified address is on one.

    An address on several records (a mother who gave hers for her child) meets none by itself:
    the practice decides which is hers.
    """
    record = Patient.objects.filter(practice=practice, user=user).first()
    if record is not None or not user.has_verified(user.email):
        return record
    unclaimed = _unclaimed(practice, user.email)[:2]
    if len(unclaimed) == 1:
        # Conditional: of two accounts or two tabs, one meets the record; none that was erased.
        try:
            with transaction.atomic():
                _unclaimed(practice, user.email).filter(pk=unclaimed[0].pk).update(user=user)
        except IntegrityError:
            pass
    # Looked at again: another request of hers may have met it since the first look.
    return Patient.objects.filter(practice=practice, user=user).first()


def register(
    user: User, practice: Practice, *, first_name: str, last_name: str, mobile: str, language: str
) -> Patient:
    """Her record, made if she has none. Raises `RegistrationClosed`.

    ``mobile`` is E.164. An address or a number that the practice has barred stays barred on the new
    record.
    """
    record = find_record(user, practice)
    if record is not None:
        return record
    if not user.has_verified(user.email) or not may_register(practice, user.email):
        raise RegistrationClosed
    same_person = Q(email=user.email) | (Q(mobile=mobile) if mobile else Q())
    barred = Patient.objects.filter(same_person, practice=practice, online_booking_barred=True)
    record, _created = Patient.objects.get_or_create(
        practice=practice,
        user=user,
        defaults={
            "first_name": first_name,
            "last_name": last_name,
            "email": user.email,
            "mobile": mobile,
            "language": language,
            "origin": Patient.Origin.ONLINE,
            "online_booking_barred": barred.exists(),
        },
    )
    return record


def sharing(record: Patient, email: str, *, among: QuerySet[Patient]) -> QuerySet[Patient]:
    """Others ``among`` records of her practice that have this address: messages of both go there, and an
    account meets neither by itself."""
    others = among.filter(email=email)
    return others.exclude(pk=record.pk).exclude(email="").order_by("pk")


def _unclaimed(practice: Practice, email: str) -> QuerySet[Patient]:
    return Patient.objects.kept().filter(practice=practice, user=None, email=email)


def follow_address(*, user: User, from_email_address: Any, to_email_address: Any, **_: Any) -> None:
    """Her account has another verified address: her records that had the old one follow, so that
    messages reach her. One where the practice wrote another address stays as it is."""
    old = from_email_address.email if from_email_address else ""
    Patient.objects.filter(user=user, email=old).exclude(email="").update(
        email=to_email_address.email
    )
    for record in Patient.objects.filter(user=user):
        with suppress(RecordErased):
            record.save(update_fields=["search_text"])
