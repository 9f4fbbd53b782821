"""What became of messages, for the operator: never to whom, never what they say."""

from django.contrib import admin

from maia.messaging.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    list_display = ["id", "practice", "kind", "channel", "status", "attempts", "due_at", "error"]
    list_filter = ["status", "kind", "practice"]
    fields = ["practice", "kind", "channel", "status", "attempts", "due_at", "error"]

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: Message | None = None) -> bool:
        return False
