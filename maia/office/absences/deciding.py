"""Of the appointments that an absence covers, which go: asked on the page of the absence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maia.accounts.ids import parse_id
from maia.appointments.agenda import Telling
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.messaging.models import Message
from maia.office.access import OfficeRequest
from maia.office.appointments.forms import TellingForm, TellingSeveralForm
from maia.privacy.reading import read_agenda


class Covered(NamedTuple):
    """An appointment under an absence: whether it goes, and what its patient would receive."""

    appointment: Appointment
    goes: bool
    channels: list[Message.Channel]
    told: str


class Deciding:
    """What she has said of those that stand ``inside``, and the page that asks."""

    def __init__(self, request: OfficeRequest, inside: Sequence[Appointment]) -> None:
        self.request, self.inside = request, inside
        self.form = TellingSeveralForm(request.POST)
        if inside:  # named on the page
            read_agenda(request.seat, now=timezone.now())

    def decided(self) -> dict[int, bool]:
        """Of each that was shown, whether it goes. Raises `ChangedMeanwhile` while she is asking to
        tick, or untick, them all."""
        if self.inside and "all" in self.request.POST:
            raise ChangedMeanwhile
        goes = self._keys("goes")
        return {key: key in goes for key in self._keys("shown")}

    def telling(self) -> Telling:
        """Raises `ChangedMeanwhile` where her words cannot be sent."""
        if not self.form.is_valid():
            raise ChangedMeanwhile
        return self.form.telling()

    def page(self, inside: Iterable[Appointment], now: datetime) -> dict[str, Any]:
        """``inside``: as it is now. What most of them receive is said once, above the lines."""
        rows = [self._row(one, now) for one in inside]
        usual = Counter(row.told for row in rows).most_common(1)
        shown = "telling_shown" in self.request.POST
        if len(rows) > 1:
            telling: TellingForm = self.form if shown else TellingSeveralForm()
        else:
            telling = TellingForm(self.request.POST if shown else None)
        return {
            "covered": rows,
            "days": _by_day(rows),
            "usual": usual[0][0] if usual else "",
            "sums": _sums(rows),
            "telling": telling,
        }

    def _row(self, one: Appointment, now: datetime) -> Covered:
        channels = would_be_told(one, HistoryEntry.Action.CANCELLED, now)
        posted = self.request.POST
        goes = posted["all"] == "1" if "all" in posted else one.pk in self._keys("goes")
        return Covered(one, goes, channels, in_words(channels))

    def _keys(self, name: str) -> set[int]:
        keys = (parse_id(typed) for typed in self.request.POST.getlist(name))
        return {key for key in keys if key is not None}


def _by_day(rows: Iterable[Covered]) -> list[tuple[date, list[Covered]]]:
    """In the practice's zone."""
    days = groupby(rows, key=lambda row: timezone.localtime(row.appointment.start).date())
    return [(day, list(of_day)) for day, of_day in days]


def _sums(rows: Iterable[Covered]) -> str:
    """How much would leave, were all of them cancelled; "" for nothing."""
    left = Counter(channel for row in rows for channel in row.channels)
    emails, sms = left[Message.Channel.EMAIL], left[Message.Channel.SMS]
    words = []
    if emails:
        words.append(ngettext("%(count)d email", "%(count)d emails", emails) % {"count": emails})
    if sms:
        words.append(_("%(count)d SMS") % {"count": sms})
    return _(" and ").join(words)
