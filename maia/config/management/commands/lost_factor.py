"""`maia lost-factor EMAIL`: a member of a team, or an operator, has lost her second factor."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.accounts.addresses import NotAnAddress, canonical_address
from maia.accounts.models import User
from maia.privacy.lost_factors import NothingLost, forget_second_factor


class Command(BaseCommand):
    help = (
        "Removes the second factors of somebody who has lost hers, and ends her sessions. Her "
        "practices' journals say so, and she is told by email."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            user = User.objects.filter(email=canonical_address(email)).first()
        except NotAnAddress:
            raise CommandError(f"{email} is not an email address.") from None
        if user is None:
            raise CommandError(f"Nobody signs in as {email}.")
        try:
            helped = forget_second_factor(user, by=None, now=timezone.now())
        except NothingLost:
            raise CommandError(f"{email} has no second factor.") from None
        self.stdout.write(
            f"Removed: {helped.factors}. All her sessions have ended; she signs in by a code."
        )
        if not helped.told:
            self.stderr.write("The email about it could not be sent: tell them yourself.")
