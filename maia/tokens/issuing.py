"""Making, finding and revoking tokens. The secret is shown once and never stored."""

import hashlib
import secrets
from datetime import datetime, timedelta

from maia.accounts.models import User
from maia.practices.models import Membership, Practice
from maia.practices.seats import Seat, seats_of
from maia.tokens.models import Token

Role = Membership.Role
_RANK: list[str] = [Role.ASSISTANT, Role.PRACTITIONER, Role.OWNER]
_SEEN = timedelta(minutes=1)  # how often the last use is written


def make_token(
    user: User, name: str, *, now: datetime, practice: Practice | None = None, role: str = ""
) -> tuple[Token, str]:
    """The token and its secret. With a ``practice``, ``role`` is at most hers there.

    Raises ValueError for a practice where she has no seat, or a role above hers.
    """
    if practice is not None:
        seat = next((s for s in seats_of(user) if s.practice.pk == practice.pk), None)
        role = role or (seat.role if seat else "")
        if seat is None or _lower(role, seat.role) != role:
            raise ValueError("no such seat")
    secret = f"maia_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user,
        practice=practice,
        role=role if practice is not None else "",
        name=name[:80],
        digest=_digest(secret),
        start=secret[:12],
        created_at=now,
    )
    return token, secret


def find_token(secret: str, now: datetime) -> Token | None:
    """Of a secret as it was sent: its token, if it is alive and so is her account. One query."""
    token = (
        Token.objects.select_related("user", "practice")
        .filter(digest=_digest(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    if token is not None and (token.used_at is None or now - token.used_at > _SEEN):
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return token


def seat_of(token: Token) -> Seat | None:
    """What the token may do in its practice now: she may have left, or become less. One query."""
    if token.practice is None:
        return None
    seat = Membership.objects.filter(practice=token.practice, user=token.user).first()
    if seat is None:
        return None
    return Seat(token.user, token.practice, _lower(token.role, seat.role))


def roles_up_to(role: str) -> list[str]:
    """That one and the lesser ones, the highest first."""
    return _RANK[_RANK.index(role) :: -1]


def revoke(token: Token, now: datetime) -> None:
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def _lower(one: str, other: str) -> str:
    return min(one, other, key=_RANK.index)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
