"""How often one may do what costs money, writes to people or asks other machines: one table.

Counted in the database (`allowances`), where the act happens, so that pages and the API obey alike;
each face has its one place that says it: a page, a problem, both 429.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum

from maia.accounts.allowances import ends_at, take

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Limited(StrEnum):
    TEST_EMAIL = "test_email"  # of one user, as all below unless they say otherwise
    TEST_SMS = "test_sms"
    TEST_WEBHOOK = "test_webhook"
    READ_CALENDAR = "read_calendar"  # by hand, or because it is new
    INVITE_ADDRESS = "invite_address"  # one address, by one practice
    INVITE = "invite"  # of one practice
    INVITE_TO_BOOK = "invite_to_book"  # of one practice
    RESEND = "resend"  # one message
    ONCE_MORE = "once_more"  # what has been sent, of one appointment
    MAKE_TOKEN = "make_token"  # noqa: S105  no secret
    EXPORT = "export"  # a file, or a list that a program begins to read
    EXPORT_PAGE = "export_page"  # where a program goes on
    SEARCH = "search"
    IMPORT = "import"  # a list of patients sent, or read anew with other columns


# The longest first: what a day refuses takes nothing of an hour.
LIMITS: dict[Limited, list[tuple[int, timedelta]]] = {
    Limited.TEST_EMAIL: [(40, DAY), (20, HOUR)],
    Limited.TEST_SMS: [(10, DAY), (5, HOUR)],
    Limited.TEST_WEBHOOK: [(50, DAY), (10, HOUR)],
    Limited.READ_CALENDAR: [(50, DAY), (10, HOUR)],
    Limited.INVITE_ADDRESS: [(5, DAY)],
    Limited.INVITE: [(50, DAY)],
    Limited.INVITE_TO_BOOK: [(200, DAY)],
    Limited.RESEND: [(10, DAY)],
    Limited.ONCE_MORE: [(5, DAY)],
    Limited.MAKE_TOKEN: [(20, DAY)],
    Limited.EXPORT: [(200, DAY), (40, HOUR)],
    Limited.EXPORT_PAGE: [(1500, HOUR)],
    Limited.SEARCH: [(1500, HOUR)],
    Limited.IMPORT: [(100, DAY), (40, HOUR)],
}


class TooOften(Exception):
    """``retry_after``: seconds until it may be done again."""

    def __init__(self, act: Limited, retry_after: int) -> None:
        super().__init__(act)
        self.act, self.retry_after = act, retry_after


class TooMany(Exception):
    """There are as many as there may be (``most``): one goes before another comes."""

    def __init__(self, most: int) -> None:
        super().__init__("too_many")
        self.most = most


def ask(act: Limited, whom: object, *, now: datetime) -> None:
    """Counts one more of ``act`` by or to ``whom`` (a key of a row, an address). Raises `TooOften`."""
    for most, per in LIMITS[act]:
        key = f"{act}:{int(per.total_seconds())}:{whom}"
        if not take(key, most, per, now=now):
            until = ends_at(key, per, now=now) or now + per
            raise TooOften(act, max(1, math.ceil((until - now).total_seconds())))
