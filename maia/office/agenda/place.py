"""Where somebody is in the agenda: a date, a view and what she has chosen to see, as its address says.

``/pro/?date=2026-12-07&view=week&practitioner=2``: what an address says wrongly is as if it said
nothing, so that an old bookmark opens the agenda of today.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from django.http import QueryDict

from maia.accounts.ids import parse_id
from maia.availability.weekly import monday_of
from maia.office.fields.days import read_day

VIEWS = ("day", "3days", "week", "month", "list", "team")
EVERYBODY = "all"
STATUSES = ("confirmed", "unconfirmed", "no_show")
WAYS = ("online", "phone")


class Place(NamedTuple):
    """Empty texts: as is usual for her and her screen."""

    day: date
    view: str
    practitioner: str  # a number, or `EVERYBODY`
    type: str  # a number
    status: str
    way: str
    is_dated: bool  # the address says the date

    def days(self) -> tuple[date, date]:
        """The first that its view shows, and the one after the last."""
        if self.view in ("day", "team"):
            return self.day, self.day + timedelta(days=1)
        if self.view == "3days":
            return self.day, self.day + timedelta(days=3)
        monday = monday_of(self.day)
        return monday, monday + timedelta(days=7)


def read_place(
    address: QueryDict, *, today: date, practitioners: Collection[int], types: Collection[int]
) -> Place:
    """``practitioners``, ``types``: those of the practice; others are nobody."""

    def one_of(name: str, known: Collection[str]) -> str:
        value = address.get(name, "")
        return value if value in known else ""

    def number(name: str, known: Collection[int]) -> str:
        pk = parse_id(address.get(name, ""))
        return str(pk) if pk in known else ""

    day = read_day(address.get("date", ""))
    return Place(
        day=day or today,
        view=one_of("view", VIEWS),
        practitioner=one_of("practitioner", [EVERYBODY]) or number("practitioner", practitioners),
        type=number("type", types),
        status=one_of("status", STATUSES),
        way=one_of("way", WAYS),
        is_dated=day is not None,
    )
