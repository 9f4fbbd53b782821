"""A member of a team, or an operator, has lost her telephone or her key: whoever runs the server helps.

One act, for the page and the command: her second factors go, her sessions end, every practice where
she works reads it in its journal, and she is told by email. She then signs in by a code sent to that
same address, and sets a new one up.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from anymail.exceptions import AnymailError
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from maia.accounts.models import User
from maia.accounts.second_factor import end_sessions
from maia.outside.mail import Mail
from maia.practices.seats import memberships_of
from maia.privacy.journal import note_operator

logger = logging.getLogger("maia.privacy")


class NothingLost(Exception):
    """They have no second factor."""


@dataclass(frozen=True)
class Helped:
    """``told``: whether the mail server took the email."""

    factors: int
    told: bool


def forget_second_factor(user: User, *, by: User | None, now: datetime) -> Helped:
    """``by``: the operator who is signed in; None for a command. Raises `NothingLost`."""
    with transaction.atomic():
        # 1. Held: what she sets up at this moment is hers, not what she has lost.
        User.objects.select_for_update().get(pk=user.pk)
        factors = Authenticator.objects.filter(user=user)
        kinds = set(factors.values_list("type", flat=True))
        if not kinds:
            raise NothingLost
        number = factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        factors.delete()
        # 2. Whoever has her telephone has her sessions as well.
        end_sessions(user)
        # 3. Where she works.
        with translation.override(settings.LANGUAGE_CODE):
            detail = _("second factor of %(who)s taken away, because it was lost") % {
                "who": user.email
            }
        for place in memberships_of(user):
            note_operator(place.practice, by, now=now, detail=detail)
    # 4. She knows, if it was not she who asked.
    return Helped(factors=number, told=_tell(user))


def _tell(user: User) -> bool:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        mail = Mail(
            subject=_("Your second factor was removed"),
            body=render_to_string("privacy/factor_forgotten.txt", {"base": settings.BASE_URL}),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[user.email],
        )
    try:
        mail.send()
    except (OSError, AnymailError) as error:  # a mail server's refusals are OSErrors
        logger.error("email not sent", extra={"error": type(error).__name__})
        return False
    return True
