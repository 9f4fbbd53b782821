"""`maia hooks`: the addresses to give to providers, so that they tell what became of messages."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from maia.hooks.sms import account_token


class Command(BaseCommand):
    help = "Prints where providers may tell what became of messages. Keep them secret."

    def handle(self, **options: Any) -> None:
        base = urlsplit(settings.BASE_URL)
        for provider in ("ovh", "octopush"):  # the others are told with each message
            path = reverse("hooks:sms_account", args=[provider, account_token(provider)])
            self.stdout.write(f"SMS by {provider}: {settings.BASE_URL}{path}")
        secret = settings.ANYMAIL["WEBHOOK_SECRET"]
        for provider in ("brevo", "mailjet"):
            path = reverse(f"hooks:email_{provider}")
            address = f"{base.scheme}://{secret}@{base.netloc}{path}"
            self.stdout.write(f"Email by {provider}: {address}")
