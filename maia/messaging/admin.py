"""What became of messages, for the operator: never to whom, never what they say."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from maia.messaging.models import ChannelState, Message, WorkerBeat


class Seen(admin.ModelAdmin):
    """Looked at, not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(Seen):
    list_display = ["id", "practice", "kind", "channel", "status", "attempts", "due_at", "error"]
    list_filter = ["status", "channel", "kind", "practice"]
    fields = [
        "practice",
        "kind",
        "channel",
        "status",
        "attempts",
        "due_at",
        "try_after",
        "sent_at",
        "error",
        "receipt",
        "segments",
    ]


@admin.register(WorkerBeat)
class WorkerAdmin(Seen):
    list_display = ["name", "started_at", "seen_at", "handled", "stopped"]


@admin.register(ChannelState)
class ChannelAdmin(Seen):
    list_display = ["channel", "failures", "broken_until"]
