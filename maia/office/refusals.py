"""What the practice reads when the domain says no: the one place where codes become words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maia.appointments.exceptions import (
    AlreadyCancelled,
    BookingRefused,
    ChangedMeanwhile,
    NotBookable,
    RequestReused,
    SlotTaken,
)

_WORDS: dict[type[BookingRefused], str | Promise] = {
    SlotTaken: _("This time overlaps something in the agenda."),
    AlreadyCancelled: _("This appointment is cancelled."),
    ChangedMeanwhile: _("Somebody changed this appointment meanwhile. Nothing of yours was saved."),
    RequestReused: _("This form has been used already."),
    NotBookable: _("This practitioner does not offer this type."),
}


def words(refusal: BookingRefused) -> str:
    return str(_WORDS[type(refusal)])
