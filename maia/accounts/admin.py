"""Users, for the operator."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

from maia.accounts.models import User

# Who writes in these is whoever she likes: an address verified, a factor known, a session's key.
for model in (EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "is_active", "is_staff", "date_joined"]
    search_fields = ["email"]
    fields = ["email", "language", "is_active", "is_staff", "is_superuser", "date_joined"]

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Only a superuser makes an operator of somebody, or a superuser."""
        powers = [] if request.user.is_superuser else ["is_staff", "is_superuser"]
        return ["email", "date_joined", *powers]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody else closes or opens the account of one who has more power than she."""
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_delete_permission(request, obj)

    def has_add_permission(self, request: object) -> bool:
        return False  # `maia practice create`, `maia createsuperuser`, or a patient herself
