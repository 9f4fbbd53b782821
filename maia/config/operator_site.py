"""`/admin/`: what an operator needs to see, in our words, and nothing that a library would add.

Whoever enters has shown a second factor. No page here has a patient's name or address, nor anything
that opens somebody's account.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.config.admin_door import enter, may_enter
from maia.messaging import beats
from maia.messaging.held import held
from maia.privacy.models import Housekeeping


class OperatorSite(AdminSite):
    site_header = _("Maia, for its operator")
    site_title = "Maia"
    index_title = _("How it goes")
    index_template = "operator/index.html"
    site_url = None

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: "type[ModelAdmin[Any]] | None" = None,
        **options: Any,
    ) -> None:
        """Only ours: a library's own pages show and change whatever it keeps, secrets too."""
        if admin_class is not None and admin_class.__module__.startswith("maia."):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return enter(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("account_change_password")  # which asks who she is first

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        now = timezone.now()
        figures = {
            "alive": beats.at_work(now),
            "stopped": beats.why_stopped(now),
            "late": beats.waiting_too_long(now),
            "held": held(),
            "house": Housekeeping.objects.first(),
        }
        return super().index(request, {**(extra_context or {}), **figures})
