"""How much a channel may be given now: its rate, and a rest when its provider is down.

Kept in the database, because any number of workers share one provider.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from maia.accounts.waits import APART, has_come
from maia.messaging.models import ChannelState

PATIENCE = 5  # failures in a row before the provider is left alone
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=5)


def allowance(channel: str, wanted: int, now: datetime) -> int:
    """How many messages may be claimed, at most ``wanted``. Inside the claim's transaction.

    A provider that failed again and again rests; after its rest it is given one, to see.
    """
    rate = settings.MESSAGE_RATES.get(channel) or 0
    states = ChannelState.objects.filter(channel=channel)
    state = (states.select_for_update() if rate else states).first()
    if state is None:
        ChannelState.objects.get_or_create(channel=channel)
        return allowance(channel, wanted, now) if rate else wanted
    if state.broken_until is not None:
        if not has_come(state.broken_until, now, LONGEST_REST):
            return 0
        wanted = 1
    if not rate:
        return wanted
    since = (now - state.filled_at).total_seconds() if state.filled_at else 1
    if since < -APART.total_seconds():  # filled by a clock that was wrong
        since = 1
    tokens = min(max(rate, 1), state.tokens + max(since, 0) * rate)
    given = min(wanted, int(tokens))
    states.update(tokens=tokens - given, filled_at=now)
    return given


def give_back(channel: str, unused: int) -> None:
    if unused and settings.MESSAGE_RATES.get(channel):
        ChannelState.objects.filter(channel=channel).update(tokens=F("tokens") + unused)


def answered(channel: str) -> None:
    """The provider works: whatever it said, it said something."""
    ChannelState.objects.filter(channel=channel, failures__gt=0).update(
        failures=0, broken_until=None
    )


def failed(channel: str, now: datetime) -> bool:
    """One more failure; whether the provider is left alone from now on."""
    ChannelState.objects.filter(channel=channel).update(failures=F("failures") + 1)
    state = ChannelState.objects.filter(channel=channel).first()
    if state is None or state.failures < PATIENCE:
        return False
    doublings = min(state.failures - PATIENCE, 10)
    rest = min(FIRST_REST * 2**doublings, LONGEST_REST)
    ChannelState.objects.filter(channel=channel).update(broken_until=now + rest)
    return True
