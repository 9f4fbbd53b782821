"""`maia practice create`: a practice and its owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from maia.accounts.addresses import NotAnAddress, canonical_address
from maia.accounts.models import User
from maia.practices.models import Membership, Practice, Practitioner


class Command(BaseCommand):
    help = "Manages practices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="a new practice and its owner")
        create.add_argument("--name", required=True)
        create.add_argument("--slug", required=True, help="its path: lowercase and hyphens")
        create.add_argument("--owner", required=True, metavar="EMAIL")
        create.add_argument("--first-name", required=True)
        create.add_argument("--last-name", required=True)
        create.add_argument("--time-zone", default="Europe/Paris")

    def handle(self, **options: Any) -> None:
        try:
            email = canonical_address(options["owner"])
        except NotAnAddress:
            raise CommandError(f"{options['owner']} is not an email address") from None
        practice = Practice(
            name=options["name"], slug=options["slug"], time_zone=options["time_zone"]
        )
        try:
            practice.full_clean()
            with transaction.atomic():
                practice.save()
                owner = User.objects.filter(email=email).first() or User.objects.create_user(email)
                owner.full_clean(exclude=["password"])
                Membership.objects.create(practice=practice, user=owner, role=Membership.Role.OWNER)
                practitioner = Practitioner(
                    practice=practice,
                    user=owner,
                    first_name=options["first_name"],
                    last_name=options["last_name"],
                    email=email,
                )
                practitioner.full_clean()
                practitioner.save()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"{practice.name}: /{practice.slug}/, owner {email} signs in by code.")
