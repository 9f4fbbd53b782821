"""How often a code may be asked for and guessed: by address, wherever and with whatever it is tried.

A code has six digits. Twenty tries a day are one chance in fifty thousand; after them, an email
holds a link in the place of a code, which nobody guesses.
"""

from datetime import datetime, timedelta

from django.core import signing

from maia.accounts.allowances import give_back, is_used_up, take

LASTS = timedelta(minutes=15)
TRIES_A_CODE, TRIES_A_DAY = 5, 20
ASKED_AN_HOUR, ASKED_A_DAY = 10, 20
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_SALT = "maia.accounts.sign_in_link"


def may_ask(address: str, *, now: datetime) -> bool:
    """One more email with a code, or with a link."""
    return take(f"asked:hour:{address}", ASKED_AN_HOUR, HOUR, now=now) and take(
        f"asked:day:{address}", ASKED_A_DAY, DAY, now=now
    )


def may_guess(address: str, code: str, *, now: datetime) -> bool:
    """One more try, counted before it is looked at. ``code`` is the one that is waited for."""
    return take(f"code:{address}:{code}", TRIES_A_CODE, LASTS, now=now) and take(
        f"tries:{address}", TRIES_A_DAY, DAY, now=now
    )


def was_right(address: str) -> None:
    give_back(f"tries:{address}")


def wants_a_link(address: str, *, now: datetime) -> bool:
    """Whether codes for this address were guessed at so often that none opens today."""
    return is_used_up(f"tries:{address}", TRIES_A_DAY, DAY, now=now)


def make_link_token(address: str) -> str:
    return signing.dumps(address, salt=_SALT, compress=False)


def address_of_link(token: str) -> str | None:
    """The address that was written to, for a quarter of an hour."""
    try:
        address: str = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return address


def use_link(token: str, *, now: datetime) -> bool:
    """A link opens once."""
    return take(f"link:{token}", 1, LASTS * 2, now=now)
