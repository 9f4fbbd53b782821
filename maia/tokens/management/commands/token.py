"""`maia token EMAIL`: a token of the API, printed once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.accounts.models import User
from maia.practices.models import Membership
from maia.practices.seats import memberships_of
from maia.tokens.issuing import make_token


class Command(BaseCommand):
    help = "Prints an API token of a practitioner (her practice), or of a patient (herself)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--practice", metavar="SLUG", help="which, if she works in several")
        parser.add_argument("--role", choices=Membership.Role.values, help="less than hers")
        parser.add_argument("--patient", action="store_true", help="as a patient, whatever else")
        parser.add_argument("--name", default="maia token")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"nobody signs in as {email}")
        seats = [] if options["patient"] else memberships_of(user)
        if slug := options["practice"]:
            seats = [seat for seat in seats if seat.practice.slug == slug]
            if not seats:
                raise CommandError(f"{email} does not work in {slug}")
        try:
            _token, secret = make_token(
                user,
                name,
                now=timezone.now(),
                practice=seats[0].practice if seats else None,
                role=options["role"] or "",
            )
        except ValueError:
            raise CommandError("this role is above hers") from None
        self.stdout.write(secret)
