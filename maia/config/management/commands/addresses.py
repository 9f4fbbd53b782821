"""`maia addresses`: email addresses that somebody has to look at."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management.base import BaseCommand

from maia.accounts.addresses import NotAnAddress, canonical_address, only_looks_like
from maia.accounts.models import User
from maia.invitations.models import Invitation
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner

_HOLDERS: tuple[Any, ...] = (User, EmailAddress, Patient, Invitation, Practice, Practitioner)


class Command(BaseCommand):
    help = (
        "Lists the email addresses that somebody has to look at. Those that could not be given their "
        "one spelling (two rows would have had the same one, or mail cannot reach it), and the records "
        "whose account only looks alike."
    )
    requires_system_checks = ()  # it only reads

    def handle(self, **options: Any) -> None:
        lines = [*_misspelled(), *_look_alikes()]
        for line in lines:
            self.stdout.write(line)
        if not lines:
            self.stdout.write("Every address has its one spelling.")


def _misspelled() -> Iterator[str]:
    for model in _HOLDERS:
        for pk, stored in (
            model._default_manager.exclude(email="").values_list("pk", "email").iterator()
        ):
            try:
                canonical = canonical_address(stored)
            except NotAnAddress:
                yield f"{model._meta.label} {pk}: {stored!a} cannot be reached by mail"
                continue
            if canonical != stored:
                yield f"{model._meta.label} {pk}: {stored!a} would be {canonical}, which is taken"


def _look_alikes() -> Iterator[str]:
    met = Patient.objects.exclude(user=None).values_list("pk", "email", "user", "user__email")
    for pk, kept, account, address in met.iterator():
        if only_looks_like(address, kept):
            yield f"patient {pk}: {kept!a} is not the address of its account {account}, {address!a}"
