"""What the patient has been told of where her appointment stands, while moves wait to be told."""

from datetime import datetime
from typing import NamedTuple

from maia.appointments.models import Appointment, HistoryEntry
from maia.practices.models import Practitioner

LOOKED_AT = 100  # entries of one history
_ACTS = HistoryEntry.Action
ASIDE = (_ACTS.EDITED, _ACTS.ATTENDED, _ACTS.RECALLED)  # which tell the patient nothing


class Spot(NamedTuple):
    """Where an appointment stands: in whose agenda, whether over something on purpose, and at which site
    (its key; None: at none)."""

    start: datetime
    end: datetime
    practitioner: Practitioner
    overlap: bool = False
    place: int | None = None

    @classmethod
    def of(cls, appointment: Appointment) -> "Spot":
        return cls(
            appointment.start,
            appointment.end,
            appointment.practitioner,
            not appointment.event.exclusive,
            appointment.event.place_id,
        )

    @classmethod
    def before(cls, entry: HistoryEntry, now: "Spot") -> "Spot | None":
        """Where a move took it from, when ``now`` is where it took it to; None: it does not say."""
        if entry.old_start is None or entry.old_end is None:
            return None
        practitioner = entry.old_practitioner or now.practitioner
        place = entry.old_place_id or now.place
        return cls(entry.old_start, entry.old_end, practitioner, entry.old_overlap, place)

    def is_same(self, other: "Spot") -> bool:
        """For the patient, who knows nothing of overlaps."""
        return self[:3] == other[:3] and self.place == other.place


def overtake(appointment: Appointment, stood: Spot | None = None) -> Spot:
    """Takes back what waits to be told of moves: something newer is about to be. Where the patient
    believes it to stand. Inside the lock of its agenda. ``stood``: where it did until now, if the act
    has been written already.

    A worker that has just made the message of a move was faster: then she is told.
    """
    waiting = appointment.history.filter(announced=False, owed_from__isnull=False)
    waiting.update(tells=False)
    known = stood or Spot.of(appointment)
    for entry in appointment.history.select_related("old_practitioner").order_by("-pk")[:LOOKED_AT]:
        match HistoryEntry.Action(entry.action):
            case action if action in ASIDE:
                continue
            case HistoryEntry.Action.MOVED if entry.owed_from is not None and not entry.tells:
                known = Spot.before(entry, known) or known
            case _:
                break
    return known


def start_known_before(move: HistoryEntry) -> datetime | None:
    """Where the patient believed it to start: before the moves of which she was told nothing."""
    acts = HistoryEntry.Action
    known = move.old_start
    earlier = HistoryEntry.objects.filter(appointment=move.appointment_id, pk__lt=move.pk)
    for entry in earlier.exclude(action__in=ASIDE).order_by("-pk")[:LOOKED_AT]:
        if entry.action != acts.MOVED or entry.tells:
            break
        known = entry.old_start
    return known
