"""Making, finding and revoking tokens. The secret is shown once and never stored."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from maia.accounts import limits
from maia.accounts.limits import Limited, TooMany
from maia.accounts.models import User
from maia.practices.models import Membership, Practice
from maia.practices.seats import Role, Seat, lower_role, memberships_of, take_seat
from maia.tokens.models import Token

LASTS = timedelta(days=365)
MOST = 20  # of one user, wherever they open
_SEEN = timedelta(minutes=1)  # how often the last use is written


class TokenEnded(Exception):
    """It was good until ``ended_at``."""

    def __init__(self, ended_at: datetime) -> None:
        super().__init__("token_ended")
        self.ended_at = ended_at


@transaction.atomic
def make_token(
    user: User,
    name: str,
    *,
    now: datetime,
    practice: Practice | None = None,
    role: str = "",
    lasts: timedelta | None = LASTS,
) -> tuple[Token, str]:
    """The token and its secret. With a ``practice``, ``role`` is at most hers there.

    It ends after ``lasts``; None: it does not end by itself.

    Raises ValueError for a practice where she has no seat or replaces somebody, or a role above hers; `TooMany` and
    `TooOften`.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # what is counted is locked
    if _alive(now).filter(user=user).count() >= MOST:
        raise TooMany(MOST)
    limits.ask(Limited.MAKE_TOKEN, user.pk, now=now)
    place = None
    if practice is not None:
        places = memberships_of(user)
        place = next((one for one in places if one.practice_id == practice.pk), None)
        role = role or (place.role if place else "")
        if place is None or Role.SUBSTITUTE in (place.role, role):
            raise ValueError("no such seat")
        if lower_role(role, place.role) != role:
            raise ValueError("no such seat")
    secret = f"maia_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user,
        practice=practice,
        membership=place,
        role=role if practice is not None else "",
        name=name[:80],
        digest=_digest(secret),
        start=secret[:12],
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    return token, secret


def find_token(secret: str, now: datetime) -> Token | None:
    """Of a secret as it was sent: its token, if it is alive and so is her account. One query.

    Raises `TokenEnded`.
    """
    token = (
        Token.objects.select_related("user", "practice")
        .filter(digest=_digest(secret), revoked_at=None, user__is_active=True)
        .first()
    )
    if token is not None and token.expires_at is not None and token.expires_at <= now:
        raise TokenEnded(token.expires_at)
    if token is not None and (token.used_at is None or now - token.used_at > _SEEN):
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return token


def seat_of(token: Token, *, writes: bool = False) -> Seat | None:
    """What the token may do in its practice now: she may have left, or become less. One query.

    Raises `SecondFactorMissing`, `PracticeSuspended`.
    """
    if token.practice is None:
        return None
    place = Membership.objects.filter(tokens=token).first()
    if place is None or place.role == Role.SUBSTITUTE:  # who exports nothing
        return None
    place.practice, place.user = token.practice, token.user
    return take_seat(place, shown=True, role=token.role, writes=writes)


def tokens_of(practice: Practice, now: datetime) -> QuerySet[Token]:
    """Those that open the practice now."""
    return _alive(now).filter(practice=practice).exclude(membership=None)


def _alive(now: datetime) -> QuerySet[Token]:
    return Token.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


def revoke(token: Token, now: datetime) -> None:
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
