"""Where signing in leads: a member of a team to her agenda, a patient to her appointments."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from maia.accounts.models import User
from maia.practices.seats import memberships_of


@login_required
def after_sign_in(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return redirect("office:agenda" if memberships_of(request.user) else "appointments")
