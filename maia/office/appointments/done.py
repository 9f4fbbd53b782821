"""What was done, said with whom and when: the next act is another one's."""

from enum import Enum

from django.contrib import messages
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maia.accounts.short_memory import NAMED
from maia.appointments.dates import clock, weekday_date
from maia.appointments.models import Appointment
from maia.office.access import OfficeRequest


class Done(Enum):
    NOTED = _("Appointment of %(patient)s, %(day)s at %(time)s, saved.")
    MOVED = _("Appointment of %(patient)s moved to %(day)s at %(time)s.")
    CANCELLED = _("Appointment of %(patient)s, %(day)s at %(time)s, cancelled: its time is free.")
    CONFIRMED = _("Appointment of %(patient)s, %(day)s at %(time)s, confirmed.")
    UNCONFIRMED = _("Appointment of %(patient)s, %(day)s at %(time)s, to be confirmed again.")
    DECLINED = _("Request of %(patient)s, %(day)s at %(time)s, declined: its time is free.")


def done_words(appointment: Appointment, done: Done) -> str:
    start = timezone.localtime(appointment.start)
    words: str | Promise = done.value
    return str(words) % {
        "patient": appointment.patient.name,
        "day": weekday_date(start),
        "time": clock(start),
    }


def tell_done(request: OfficeRequest, appointment: Appointment, done: Done) -> None:
    """On the next page. Her name waits in the session, not in the browser."""
    messages.success(request, done_words(appointment, done), extra_tags=NAMED)
