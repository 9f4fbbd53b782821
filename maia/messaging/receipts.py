"""What a provider says afterwards: delivered or not, bounced, called spam."""

from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from maia.messaging.models import Message
from maia.patients.models import Patient

# Providers that take the address of the receipt along with the message.
TOLD_WITH_EACH = ("brevo", "smsmode", "twilio")
_SALT = "maia.messaging.receipt"
Receipt, Status = Message.Receipt, Message.Status


def callback_url(message: Message) -> str:
    """Where the provider of this SMS may tell what became of it. Its signature is the proof that
    who calls it was told; empty for a provider that does not ask, or could not reach it."""
    provider = settings.SMS_URL.partition(":")[0]
    if provider not in TOLD_WITH_EACH or not settings.BASE_URL.startswith("https://"):
        return ""
    token = signing.dumps([provider, message.pk], salt=_SALT)
    return str(settings.BASE_URL) + reverse("hooks:sms_message", args=[provider, token])


def message_of(provider: str, token: str) -> Message | None:
    """The SMS of a receipt's address. It binds the provider too: how it signs is not chosen by who
    calls."""
    try:
        told, pk = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    rows = Message.objects.filter(pk=pk, channel=Message.Channel.SMS)
    message: Message | None = rows.first() if told == provider else None
    return message


def record_receipt(message: Message, *, delivered: bool, now: datetime) -> None:
    """The last word counts. It also settles an *uncertain* message: it had been taken."""
    fields = {
        "receipt": Receipt.DELIVERED if delivered else Receipt.UNDELIVERED,
        "receipt_at": now,
    }
    rows = Message.objects.filter(pk=message.pk)
    if rows.filter(status=Status.UNCERTAIN).update(status=Status.SENT, sent_at=now, **fields) == 0:
        rows.update(**fields)
    if not delivered:
        rows.update(settled_at=None)


def mark_undeliverable(patient: Patient, email: str) -> None:
    """On the record, until its address is another one."""
    Patient.objects.filter(pk=patient.pk, email=email).update(undeliverable_email=email)
