"""Appointments that an act would leave outside or cover: the practice says that it knows."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from maia.api.auth import seat
from maia.api.problems import answer
from maia.appointments.changing_hours import Stranded
from maia.appointments.models import Appointment
from maia.privacy.reading import read_agenda


def refuse_unless_confirmed(outside: Sequence[Appointment], confirm: bool) -> None:
    """Until it comes again with ``"confirm": true``. In the transaction of the act, behind its lock: what is
    asked about is all that there is. Raises `Stranded`."""
    if outside and not confirm:
        raise Stranded(outside)


def stranded(request: HttpRequest, refusal: Stranded) -> HttpResponse:
    """409 `stranded` with ``appointments``, the first hundred. Once nothing of the act is kept: that she
    has read their names stays in the journal."""
    outside = refusal.appointments
    read_agenda(seat(request), now=timezone.now())
    return answer(
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
