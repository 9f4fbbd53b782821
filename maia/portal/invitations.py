"""Following an invitation's link, to a record or to a team.

Opening it changes nothing: mail scanners open links. A click, then a code sent to the invited
address, unless she is signed in with it already.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maia.accounts.addresses import same_address
from maia.accounts.models import User
from maia.invitations.inviting import InvitationRefused, accept
from maia.invitations.models import Invitation
from maia.portal.sign_in import send_code

CLICKED = "invitation"  # in the session: the link whose button she has clicked


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.select_related("practice", "patient"), token=token)
    user = request.user if isinstance(request.user, User) else None
    hers = user is not None and same_address(user.email, found.email)
    if (why := found.why_closed(timezone.now())) is not None:
        if hers and why == "accepted":
            return redirect(_where(found))
        return _page(request, found, {"closed": why}, status=410)
    if request.method == "POST":
        if user is not None and not hers:
            logout(request)
        request.session[CLICKED] = token
        if not hers:
            return send_code(
                request,
                found.email,
                next_url=request.path,
                opens_account=True,
                borrowed="borrowed" in request.POST,
            )
    if user is not None and hers and request.session.get(CLICKED) == token:
        del request.session[CLICKED]
        return _accept(request, found, user)
    return _page(request, found, {"stranger": user is not None and not hers, "hers": hers})


def _accept(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    try:
        accept(found, user, now=timezone.now())
    except InvitationRefused as refusal:
        return _page(request, found, {"closed": refusal.code}, status=409)
    messages.success(request, _("Welcome. The invitation is accepted."))
    return redirect(_where(found))


def _where(found: Invitation) -> str:
    if found.is_to_team:
        return reverse("office:agenda")
    return reverse("practice", args=[found.practice.slug])


def _page(
    request: HttpRequest, found: Invitation, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"invitation": found, "practice": found.practice, **more}
    return render(request, "portal/invitation.html", context, status=status)
