"""Of the appointments that stand in the dates of a replacement, what becomes of each: asked on its page."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from maia.accounts.ids import parse_id
from maia.appointments.acts.replacing import Fate, may_hand_over
from maia.appointments.agenda import Telling
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.office.access import OfficeRequest
from maia.office.appointments.forms import TellingForm, TellingSeveralForm
from maia.office.meant import mark_of
from maia.practices.models import Replacement

OF = "fate-"  # before an appointment's key
ALL = "all"  # the buttons that choose for every one
_TELLS = {Fate.HAND_OVER: HistoryEntry.Action.MOVED, Fate.CANCEL: HistoryEntry.Action.CANCELLED}


class Choice(NamedTuple):
    value: str
    words: str
    is_chosen: bool


class Row(NamedTuple):
    """``told``: what its patient would receive."""

    appointment: Appointment
    choices: list[Choice]
    may_hand_over: bool
    told: str


class Fates:
    """What she has said of each, and the page that asks. ``wanted``: the replacement that it is about."""

    def __init__(self, request: OfficeRequest, wanted: Replacement) -> None:
        self.posted, self.wanted = request.POST, wanted
        people = [wanted.practitioner.pk, wanted.substitute.pk]
        self.mark = mark_of([*people, wanted.first_date, wanted.last_date])
        self.form = TellingSeveralForm(request.POST)

    def decided(self) -> dict[int, Fate]:
        """Of each that was shown. Raises `ChangedMeanwhile` while she is asking for the same of all, and
        where she was asked about other people or dates."""
        if ALL in self.posted or self.posted.get("about") != self.mark:
            raise ChangedMeanwhile
        named = (name.removeprefix(OF) for name in self.posted if name.startswith(OF))
        keys = filter(None, map(parse_id, named))
        return {key: fate for key in keys if (fate := self._typed(key)) is not None}

    def telling(self) -> Telling:
        """Raises `ChangedMeanwhile` where her words cannot be sent."""
        if not self.form.is_valid():
            raise ChangedMeanwhile
        return self.form.telling()

    def page(self, inside: Sequence[Appointment], now: datetime) -> dict[str, Any]:
        """``inside``: as it is now."""
        rows, wanted = [self._row(one, now) for one in inside], self.wanted
        usual = Counter(row.told for row in rows).most_common(1)
        shown = "telling_shown" in self.posted
        of = TellingSeveralForm if len(rows) > 1 else TellingForm
        return {
            "fates": _by_day(rows),
            "about": self.mark,
            "count": len(rows),
            "usual": usual[0][0] if usual else "",
            "telling": of(self.posted if shown else None),
            "names": {"substitute": wanted.substitute.first_name,
                      "practitioner": wanted.practitioner.first_name},
        }  # fmt: skip

    def _row(self, one: Appointment, now: datetime) -> Row:
        wanted = self.wanted
        is_free = may_hand_over(wanted, one)
        offered = [fate for fate in Fate if is_free or fate != Fate.HAND_OVER]
        usual = Fate.HAND_OVER if is_free else Fate.KEEP
        chosen = self._of_all() or self._typed(one.pk) or usual
        chosen = chosen if chosen in offered else Fate.KEEP
        words = {
            Fate.HAND_OVER: _("Hand over to %(name)s") % {"name": wanted.substitute.first_name},
            Fate.KEEP: _("Keep with %(name)s") % {"name": wanted.practitioner.first_name},
            Fate.CANCEL: _("Cancel it"),
        }
        choices = [Choice(fate.value, words[fate], fate == chosen) for fate in offered]
        told = in_words(would_be_told(one, _TELLS.get(chosen, HistoryEntry.Action.MOVED), now))
        return Row(one, choices, is_free, told)

    def _of_all(self) -> Fate | None:
        return _fate(self.posted.get(ALL, ""))

    def _typed(self, key: int) -> Fate | None:
        return _fate(self.posted.get(f"{OF}{key}", ""))


def _fate(typed: str) -> Fate | None:
    return Fate(typed) if typed in list(Fate) else None


def _by_day(rows: Sequence[Row]) -> list[tuple[date, list[Row]]]:
    """In the practice's zone."""
    days = groupby(rows, key=lambda row: timezone.localtime(row.appointment.start).date())
    return [(day, list(of_day)) for day, of_day in days]
