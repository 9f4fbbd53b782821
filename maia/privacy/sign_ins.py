"""Sign-ins of a team in its journal, as allauth and Django tell of them."""

from typing import Any

from django.utils import timezone

from maia.accounts.models import User
from maia.privacy.journal import note_failed_sign_in, note_sign_in


def was_signed_in(sender: Any, user: User, **_kwargs: Any) -> None:
    note_sign_in(user, now=timezone.now())


def was_refused(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """A password or a code that is not hers."""
    address = credentials.get("email") or credentials.get("username") or ""
    note_failed_sign_in(str(address), now=timezone.now())


def factor_was_wrong(sender: Any, user: User, **_kwargs: Any) -> None:
    note_failed_sign_in(user.email, now=timezone.now())
