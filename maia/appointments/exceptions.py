"""Why a booking is refused. Each face turns ``code`` into its own words, in one place."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from maia.appointments.models import Appointment, Event


class BookingRefused(Exception):
    """The family. Nothing was written."""

    code = "refused"


class SlotTaken(BookingRefused):
    """Somebody has this time, since a moment ago or before."""

    code = "slot_taken"


class RoomTaken(SlotTaken):
    """None of the rooms that it may take is free. Of rooms the practice alone is told."""

    code = "room_taken"


class NotItsRoom(BookingRefused):
    """The room is none of those that the type takes, or is archived."""

    code = "not_its_room"


class RoomElsewhere(BookingRefused):
    """The room is at another site than the appointment."""

    code = "room_elsewhere"


class PatientBusy(BookingRefused):
    """She has something in the practice at that time, with whomever: ``appointment``."""

    code = "patient_busy"

    def __init__(self, appointment: "Appointment") -> None:
        super().__init__()
        self.appointment = appointment


class Clash(NamedTuple):
    """A time that was wanted, and the keys of the events that stand in it."""

    start: datetime
    end: datetime
    events: list[int]


class Overlaps(SlotTaken):
    """Time for oneself that meets something: ``clashes``, in order, of ``wanted`` times."""

    def __init__(self, clashes: Sequence[Clash], wanted: int) -> None:
        super().__init__()
        self.clashes, self.wanted = clashes, wanted


class TakesDatesAway(BookingRefused):
    """Other dates of a series would be no more: ``goes``, in order."""

    code = "takes_dates_away"

    def __init__(self, goes: Sequence["Event"]) -> None:
        super().__init__()
        self.goes = goes


class NotBookable(BookingRefused):
    """This was never on offer to this person; ``reason`` says why."""

    code = "not_bookable"

    class Reason(StrEnum):
        NOT_ONLINE = "not_online"  # type or practitioner
        NO_LONGER = "no_longer"  # the type is archived, or the practitioner has left
        NOT_THIS_PRACTITIONER = "not_this_practitioner"
        SUSPENDED = "suspended"  # the practice, by whoever runs the server
        BARRED = "barred"
        KNOWN_PATIENTS_ONLY = "known_patients_only"
        NO_ADDRESS = "no_address"  # the midwife comes to her, and nobody knows where
        NOT_SERVED = "not_served"  # the practitioner makes no visits where the patient lives
        TOO_MANY = "too_many"  # her appointments to come are as many as the practice allows
        ONE_TO_COME = "one_to_come"  # of this type she has one already
        DAYS_BETWEEN_TWO = "days_between_two"  # another of hers of this type is closer than that
        STAGE_UNKNOWN = "stage_unknown"  # nobody has said when the child is due, or was born
        OUTSIDE_WINDOW = "outside_window"  # of her pregnancy, or after the birth
        NEW_PATIENTS_FULL = "new_patients_full"  # of that week
        DAY_FULL = "day_full"
        WEEK_FULL = "week_full"
        TOO_SOON = "too_soon"  # past, within the notice, after the evening cut-off
        TOO_FAR = "too_far"  # past the horizon
        NOT_OFFERED = "not_offered"  # closed, or off the grid

    def __init__(
        self, reason: Reason, *, days: int = 0, dates: tuple[date, date] | None = None
    ) -> None:
        """``days``: that the type asks for between two; ``dates``: of the window, both included."""
        super().__init__(reason)
        self.reason, self.days, self.dates = reason, days, dates


def would_another_time_do(refusal: BookingRefused) -> bool:
    """Whether who is refused is shown the nearest free times."""
    reasons = NotBookable.Reason
    return isinstance(refusal, SlotTaken | PatientBusy) or (
        isinstance(refusal, NotBookable)
        and refusal.reason
        in {
            reasons.TOO_SOON,
            reasons.TOO_FAR,
            reasons.NOT_OFFERED,
            reasons.DAYS_BETWEEN_TWO,
            reasons.OUTSIDE_WINDOW,
            reasons.NEW_PATIENTS_FULL,
            reasons.DAY_FULL,
            reasons.WEEK_FULL,
        }
    )


def may_be_on_purpose(refusal: BookingRefused) -> bool:
    """Whether the practice is asked, and may do it all the same."""
    return isinstance(refusal, SlotTaken | PatientBusy)


class TooLate(BookingRefused):
    """Past the deadline to cancel or move online, or past altogether."""

    code = "too_late"


class AlreadyCancelled(BookingRefused):
    """A cancelled appointment cannot be moved."""

    code = "already_cancelled"


class RequestExpired(AlreadyCancelled):
    """A request that nobody answered before its start: it is neither confirmed nor declined."""

    code = "request_expired"


class AlreadyBegun(BookingRefused):
    """Nobody waits for a yes to a time that has begun."""

    code = "already_begun"


class NotBegun(BookingRefused):
    """Nobody knows yet who came to what has not begun."""

    code = "not_begun"


class ChangedMeanwhile(BookingRefused):
    """Somebody else changed it since this page was opened."""

    code = "changed_meanwhile"


class AlreadyUndone(ChangedMeanwhile):
    """The move was taken back already."""

    code = "already_undone"


class RequestReused(BookingRefused):
    """This submission already booked something else."""

    code = "request_reused"


class ImpossibleDate(BookingRefused):
    """A year that Maia does not know: see `availability.bounds`."""

    code = "impossible_date"


class TooFarAway(ImpossibleDate):
    """More than ten years from now: a slip in the year."""

    code = "too_far_away"


class InvalidRange(BookingRefused):
    """Dates the wrong way round, or more of them than one search may ask."""

    code = "invalid_range"
