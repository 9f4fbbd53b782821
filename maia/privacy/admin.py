"""When housekeeping was last done, and why it stopped, for the operator."""

from django.contrib import admin

from maia.messaging.admin import Seen
from maia.privacy.models import Housekeeping


@admin.register(Housekeeping)
class HousekeepingAdmin(Seen):
    list_display = ["__str__", "done_at", "stop", "stopped_at", "believed_at"]
