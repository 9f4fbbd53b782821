"""The operator's door, `/admin/`: her own sign-in, with a second factor."""

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from maia.accounts.models import User
from maia.accounts.second_factor import AFTER, has_second_factor, shown_in, where_to_show_it
from maia.accounts.sessions import is_of_team


def may_enter(request: HttpRequest) -> bool:
    """Asked before every page of the operator's."""
    user = request.user
    if not (user.is_active and isinstance(user, User) and user.is_staff):
        return False
    return shown_in(request) and has_second_factor(user)


@never_cache
def enter(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Where who may not enter is sent: to sign in, to set a factor up, or to show it."""
    user = request.user
    if may_enter(request):
        wanted = request.GET.get("next", "")
        is_of_team(request.session, now=timezone.now())
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return redirect(wanted if safe else "admin:index")
    if isinstance(user, User) and user.is_staff:
        if has_second_factor(user):
            return redirect(where_to_show_it(request))
        request.session[AFTER] = reverse("admin:index")
        return render(request, "second_factor.html", status=403)
    answer: HttpResponse = secure_admin_login(enter)(request)  # codes, passkeys; 403 for others
    return answer
