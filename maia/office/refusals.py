"""What the practice reads when the domain says no: the one place where codes become words."""

from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maia.accounts.limits import TooOften
from maia.appointments.dates import long_date
from maia.appointments.exceptions import (
    AlreadyBegun,
    AlreadyCancelled,
    AlreadyUndone,
    BookingRefused,
    ChangedMeanwhile,
    ImpossibleDate,
    NotBegun,
    NotBookable,
    NotItsRoom,
    PatientBusy,
    RequestExpired,
    RequestReused,
    RoomElsewhere,
    RoomTaken,
    SlotTaken,
    TooFarAway,
    TooLate,
)
from maia.invitations.inviting import InvitationRefused
from maia.office.fields.days import TOO_FAR_AWAY

_WORDS: dict[type[BookingRefused], str | Promise] = {
    NotItsRoom: _("This type does not take that room, or the room is archived."),
    RoomElsewhere: _("This is a room of another site."),
    RoomTaken: _("No room that this type needs is free at that time."),
    SlotTaken: _("This time overlaps something in the agenda."),
    PatientBusy: _("The patient has an appointment at that time."),
    TooLate: _(
        "The patient is corrected within the hour of noting, and before the start. Cancel this "
        "appointment and note another one."
    ),
    AlreadyCancelled: _("This appointment is cancelled."),
    RequestExpired: _(
        "This request has expired: nobody had answered before its start. The patient is told so."
    ),
    AlreadyBegun: _("This time has begun: nothing waits for a confirmation there."),
    NotBegun: _("This appointment has not begun: nobody knows yet who came."),
    ChangedMeanwhile: _("Somebody changed this appointment meanwhile. Nothing of yours was saved."),
    AlreadyUndone: _("This move has been undone already."),
    ImpossibleDate: _("This date is impossible."),
    TooFarAway: TOO_FAR_AWAY,
    RequestReused: _("This form has been used already."),
    NotBookable: _("This practitioner does not offer this type."),
}


def too_often_words(refusal: TooOften) -> str:
    at = timezone.localtime(timezone.now() + timedelta(seconds=refusal.retry_after))
    words = _(
        "This has been done as often as is allowed for now. It can be done again from %(time)s."
    )
    return str(words) % {"time": f"{at:%d/%m, %H:%M}"}


_LIMITS: dict[NotBookable.Reason, str | Promise] = {
    NotBookable.Reason.ONE_TO_COME: _("She has one of this type to come already."),
    NotBookable.Reason.DAYS_BETWEEN_TWO: _(
        "She has one of this type less than %(days)s days away, which is your rule."
    ),
    NotBookable.Reason.OUTSIDE_WINDOW: _(
        "By the dates of the record this type is from %(first)s to %(last)s."
    ),
    NotBookable.Reason.NEW_PATIENTS_FULL: _(
        "That week has as many new patients of this type as you take."
    ),
    NotBookable.Reason.DAY_FULL: _("That day has as many of this type as you take."),
    NotBookable.Reason.WEEK_FULL: _("That week has as many of this type as you take."),
}


def limit_words(limit: NotBookable) -> str:
    """What online would be refused, and is hers to decide."""
    words = str(_LIMITS[limit.reason])
    if limit.dates:
        first, last = limit.dates
        return words % {"first": long_date(first), "last": long_date(last)}
    return words % {"days": limit.days}


def words(refusal: BookingRefused) -> str:
    return str(next(_WORDS[kind] for kind in type(refusal).__mro__ if kind in _WORDS))


def invitation_words(refusal: InvitationRefused) -> str:
    words = {
        "no_address": _("An invitation needs an email address on the record."),
        "has_account": _("This patient has an account already."),
        "barred": _("Online booking is blocked for this patient."),
        "already_member": _("This address is in the team already."),
    }
    return str(words.get(refusal.code, _("This invitation is not waiting any more.")))
