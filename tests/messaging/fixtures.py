"""Servers to send to, for any test."""

import pytest

from tests.messaging.provider import sms_provider
from tests.messaging.smtp import mail_server


@pytest.fixture
def smtp(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        settings.DEFAULT_FROM_EMAIL = "Maia <rdv@maia.example>"
        yield server


@pytest.fixture
def sms(settings):
    """An SMS provider that Maia reaches over HTTP."""
    settings.PROVIDER_SECONDS = 1
    with sms_provider() as provider:
        settings.SMS_URL = f"smsmode://key@?base={provider.base}"
        yield provider
