"""When a sign-in asks for a second step, where Maia differs from allauth."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator

# What allauth asks at each sign-in: is there anything that a second step could show?
_ASKED_AT_SIGN_IN = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


class FactorAdapter(DefaultMFAAdapter):
    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether ``user`` has one of these factors; at a sign-in, whether it asks for a second step.

        A passkey signs in by itself: adding one asks nothing more of who comes by code or password, in
        the middle of a booking least of all. An application does, and so do the keys of former days
        that cannot sign in: they were added for nothing else. At most two queries.
        """
        if types is None or set(types) != _ASKED_AT_SIGN_IN or not user.is_authenticated:
            return bool(super().is_mfa_enabled(user, types))
        factors = Authenticator.objects.filter(user_id=user.pk, type__in=_ASKED_AT_SIGN_IN)
        return any(
            factor.type == Authenticator.Type.TOTP or not factor.wrap().is_passwordless
            for factor in factors
        )
