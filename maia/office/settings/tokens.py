"""Tokens of the API: made, shown once, revoked. Each sees and changes her own."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.accounts.limits import TooMany
from maia.office import sure
from maia.office.access import OfficeRequest, settings_page, written_down
from maia.office.again import asked_again
from maia.office.once import made_once
from maia.patients.text import clean_line
from maia.practices.models import Membership
from maia.practices.seats import roles_up_to
from maia.privacy.journal import Act
from maia.tokens.issuing import LASTS, make_token, revoke, tokens_of

FRESH = "fresh_token"  # in the session until it has been shown


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Accounting, for instance")}),
    )
    role = forms.ChoiceField(label=gettext_lazy("What it may do, at most"))
    lasts = forms.ChoiceField(
        label=gettext_lazy("It ends"),
        choices=[
            ("30", gettext_lazy("in thirty days")),
            ("365", gettext_lazy("in a year")),
            ("730", gettext_lazy("in two years")),
            ("0", gettext_lazy("only when it is revoked")),
        ],
        initial="365",
        required=False,
    )

    def __init__(self, role: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Membership.Role.choices)
        self.fields["role"].choices = [(r, names[r]) for r in roles_up_to(role)]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])


@settings_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def tokens(request: OfficeRequest) -> HttpResponse:
    seat = request.seat
    form = TokenForm(seat.role, request.POST or None)
    if form.is_valid():
        typed, now = form.cleaned_data, timezone.now()
        days = int(typed["lasts"] or LASTS.days)
        try:
            _token, secret = make_token(
                seat.user,
                typed["name"],
                now=now,
                practice=seat.practice,
                role=typed["role"],
                lasts=timedelta(days=days) if days else None,
            )
        except TooMany:
            form.add_error("name", _("Twenty tokens at most: revoke one first."))
        else:
            named = _("token “%(name)s”") % {"name": typed["name"]}
            written_down(request, Act.SETTINGS, detail=named)
            request.session[FRESH] = secret
            return redirect("office:tokens")
    context = {
        "practice": seat.practice,
        "form": form,
        "fresh": request.session.pop(FRESH, ""),
        "tokens": tokens_of(seat.practice, timezone.now()).filter(user=seat.user),
    }
    return render(
        request, "office/settings/tokens.html", context, status=422 if form.is_bound else 200
    )


@settings_page
@require_POST
def revoke_token(request: OfficeRequest, pk: int) -> HttpResponse:
    """Her own; the owner's, anybody's of the practice."""
    seat, where = request.seat, "office:doors" if "doors" in request.POST else "office:tokens"
    alive = tokens_of(seat.practice, timezone.now())
    token = get_object_or_404(
        alive if seat.may_change_practice else alive.filter(user=seat.user), pk=pk
    )
    if not sure.is_sure(request):
        return sure.ask(
            request,
            _("Revoke the token “%(name)s”?") % {"name": token.name},
            [_("The program that uses it is outside at once, and needs another one to come back.")],
            _("Revoke"),
            reverse(where),
        )
    revoke(token, timezone.now())
    written_down(request, Act.SETTINGS, detail=_("token “%(name)s”") % {"name": token.name})
    messages.success(request, _("This token opens nothing any more."))
    return redirect(where)
