"""Making, finding and revoking tokens. The secret is shown once and never stored."""

import hashlib
import secrets
from datetime import datetime, timedelta

from maia.accounts.models import User
from maia.practices.models import Membership, Practice
from maia.practices.seats import Seat, lower_role, memberships_of, take_seat
from maia.tokens.models import Token

_SEEN = timedelta(minutes=1)  # how often the last use is written


def make_token(
    user: User, name: str, *, now: datetime, practice: Practice | None = None, role: str = ""
) -> tuple[Token, str]:
    """The token and its secret. With a ``practice``, ``role`` is at most hers there.

    Raises ValueError for a practice where she has no seat, or a role above hers.
    """
    if practice is not None:
        places = memberships_of(user)
        place = next((one for one in places if one.practice_id == practice.pk), None)
        role = role or (place.role if place else "")
        if place is None or lower_role(role, place.role) != role:
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
    """What the token may do in its practice now: she may have left, or become less. One query.

    Raises `SecondFactorMissing`.
    """
    if token.practice is None:
        return None
    place = Membership.objects.filter(practice=token.practice, user=token.user).first()
    if place is None:
        return None
    place.practice, place.user = token.practice, token.user
    return take_seat(place, shown=True, role=token.role)


def revoke(token: Token, now: datetime) -> None:
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
