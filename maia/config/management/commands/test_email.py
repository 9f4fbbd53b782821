"""`maia test-email ADDRESS`: one email, and what the mail server said to it."""

from argparse import ArgumentParser
from typing import Any

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from maia.accounts.addresses import NotAnAddress, canonical_address
from maia.config.email import only_prints
from maia.config.reaching import mail_words
from maia.outside.mail import Mail


class Command(BaseCommand):
    help = "Sends one email to an address and says what became of it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *, address: str, **options: Any) -> None:
        try:
            to = canonical_address(address)
        except NotAnAddress:
            raise CommandError(f"{address} is not an email address.") from None
        if only_prints(settings.EMAIL_BACKEND) or "withheld" in settings.EMAIL_BACKEND:
            raise CommandError("MAIA_EMAIL_URL is not set: no email leaves.")
        mail = Mail(
            subject="Maia: a test",
            body=f"This email was sent by maia test-email, from {settings.BASE_URL}.\n",
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[to],
        )
        try:
            mail.send()
        except AnymailError as error:
            status = getattr(error, "status_code", None)
            said = f"http {status}" if status else type(error).__name__
            raise CommandError(f"The provider refuses it ({said}).") from None
        except (OSError, ValueError) as error:
            raise CommandError(f"It was not taken: {mail_words(error)}.") from None
        self.stdout.write(
            f"Taken. It should be at {to} within minutes; look among unwanted mail too."
        )
