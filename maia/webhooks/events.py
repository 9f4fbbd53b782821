"""What a webhook says: that something happened to an appointment, and nobody's name.

Whoever may know more asks the API, with a token.
"""

import json
from datetime import datetime
from typing import Any

from maia.appointments.models import Appointment, HistoryEntry

Action = HistoryEntry.Action
NAMES = {
    Action.BOOKED: "appointment.booked",
    Action.MOVED: "appointment.moved",
    Action.CANCELLED: "appointment.cancelled",
    Action.EXPIRED: "appointment.cancelled",
    Action.CONFIRMED: "appointment.confirmed",
    Action.GIVEN: "appointment.changed",
    Action.ATTENDED: "appointment.attended",
}
TEST = "test"


def event_body(entry: HistoryEntry | None, appointment: Appointment | None, now: datetime) -> bytes:
    """JSON. The appointment is as it is now; ``old_start`` and ``at`` are of what happened. Without
    an entry it is a test."""
    if entry is None or appointment is None:
        return _json({"type": TEST, "timestamp": now.isoformat(), "data": {}})
    zone = appointment.practice.zone

    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).isoformat() if instant else None

    return _json(
        {
            "type": NAMES[Action(entry.action)],
            "timestamp": local(entry.at),
            "data": {
                "practice": appointment.practice.slug,
                "by": entry.actor,
                "old_start": local(entry.old_start),
                "appointment": {
                    "id": str(appointment.uid),
                    "practitioner": appointment.practitioner.pk,
                    "type": appointment.type.pk,
                    "patient": appointment.patient_id,
                    "start": local(appointment.start),
                    "end": local(appointment.end),
                    "status": appointment.status,
                    "attendance": appointment.attendance,
                    "booked_online": appointment.booked_online,
                },
            },
        }
    )


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
