"""What is left to do before patients can book: shown on the agenda until it is done."""

from typing import NamedTuple

from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _

from maia.practices.models import Practice, Practitioner
from maia.practices.seats import Seat
from maia.schedules.models import AppointmentType, OpeningHours


class Step(NamedTuple):
    words: str
    url: str
    done: bool
    needed: bool = False  # without it nothing can be booked


def checklist(seat: Seat, practitioner: Practitioner | None) -> list[Step]:
    """Empty once all is done, or for who cannot do it. ``practitioner``: whose hours to begin with.
    One query."""
    if not seat.may_change_practice or practitioner is None:
        return []
    practice = seat.practice
    hours = OpeningHours.objects.filter(schedule__practitioner__practice=practice)
    types = AppointmentType.objects.bookable_online().filter(practice=practice)
    has = Practice.objects.filter(pk=practice.pk).values(
        hours=Exists(hours), types=Exists(types), website=Exists(practice.websites.all())
    )[0]
    steps = [
        # One page for both, where usual hours go along with the types.
        Step(
            _("Make your first appointment type"), reverse("office:first_steps"), has["types"], True
        ),
        Step(
            _("Set your weekly hours"),
            reverse("office:schedule", args=[practitioner.pk]),
            has["hours"],
            True,
        ),
        Step(
            _("Give your address and your colour"),
            reverse("office:practice"),
            bool(practice.street),
        ),
        Step(
            _("Put the booking page on your website"),
            reverse("office:embed"),
            practice.without_website or has["website"],
        ),
    ]
    return [] if all(step.done for step in steps) else steps
