"""Receipts of emails, as django-anymail reads them from any of its providers."""

from typing import Any

from anymail.signals import EventType
from django.utils import timezone

from maia.messaging.models import Message
from maia.messaging.receipts import mark_undeliverable, record_receipt


def take(sender: object, event: Any, esp_name: str, **kwargs: object) -> None:
    """Delivered, or not; a mailbox that bounces, or whose reader cries spam, is left alone."""
    found = Message.objects.filter(
        channel=Message.Channel.EMAIL, provider_id=str(event.message_id or "-")
    )
    message = found.select_related("patient").first()
    if message is None:
        return
    now = timezone.now()
    if event.event_type == EventType.DELIVERED:
        record_receipt(message, delivered=True, now=now)
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        record_receipt(message, delivered=False, now=now)
    if event.event_type in (EventType.BOUNCED, EventType.COMPLAINED) and message.patient:
        mark_undeliverable(message.patient, message.to)
