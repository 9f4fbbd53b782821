"""What became of jobs, for the operator: never what they read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from maia.jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):
    list_display = ["id", "practice", "kind", "state", "done", "of", "attempts", "error"]
    list_filter = ["state", "kind"]
    fields = [
        "practice", "kind", "state", "attempts", "error", "created_at", "started_at", "finished_at"
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
