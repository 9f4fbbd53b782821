"""`maia test-sms NUMBER`: one SMS, and what the provider said to it."""

from argparse import ArgumentParser
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from maia.messaging.failures import (
    AccountRefused,
    AnswerLost,
    PermanentFailure,
    TemporaryFailure,
)
from maia.messaging.sms.channel import sms_channel
from maia.patients.phones import is_mobile


class Command(BaseCommand):
    help = "Sends one SMS, which costs, to a mobile and says what became of it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="with its country: +33612345678")

    def handle(self, *, number: str, **options: Any) -> None:
        to = _mobile(number)
        if not settings.SMS_URL:
            raise CommandError("MAIA_SMS_URL is not set: no SMS leaves.")
        try:
            provider_id = sms_channel().send(to, "Maia: a test.")
        except AccountRefused as error:
            raise CommandError(f"The provider refuses this account ({error}).") from None
        except TemporaryFailure as error:
            raise CommandError(
                f"The provider cannot be reached, or takes nothing now ({error})."
            ) from None
        except PermanentFailure as error:
            raise CommandError(f"The provider refuses it ({error}).") from None
        except AnswerLost as error:
            raise CommandError(
                f"It may have left: the provider's answer was lost ({error})."
            ) from None
        known = f" The provider calls it {provider_id}." if provider_id else ""
        self.stdout.write(f"Taken.{known}")


def _mobile(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number, "FR")
    except phonenumbers.NumberParseException:
        raise CommandError(f"{number} is no telephone number.") from None
    to = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not is_mobile(to):
        raise CommandError(f"{to} is no mobile: no SMS goes there.")
    return to
