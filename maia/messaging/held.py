"""Messages wait, and are not lost, while this machine has nobody to hand them to.

Where patients come and the operator has named no mail server or SMS provider, what is due is held:
judged every few minutes, so that what is over is dropped, and kept for the day when there is one.
On one's own computer emails are printed and SMS are dropped, as the guide says.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count

from maia.messaging.models import Message
from maia.outside.standing import is_trial
from maia.practices.models import Practice, Suspension

Channel = Message.Channel

EVERY = timedelta(minutes=10)
WITHHELD = "maia.outside.withheld.Withheld"
NO_EMAIL, NO_SMS = "no_mail_server", "no_sms_provider"  # in `reasons`
SILENT = "silent"  # its practice is


def why_held(message: Message) -> str | None:
    """The code of why it cannot leave for now, or None."""
    if message.practice.suspension == Suspension.SILENT:
        return SILENT
    return why_channel_held(message.channel)


def why_channel_held(channel: str) -> str | None:
    """The code of why nothing of ``channel`` can leave this machine for now, or None."""
    if is_trial():
        return None
    if channel == Channel.EMAIL and settings.EMAIL_BACKEND == WITHHELD:
        return NO_EMAIL
    if channel == Channel.SMS and settings.SMS_URL.partition(":")[0] in ("", "console"):
        return NO_SMS
    return None


def held(practice: Practice | None = None) -> dict[str, int]:
    """How many messages are held, by channel; of one practice, or of all."""
    rows = Message.objects.filter(status=Message.Status.QUEUED, error__in=[NO_EMAIL, NO_SMS])
    if practice is not None:
        rows = rows.filter(practice=practice)
    counted = rows.order_by().values("channel").annotate(count=Count("pk"))
    return {row["channel"]: row["count"] for row in counted}


def let_go(now: datetime) -> int:
    """When a worker starts: what was held for want of a channel that is there now leaves at once."""
    done = 0
    for channel, code in ((Channel.EMAIL, NO_EMAIL), (Channel.SMS, NO_SMS)):
        if why_channel_held(channel) is None:
            waiting = Message.objects.filter(status=Message.Status.QUEUED, error=code)
            done += waiting.filter(channel=channel, try_after__gt=now).update(try_after=now)
    return done


def let_go_of(practice: Practice, now: datetime) -> int:
    """When it is open again: what is still true leaves at once."""
    waiting = Message.objects.filter(practice=practice, status=Message.Status.QUEUED, error=SILENT)
    return waiting.filter(try_after__gt=now).update(try_after=now)
