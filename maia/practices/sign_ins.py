"""Who works in a practice, or runs Maia, has a session that ends when it is not used."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from maia.accounts.models import User
from maia.accounts.sessions import is_of_team
from maia.practices.models import Membership


def was_signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    if user.is_staff or Membership.objects.filter(user=user).exists():
        is_of_team(request.session, now=timezone.now())
