"""What was sent about an appointment, and what became of it."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, seat
from maia.api.paging import Pages, page
from maia.api.problems import errors
from maia.messaging.models import Message
from maia.messaging.reasons import reason
from maia.privacy.reading import read_messages

router = Router(tags=["office"], auth=OfficeToken())


class MessageOut(Schema):
    kind: str = Field(examples=["reminder"])
    channel: str = Field(examples=["sms"])
    to: str
    due_at: str = Field(examples=["2026-12-02T14:00:00+01:00"])
    status: str = Field(examples=["sent"])
    attempts: int
    sent_at: str | None
    error: str
    body: str


class MessagesOut(Schema):
    items: list[MessageOut]
    next: str | None


class MessagesQuery(Schema):
    appointment: UUID | None = None


@router.get("messages", response={200: MessagesOut, **errors(401, 403, 404, 422, 429)})
def messages(
    request: HttpRequest,
    asked: Annotated[MessagesQuery, Query()],
    paging: Pages,
) -> Any:
    practice = seat(request).practice
    now = timezone.now()
    if asked.appointment is None:
        found = read_messages(seat(request), now=now)
    else:
        ours = practice.appointments.select_related("patient")
        appointment = get_object_or_404(ours, uid=asked.appointment)
        found = read_messages(seat(request), now=now, of=appointment.patient)
        found = found.filter(appointment=appointment)
    zone = practice.zone

    def shown(message: Message) -> dict[str, Any]:
        return {
            "kind": message.kind,
            "channel": message.channel,
            "to": message.to,
            "due_at": message.due_at.astimezone(zone).isoformat(),
            "status": message.status,
            "attempts": message.attempts,
            "sent_at": message.sent_at.astimezone(zone).isoformat() if message.sent_at else None,
            "error": reason(message),
            "body": message.body,
        }

    return page(found, paging, shown)
