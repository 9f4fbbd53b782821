"""What an act would write to the patient, beside its button: in words, with its box and a word."""

from typing import Any

from django.utils import timezone

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_words, would_be_told
from maia.office.appointments.forms import TellingForm


def told_of(
    appointment: Appointment, action: HistoryEntry.Action, typed: TellingForm | None = None
) -> dict[str, Any]:
    """As `_telling.html` shows it. ``typed``: the form as it was posted."""
    channels = would_be_told(appointment, action, timezone.now())
    form = typed or TellingForm(auto_id=f"{action}_{appointment.pk}_%s")
    return {"said": in_words(channels), "channels": channels, "form": form}
