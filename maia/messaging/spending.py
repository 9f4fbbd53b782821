"""What a practice's SMS may cost in a day: so many segments, `MAIA_SMS_A_DAY`, over all its workers.

A message is counted in the transaction that begins it, so once, whoever dies after; another try of
it is not counted again. The day is the practice's own, from midnight to midnight.
"""

from datetime import datetime, time, timedelta

from django.conf import settings

from maia.accounts import allowances
from maia.messaging.models import Message
from maia.practices.models import Practice

OPENS = time(8)  # what waited over a night leaves from then on: nobody is woken
CODE = "sms_a_day"  # in `reasons`
LONGEST_DAY = timedelta(hours=25)  # when clocks go back


class OverTheDay(Exception):
    """The practice has sent as many SMS as it may today."""


def count(message: Message, segments: int, now: datetime) -> None:
    """Inside the transaction that begins ``message``. ``message.segments`` is what was counted for
    an earlier try. Raises `OverTheDay`, and nothing is counted."""
    most = settings.SMS_A_DAY
    more = min(segments, most) - message.segments
    if not most or more <= 0:
        return
    until = _midnight(message.practice, now) - now
    if not allowances.take(_key(message.practice, now), most, until, now=now, many=more):
        raise OverTheDay


def counted_today(practice: Practice, now: datetime) -> int:
    """Segments."""
    return allowances.taken(_key(practice, now), LONGEST_DAY, now=now)


def next_chance(message: Message, now: datetime) -> datetime | None:
    """When it may leave instead, tomorrow; None where that is too late: what it tells of begins
    before, or it is a test."""
    if message.appointment is None:
        return None
    tomorrow = timedelta(days=1)
    zone = message.practice.zone
    later = datetime.combine(now.astimezone(zone).date() + tomorrow, OPENS, zone)
    starts = [message.appointment.start]
    if message.entry is not None:  # who comes at the old time comes in vain
        starts += [at for at in (message.entry.old_start,) if at is not None and at > now]
    return later if later < min(starts) else None


def _key(practice: Practice, now: datetime) -> str:
    return f"sms:{practice.pk}:{now.astimezone(practice.zone).date().isoformat()}"


def _midnight(practice: Practice, now: datetime) -> datetime:
    zone = practice.zone
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)
