"""What is left to do before patients can book: shown on the agenda until it is done."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from maia.practices.seats import Seat
from maia.schedules.models import AppointmentType, OpeningHours


class Step(NamedTuple):
    words: str
    url: str
    done: bool


def checklist(seat: Seat) -> list[Step]:
    """Empty once all is done, or for who cannot do it."""
    if not seat.may_change_practice:
        return []
    practice = seat.practice
    hers = seat.practitioner or practice.practitioners.first()
    if hers is None:
        return []
    hours = OpeningHours.objects.filter(schedule__practitioner__practice=practice)
    types = AppointmentType.objects.bookable_online().filter(practice=practice)
    steps = [
        Step(
            _("Set your weekly hours"),
            reverse("office:schedule", args=[hers.pk]),
            hours.exists(),
        ),
        Step(_("Make your first appointment type"), reverse("office:start"), types.exists()),
        Step(
            _("Give your address and your colour"),
            reverse("office:practice"),
            bool(practice.street),
        ),
        Step(
            _("Put the booking page on your website"),
            reverse("office:embed"),
            practice.without_website or practice.websites.exists(),
        ),
    ]
    return [] if all(step.done for step in steps) else steps
