"""Appointments that an act would leave outside or cover: the practice says that it knows."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils import timezone

from maia.api.auth import seat
from maia.api.problems import Refused
from maia.appointments.models import Appointment
from maia.privacy.reading import read_agenda


def refuse_unless_confirmed(
    request: HttpRequest, outside: Sequence[Appointment], confirm: bool
) -> None:
    """Raises 409 `stranded` with ``appointments`` (the first hundred), until it comes again with
    ``"confirm": true``."""
    if not outside or confirm:
        return
    read_agenda(seat(request), now=timezone.now())
    raise Refused(
        409,
        "stranded",
        f"It would leave {len(outside)} appointments outside, which stay as they are: confirm.",
        appointments=[
            {
                "id": str(one.uid),
                "start": one.start.astimezone(one.practice.zone).isoformat(),
                "end": one.end.astimezone(one.practice.zone).isoformat(),
                "patient": one.patient_id,
                "practitioner": one.practitioner.pk,
            }
            for one in outside[:100]
        ],
    )
