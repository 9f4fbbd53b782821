"""Tokens of the API: made, shown once, revoked. Each sees and changes her own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.office.access import OfficeRequest, settings_page, written_down
from maia.patients.text import clean_line
from maia.practices.models import Membership
from maia.practices.seats import roles_up_to
from maia.privacy.journal import Act
from maia.tokens.issuing import make_token, revoke
from maia.tokens.models import Token

FRESH = "fresh_token"  # in the session until it has been shown


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Accounting, for instance")}),
    )
    role = forms.ChoiceField(label=gettext_lazy("What it may do, at most"))

    def __init__(self, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Membership.Role.choices)
        self.fields["role"].choices = [(r, names[r]) for r in roles_up_to(role)]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: OfficeRequest) -> HttpResponse:
    seat = request.seat
    form = TokenForm(seat.role, request.POST or None)
    if form.is_valid():
        typed, now = form.cleaned_data, timezone.now()
        _token, secret = make_token(
            seat.user, typed["name"], now=now, practice=seat.practice, role=typed["role"]
        )
        written_down(request, Act.SETTINGS, detail=_("token “%(name)s”") % {"name": typed["name"]})
        request.session[FRESH] = secret
        return redirect("office:tokens")
    context = {
        "practice": seat.practice,
        "form": form,
        "fresh": request.session.pop(FRESH, ""),
        "tokens": _hers(request).filter(revoked_at=None),
    }
    return render(request, "office/tokens.html", context, status=422 if form.is_bound else 200)


@settings_page
@require_POST
def revoke_token(request: OfficeRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(_hers(request), pk=pk)
    revoke(token, timezone.now())
    written_down(request, Act.SETTINGS, detail=_("token “%(name)s”") % {"name": token.name})
    messages.success(request, _("This token opens nothing any more."))
    return redirect("office:tokens")


def _hers(request: OfficeRequest) -> Any:
    return Token.objects.filter(practice=request.seat.practice, user=request.seat.user)
