"""What every template may know."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import SimpleLazyObject

from maia.accounts.models import User
from maia.accounts.sessions import WORKS
from maia.office.access import chosen_place
from maia.office.panel import skeleton_of
from maia.practices.models import Membership, Practice
from maia.practices.seats import memberships_of

LONGEST_PATH = 300


def demo(request: HttpRequest) -> dict[str, bool]:
    return {"demo": settings.DEMO}


def around(request: HttpRequest) -> dict[str, object]:
    """``around``: what stands around a page that says why there is none: the frame of a website,
    the office's menu for who has taken her seat (``practice``), or the patients' head.
    ``skeleton``: what stands around a page of the office."""
    seat = getattr(request, "seat", None)
    if getattr(request, "frame", None):
        return {"around": "portal/frame.html"}
    if seat is None:
        return {"around": "base.html"}
    return {
        "around": "office/base.html",
        "practice": seat.practice,
        "skeleton": skeleton_of(request),
    }


def works_at(request: HttpRequest) -> dict[str, object]:
    """``works_at``: the seat of a team that leads back to her agenda, or nothing.

    Asked when a page shows it: one query for a member of a team, none for anybody else.
    """
    return {"works_at": SimpleLazyObject(lambda: _place_of(request))}


def leads_to(request: HttpRequest) -> dict[str, object]:
    """``leads_to``: the practice to which signing in leads back, for its colours. Asked when a page
    shows it: one query where an address goes along, none elsewhere."""
    return {"leads_to": SimpleLazyObject(lambda: _practice_ahead(request))}


def _practice_ahead(request: HttpRequest) -> Practice | None:
    going = (request.GET.get("next") or request.POST.get("next") or "").partition("?")[0]
    if not going.startswith("/") or len(going) > LONGEST_PATH:
        return None
    try:
        slug = resolve(going).kwargs.get("slug")
    except Resolver404:
        return None
    return Practice.objects.filter(slug=slug).first() if slug else None


def _place_of(request: HttpRequest) -> Membership | None:
    user = getattr(request, "user", None)
    if getattr(request, "frame", None) or not isinstance(user, User):
        return None
    if not user.is_authenticated or not request.session.get(WORKS):
        return None
    memberships = memberships_of(user)  # she may have left since
    return chosen_place(request, memberships) if memberships else None
