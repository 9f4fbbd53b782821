"""Until when the account of a substitute is open: from seven days before a replacement to thirty days
after it, both included (rule 3.10.6)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from maia.accounts.models import User
from maia.practices.models import Practice, Replacement

OPEN_BEFORE, OPEN_AFTER = timedelta(days=7), timedelta(days=30)


class Access(NamedTuple):
    """Of a substitute, on a date. ``seen``: keys of the practitioners whom she replaces about then, and her
    own; nobody while it is closed. ``until``: the last date on which it is open without a break, ``opens_on``:
    the next on which it opens; each None where there is none."""

    seen: frozenset[int] = frozenset()
    until: date | None = None
    opens_on: date | None = None


def access_of(user: User, practice: Practice, today: date) -> Access:
    """One query."""
    rows = Replacement.objects.filter(practice=practice, substitute__user=user)
    return _access(rows.not_over(today - OPEN_AFTER), today)


def access_in(practice: Practice, today: date) -> dict[int, Access]:
    """By the keys of accounts, of all who replace somebody. One query."""
    rows = Replacement.objects.filter(practice=practice).exclude(substitute__user=None)
    by_user: dict[int, list[Replacement]] = {}
    for row in rows.not_over(today - OPEN_AFTER).select_related("substitute"):
        assert row.substitute.user_id is not None
        by_user.setdefault(row.substitute.user_id, []).append(row)
    return {user: _access(theirs, today) for user, theirs in by_user.items()}


def _access(replacements: Iterable[Replacement], today: date) -> Access:
    """Of those of one person that are not over for her."""
    seen: set[int] = set()
    until = opens_on = None
    for one in sorted(replacements, key=lambda row: row.first_date):
        first, last = one.first_date - OPEN_BEFORE, one.last_date + OPEN_AFTER
        if first <= today <= last:
            seen |= {one.practitioner_id, one.substitute_id}
        if first <= (until + timedelta(days=1) if until else today):
            until = max(last, until or last)
        elif opens_on is None:
            opens_on = first
    return Access(frozenset(seen), until, opens_on)
