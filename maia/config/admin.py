"""Practices, the members of their teams and operators, for the operator. Patients are not here."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.accounts.models import User
from maia.accounts.second_factor import has_second_factor
from maia.messaging.admin import Seen
from maia.practices.models import Membership, Practice
from maia.practices.seats import memberships_of
from maia.privacy.lost_factors import NothingLost, forget_second_factor


@admin.register(Practice)
class PracticeAdmin(Seen):
    """Made, renamed, suspended and deleted by `maia practice`."""

    list_display = ["name", "slug", "time_zone"]
    search_fields = ["name", "slug"]
    fields = ["name", "slug", "time_zone", "country", "team"]
    readonly_fields = ["team"]

    @admin.display(description=gettext_lazy("team"))
    def team(self, practice: Practice) -> str:
        seats = practice.team.select_related("user").order_by("pk")
        return "\n".join(f"{seat.user.email} ({seat.get_role_display()})" for seat in seats)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Who works in a practice or runs Maia."""

    list_display = ["email", "is_active", "is_staff", "date_joined"]
    search_fields = ["email"]
    fields = [
        *("email", "works_in", "second_factor", "language"),
        *("is_active", "is_staff", "is_superuser", "date_joined"),
    ]
    change_form_template = "operator/user.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        works = Exists(Membership.objects.filter(user=OuterRef("pk")))
        return User.objects.filter(works | Q(is_staff=True))

    @admin.display(description=gettext_lazy("works in"))
    def works_in(self, user: User) -> str:
        return ", ".join(
            f"{seat.practice.name} ({seat.get_role_display()})" for seat in memberships_of(user)
        )

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return has_second_factor(user)

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Only a superuser makes an operator of somebody, or a superuser."""
        powers = [] if _is_superuser(request) else ["is_staff", "is_superuser"]
        return ["email", "works_in", "second_factor", "date_joined", *powers]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody else closes or opens the account of one who has more power than she."""
        if obj is not None and obj.is_staff and not _is_superuser(request):
            return False
        return super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # `maia practice create`, `maia createsuperuser`, or an invitation

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # she leaves her team; an account can be closed here

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        may = user is not None and self.has_change_permission(request, user)
        more = {"has_factor": may and user is not None and has_second_factor(user)}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | more)

    def get_urls(self) -> list[URLPattern]:
        lost = self.admin_site.admin_view(self.lost_factor)
        return [path("<int:pk>/second-factor/", lost, name="second_factor"), *super().get_urls()]

    def lost_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked once more before, with what it takes."""
        member = self.get_queryset(request).filter(pk=pk).first()
        if member is None:
            raise Http404
        if not self.has_change_permission(request, member):
            raise PermissionDenied
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {
                "member": member,
                "title": _("A second factor that was lost"),
            }
            return render(request, "operator/second_factor.html", context)
        assert isinstance(request.user, User)
        try:
            helped = forget_second_factor(member, by=request.user, now=timezone.now())
        except NothingLost:
            messages.warning(request, _("They have no second factor."))
        else:
            messages.success(request, _("Their second factors are removed."))
            if not helped.told:
                messages.error(
                    request, _("The email about it could not be sent: tell them yourself.")
                )
        return redirect("admin:accounts_user_change", pk)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
