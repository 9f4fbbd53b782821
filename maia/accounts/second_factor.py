"""The second factor: whether she has one, whether this sign-in showed it, what its change ends."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest
from django.utils.http import urlencode

from maia.accounts.models import User

AFTER = "after_second_factor"  # in the session: where she was going when she was asked for one
_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """An application or a passkey; recovery codes alone are none. One query."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS).exists()


def shown_in(request: HttpRequest) -> bool:
    """Whether this session's own sign-in has shown one. No query."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def where_to_show_it(request: HttpRequest) -> str:
    """The page that asks her for it, and leads back to where she is going."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    url = next(m["url"] for m in methods if m["id"].startswith("mfa_reauthenticate"))
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"


def end_sessions(user: User) -> None:
    """All of hers, wherever they are kept: their sign-in is of a round that is over."""
    User.objects.filter(pk=user.pk).update(session_round=F("session_round") + 1)
    user.refresh_from_db(fields=["session_round"])
    UserSession.objects.filter(user=user).delete()


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """All but the one that asks, if it is hers."""
    end_sessions(user)
    if request.user == user:
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Sessions opened before are not worth what is asked from now on. This one has just shown it:
    its code was typed, or its key touched, to set it up."""
    if authenticator.type in _FACTORS:
        end_other_sessions(request, user)
        extra = {"id": authenticator.pk, "type": authenticator.type}
        record_authentication(request, user, "mfa", reauthenticated=True, **extra)


def factor_removed(request: HttpRequest, user: User, **_: Any) -> None:
    end_other_sessions(request, user)
