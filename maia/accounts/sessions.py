"""How long a session lasts. A patient's is Django's own; a team member's, and one on a computer that
is not hers, are over when they have not been used for a while, whatever the browser has kept.

What is over is asked where a session is read: the row's own end moves on as it is used, every few
minutes at most, and nothing else of the row is written then.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

WORKS = "works"  # in the session of who is a member of a team, or was
KIND = "lasting"  # in the session: which, and when it began (seconds since 1970)
SELDOM = timedelta(minutes=5)  # how often a use is written


class Lasting(StrEnum):
    TEAM = "team"
    BORROWED = "borrowed"  # not her computer


def idle_time(kind: str) -> timedelta:
    if kind == Lasting.BORROWED:
        return timedelta(minutes=settings.BORROWED_IDLE_MINUTES)
    return timedelta(hours=settings.TEAM_IDLE_HOURS)


class SessionStore(DatabaseSessionStore):
    unattended = False  # nobody is there: a page that asks by itself keeps no session alive

    def load(self) -> dict[str, Any]:
        """One query, as ever; one more where a use is written."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # none, if it is over
        if row is None:
            return {}
        said: dict[str, Any] = self.decode(row.session_data)
        ends = _end(said, timezone.now())
        if (
            ends is not None
            and not self.unattended
            and ends - row.expire_date >= min(SELDOM, idle_time(said[KIND][0]) / 12)
        ):
            unchanged = self.model.objects.filter(pk=row.pk, expire_date=row.expire_date)
            unchanged.update(expire_date=ends)
        return said

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        usual: datetime = super().get_expiry_date(**kwargs)
        ends = None if "expiry" in kwargs else _end({KIND: self.get(KIND)}, timezone.now())
        return min(usual, ends) if ends is not None else usual


def mark_unattended(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, behind the sessions': an open agenda says when it asks by itself. Who lies gains
    nothing: her session only ends the sooner."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "Maia-Unattended" in request.headers:
            request.session.unattended = True  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def _end(said: dict[str, Any], now: datetime) -> datetime | None:
    """When it is over if it is not used again; None: as Django says."""
    if not said.get(KIND):
        return None
    kind, began = said[KIND]
    last = datetime.fromtimestamp(began, UTC) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(now + idle_time(kind), last)


def mark(session: SessionBase, kind: Lasting, *, now: datetime) -> None:
    session[KIND] = [kind, int(now.timestamp())]
    if kind == Lasting.BORROWED:
        session.set_expiry(0)  # the browser forgets it when it closes


def kind_of(session: SessionBase) -> str:
    """Empty: a patient's own."""
    return str((session.get(KIND) or [""])[0])


def is_borrowed(session: SessionBase) -> bool:
    return kind_of(session) == Lasting.BORROWED


def choose(session: SessionBase, borrowed: bool, *, now: datetime) -> None:
    """On her way in she says whose computer it is; before that, an earlier answer counts."""
    if borrowed:
        mark(session, Lasting.BORROWED, now=now)
    elif is_borrowed(session):
        del session[KIND]
        session.set_expiry(None)


def is_of_team(session: SessionBase, *, now: datetime) -> None:
    """Who signs in works in a practice, or runs Maia."""
    if not session.get(WORKS):
        session[WORKS] = True
    if not kind_of(session):
        mark(session, Lasting.TEAM, now=now)
