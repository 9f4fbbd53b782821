"""`maia token EMAIL`: a token of the API, printed once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from maia.accounts.limits import TooMany, TooOften
from maia.accounts.models import User
from maia.practices.models import Membership
from maia.practices.seats import memberships_of
from maia.tokens.issuing import LASTS, make_token


class Command(BaseCommand):
    help = "Prints an API token of a practitioner (her practice), or of a patient (herself)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--practice", metavar="SLUG", help="which, if she works in several")
        parser.add_argument("--role", choices=Membership.Role.values, help="less than hers")
        parser.add_argument("--patient", action="store_true", help="as a patient, whatever else")
        parser.add_argument("--name", default="maia token")
        parser.add_argument("--days", type=int, default=LASTS.days, help="until it ends: 365")
        parser.add_argument("--no-end", action="store_true", help="it does not end by itself")

    def handle(self, *, email: str, name: str, **options: Any) -> None:
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise CommandError(f"nobody signs in as {email}")
        seats = [] if options["patient"] else memberships_of(user)
        if slug := options["practice"]:
            seats = [seat for seat in seats if seat.practice.slug == slug]
            if not seats:
                raise CommandError(f"{email} does not work in {slug}")
        if not 1 <= options["days"] <= 36_500:
            raise CommandError("--days is from 1 to 36500")
        try:
            token, secret = make_token(
                user,
                name,
                now=timezone.now(),
                practice=seats[0].practice if seats else None,
                role=options["role"] or "",
                lasts=None if options["no_end"] else timedelta(days=options["days"]),
            )
        except ValueError:
            raise CommandError("this role is above hers, or a substitute’s") from None
        except TooMany as refusal:
            raise CommandError(f"{email} has {refusal.most} tokens: revoke one first") from None
        except TooOften:
            raise CommandError(f"too many tokens of {email} were made today") from None
        until = f"{token.expires_at:%Y-%m-%d}" if token.expires_at else "it is revoked"
        self.stderr.write(f"Good until {until}.")
        self.stdout.write(secret)
