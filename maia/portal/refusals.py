"""What a patient reads when the domain says no: the one place where codes become words."""

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maia.appointments.dates import clock, long_date
from maia.appointments.exceptions import (
    AlreadyCancelled,
    BookingRefused,
    ChangedMeanwhile,
    ImpossibleDate,
    NotBookable,
    PatientBusy,
    RequestExpired,
    RequestReused,
    SlotTaken,
    TooLate,
)
from maia.appointments.models import Appointment

_WORDS: dict[type[BookingRefused], str | Promise] = {
    SlotTaken: _("This time has just been taken. Here are the nearest ones."),
    TooLate: _("It is too late to change this appointment online. Please call the practice."),
    ChangedMeanwhile: _("This appointment has changed meanwhile. Please look at it again."),
    AlreadyCancelled: _("This appointment is cancelled already."),
    RequestExpired: _("This request has expired: the practice had not answered before its start."),
    ImpossibleDate: _("This date is impossible."),
    RequestReused: _("This page has been used already. Please check your appointments."),
}
_REASONS: dict[NotBookable.Reason, str | Promise] = {
    NotBookable.Reason.NOT_ONLINE: _("This cannot be booked online any more."),
    NotBookable.Reason.NO_LONGER: _("This cannot be booked online any more."),
    NotBookable.Reason.NOT_THIS_PRACTITIONER: _("This practitioner does not offer this."),
    NotBookable.Reason.SUSPENDED: _(
        "This practice does not take appointments online at the moment."
    ),
    NotBookable.Reason.BARRED: _(
        "You cannot book online with this practice. Please call to make an appointment."
    ),
    NotBookable.Reason.KNOWN_PATIENTS_ONLY: _(
        "This appointment is for patients that the practice knows already. "
        "Please choose another one, or call."
    ),
    NotBookable.Reason.NO_ADDRESS: _("Please say where you live: the midwife comes to you."),
    NotBookable.Reason.TOO_MANY: _(
        "You have as many appointments to come as this practice lets one book online. "
        "Please call for another one."
    ),
    NotBookable.Reason.ONE_TO_COME: _(
        "You have an appointment of this kind to come already: it can be moved, in “My appointments”."
    ),
    NotBookable.Reason.DAYS_BETWEEN_TWO: _(
        "There are at least %(days)s days between two appointments of this kind, and you have one "
        "closer than that. Here are times that are free."
    ),
    NotBookable.Reason.STAGE_UNKNOWN: _(
        "Please say when your child is due, or was born: this appointment depends on it."
    ),
    NotBookable.Reason.OUTSIDE_WINDOW: _(
        "By your dates this appointment is from %(first)s to %(last)s. Here are times that are free."
    ),
    NotBookable.Reason.NOT_SERVED: _("No visits at home are made at this postcode: please call."),
    NotBookable.Reason.NEW_PATIENTS_FULL: _(
        "The practice takes no more new patients for this in that week. Here are times that are free."
    ),
    NotBookable.Reason.DAY_FULL: _(
        "No more of these appointments are taken on that day. Here are the nearest times."
    ),
    NotBookable.Reason.WEEK_FULL: _(
        "No more of these appointments are taken in that week. Here are the nearest times."
    ),
    NotBookable.Reason.TOO_SOON: _(
        "This time is too close, or past. Here are the nearest ones that are free."
    ),
    NotBookable.Reason.TOO_FAR: _("This date is not open to booking yet."),
    NotBookable.Reason.NOT_OFFERED: _("This time is not free. Here are the nearest ones."),
}


def words(refusal: BookingRefused, *, by_link: bool = False) -> str:
    """``by_link``: for whoever holds the link of one appointment, who reads of no other."""
    if isinstance(refusal, PatientBusy):
        return _has_already(refusal.appointment, by_link=by_link)
    if isinstance(refusal, NotBookable):
        words = str(_REASONS[refusal.reason])
        if refusal.dates:
            first, last = refusal.dates
            return words % {"first": long_date(first), "last": long_date(last)}
        return words % {"days": refusal.days} if refusal.days else words
    return str(_WORDS[type(refusal)])


def _has_already(appointment: Appointment, *, by_link: bool) -> str:
    if by_link:
        return gettext("You have another appointment with this practice at that time.")
    start = timezone.localtime(appointment.start, appointment.practice.zone)
    return gettext("You have an appointment on %(date)s at %(time)s with %(name)s already.") % {
        "date": long_date(start),
        "time": clock(start),
        "name": appointment.practitioner.name,
    }
