"""*Sans préférence*: to whom a time is given that several practitioners offer (rule 3.3)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from maia.appointments.models import Event
from maia.appointments.slots import Slot
from maia.availability.weekly import monday_of
from maia.practices.models import Practitioner

_Week = tuple[int, date]  # of a practitioner, by its Monday
WEEK = timedelta(days=7)


def one_a_time(
    slots: Iterable[Slot], *, own: Practitioner | None = None, zone: ZoneInfo
) -> list[Slot]:
    """One slot for each start, in order: of the patient's ``own`` practitioner where she offers it,
    else of the one with the least booked in that local week; of equals, the first.

    One query, none where nobody has to be chosen.
    """
    by_start: dict[datetime, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_start[slot.start].append(slot)
    for start, several in by_start.items():
        hers = [slot for slot in several if slot.practitioner == own]
        by_start[start] = hers or several
    open_ones = [slot for several in by_start.values() if len(several) > 1 for slot in several]
    booked = _booked(open_ones, zone)

    def load(slot: Slot) -> timedelta:
        return booked.get((slot.practitioner.pk, _monday(slot.start, zone)), timedelta(0))

    return [min(several, key=load) for _start, several in sorted(by_start.items())]


def _booked(slots: list[Slot], zone: ZoneInfo) -> dict[_Week, timedelta]:
    """What each has booked in each week: patients' time, not her own."""
    booked: dict[_Week, timedelta] = defaultdict(timedelta)
    if not slots:
        return booked
    mondays = [_monday(slot.start, zone) for slot in slots]
    opens = datetime.combine(min(mondays), time(), zone)
    closes = datetime.combine(max(mondays) + WEEK, time(), zone)
    people = {slot.practitioner.pk for slot in slots}
    agendas = Event.objects.filter(practitioner__in=people, blocking=True)
    events = agendas.touching(opens, closes).exclude(kind=Event.Kind.PERSONAL)
    for who, start, end in events.values_list("practitioner", "start", "end"):
        booked[who, _monday(start, zone)] += end - start
    return booked


def _monday(instant: datetime, zone: ZoneInfo) -> date:
    return monday_of(instant.astimezone(zone).date())
