"""What an act would write to the patient, beside its button: in words, with its box and a word."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.foresight import in_words, named_in_words, would_be_told
from maia.messaging.formerly import was_told
from maia.messaging.models import Message
from maia.office.appointments.forms import TellingForm


def told_of(
    appointment: Appointment, action: HistoryEntry.Action, typed: TellingForm | None = None
) -> dict[str, Any]:
    """As `_telling.html` shows it. ``typed``: the form as it was posted."""
    channels = would_be_told(appointment, action, timezone.now())
    form = typed or TellingForm(auto_id=f"{action}_{appointment.pk}_%s")
    return {"said": in_words(channels), "channels": channels, "form": form}


def told_to_whom(
    appointment: Appointment, action: HistoryEntry.Action, typed: TellingForm | None = None
) -> dict[str, Any]:
    """The same with her address and number, on a page that shows them anyway."""
    told = told_of(appointment, action, typed)
    return told | {"said": named_in_words(told["channels"], appointment.patient)}


def told_of_correction(appointment: Appointment, form: TellingForm) -> dict[str, Any]:
    """To whom it was: only who has been told of it is told that it is not hers."""
    told = was_told(appointment)
    said = (
        _("%(name)s has been told of this appointment: a message says that it is cancelled.")
        if told
        else _("%(name)s has not been told of it yet, and will not be.")
    ) % {"name": appointment.patient.name}
    channels = [Message.Channel.EMAIL] if told else []
    return {"said": said, "channels": channels, "form": form}
