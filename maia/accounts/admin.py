"""Users, for the operator."""

from django.contrib import admin

from maia.accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "is_active", "is_staff", "date_joined"]
    search_fields = ["email"]
    fields = ["email", "language", "is_active", "is_staff", "is_superuser", "date_joined"]
    readonly_fields = ["email", "date_joined"]

    def has_add_permission(self, request: object) -> bool:
        return False  # `maia practice create`, `maia createsuperuser`, or a patient herself
