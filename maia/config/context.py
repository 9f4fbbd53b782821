"""What every template may know."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from maia.accounts.models import User
from maia.accounts.sessions import WORKS
from maia.office.access import chosen_place
from maia.practices.models import Membership
from maia.practices.seats import memberships_of


def demo(request: HttpRequest) -> dict[str, bool]:
    return {"demo": settings.DEMO}


def works_at(request: HttpRequest) -> dict[str, object]:
    """``works_at``: the seat of a team that leads back to her agenda, or nothing.

    Asked when a page shows it: one query for a member of a team, none for anybody else.
    """
    return {"works_at": SimpleLazyObject(lambda: _place_of(request))}


def _place_of(request: HttpRequest) -> Membership | None:
    user = getattr(request, "user", None)
    if getattr(request, "frame", None) or not isinstance(user, User):
        return None
    if not user.is_authenticated or not request.session.get(WORKS):
        return None
    memberships = memberships_of(user)  # she may have left since
    return chosen_place(request, memberships) if memberships else None
