"""The webhook channel: the same outbox, towards other programs.

Told at least once: where an answer was lost, the same event goes again under the same id, which the
receiver knows. Any answer but a 2xx is worth another try for two days; 410 means never again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.appointments.models import HistoryEntry
from maia.messaging.failures import PermanentFailure, TemporaryFailure
from maia.messaging.models import Message
from maia.outside.http import Unfetched, fetch
from maia.webhooks.events import NAMES, event_body
from maia.webhooks.models import Webhook
from maia.webhooks.signing import signed_headers

SECONDS = 10.0
MOST_BYTES = 64 * 1024
GIVE_UP_AFTER = timedelta(days=2)


def webhooks_by_practice(entries: Iterable[HistoryEntry]) -> dict[int, list[Webhook]]:
    """One query, none when nothing that they tell has happened."""
    practices = {e.appointment.practice_id for e in entries if e.action in NAMES}
    found: dict[int, list[Webhook]] = {}
    if practices:
        for webhook in Webhook.objects.filter(practice__in=practices, paused_at=None):
            found.setdefault(webhook.practice_id, []).append(webhook)
    return found


def told_to(webhook: Webhook, entry: HistoryEntry, now: datetime) -> Message:
    return Message(
        practice_id=entry.appointment.practice_id,
        appointment=entry.appointment,
        entry=entry,
        webhook=webhook,
        kind=Message.Kind.EVENT,
        recipient=Message.Recipient.PROGRAM,
        channel=Message.Channel.HOOK,
        key=f"hook:{webhook.pk}:{entry.pk}",
        due_at=now,
        try_after=now,
    )


def trial_of(webhook: Webhook, now: datetime, *, by: User) -> Message:
    """An event that says nothing, to see whether it arrives. Raises `TooOften`."""
    limits.ask(Limited.TEST_WEBHOOK, by.pk, now=now)
    message: Message = Message.objects.create(
        practice_id=webhook.practice_id,
        webhook=webhook,
        kind=Message.Kind.TEST,
        recipient=Message.Recipient.PROGRAM,
        channel=Message.Channel.HOOK,
        key=f"hook:{webhook.pk}:{uuid4().hex}",
        due_at=now,
        try_after=now,
    )
    return message


def why_not_told(message: Message, now: datetime) -> str | None:
    assert message.webhook is not None
    if message.webhook.paused_at is not None and message.kind != Message.Kind.TEST:
        return "paused"
    return "gave_up" if now - message.due_at > GIVE_UP_AFTER else None


def prepare_event(message: Message, now: datetime) -> tuple[dict[str, object], Callable[[], str]]:
    """The event as a column of the message, and the call that posts it."""
    webhook = message.webhook
    assert webhook is not None
    body = event_body(message.entry, message.appointment, now)

    def send() -> str:
        try:
            _post(webhook, message, body, now)
        except (TemporaryFailure, PermanentFailure) as failure:
            webhook.has_failed(now, str(failure), for_good=isinstance(failure, PermanentFailure))
            raise
        webhook.has_answered(now)
        return ""

    return {"body": body.decode()}, send


def _post(webhook: Webhook, message: Message, body: bytes, now: datetime) -> None:
    id = f"{webhook.uid.hex[:8]}-{message.pk}"
    try:
        answer = fetch(
            "POST",
            webhook.url,
            headers={
                "Content-Type": "application/json",
                **signed_headers(webhook.key, id, int(now.timestamp()), body),
            },
            body=body,
            seconds=SECONDS,
            most_bytes=MOST_BYTES,
        )
    except Unfetched as failure:
        if failure.code == "too_large":  # it answered, and at length
            return
        raise TemporaryFailure(failure.code) from failure
    if answer.status == 410:
        raise PermanentFailure("http 410")
    if not 200 <= answer.status < 300:
        raise TemporaryFailure(f"http {answer.status}")
