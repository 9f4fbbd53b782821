"""What an SMS says: never the kind of consultation, never the patient's name (product rule 3.6)."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from maia.appointments.dates import weekday_date
from maia.appointments.models import Appointment
from maia.messaging.grouping import on_its_day
from maia.messaging.models import Message
from maia.practices.models import Practitioner
from maia.practices.sms import SAMPLE, fill_in, in_gsm_letters

Kind = Message.Kind


def default_template() -> str:
    """In the language that is active."""
    return _(
        "Reminder: appointment on {date} at {time} with {practitioner}. Move or cancel: {link}"
    )


def sms_text(message: Message) -> str:
    """In the reader's language and the practice's time zone."""
    if message.kind == Kind.TEST:
        assert message.practitioner is not None
        with translation.override(settings.LANGUAGE_CODE):
            return example(message.practitioner)
    appointment = message.appointment
    assert appointment is not None
    practitioner = appointment.practitioner
    language = appointment.patient.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(appointment.practice.zone):
        if message.kind == Kind.REMINDER:
            template, values = practitioner.sms_template or default_template(), _of_its_day(message)
        else:
            template, values = _change(message), _values(appointment)
        return _written(practitioner, template, values)


def example(practitioner: Practitioner) -> str:
    """Her own template, filled in with a day and a time that stand for any other."""
    values = SAMPLE | {"practitioner": practitioner.name, "practice": practitioner.practice.name}
    return _written(practitioner, practitioner.sms_template or default_template(), values)


def _written(practitioner: Practitioner, template: str, values: dict[str, str]) -> str:
    text = fill_in(template, values)
    return in_gsm_letters(text) if practitioner.sms_in_gsm_letters else text


def _change(message: Message) -> str:
    match message.kind:
        case Kind.CANCELLED:
            phone = message.practice.phone.as_national if message.practice.phone else ""
            text = _("{practice}: your appointment on {date} at {time} is cancelled.")
            return f"{text} {phone}".strip()
        case Kind.MOVED:
            return _("{practice}: your appointment has moved to {date} at {time}. {link}")
        case Kind.CONFIRMED:
            return _("{practice}: your appointment on {date} at {time} is confirmed. {link}")
    raise ValueError(message.kind)  # owes no SMS


def _of_its_day(message: Message) -> dict[str, str]:
    """The values of the first appointment, with the times of all of that day."""
    all_of_them = on_its_day(message)
    names = dict.fromkeys(appointment.practitioner.name for appointment in all_of_them)
    times = [_time(appointment) for appointment in all_of_them]
    return _values(all_of_them[0]) | {"time": _listed(times), "practitioner": _listed(list(names))}


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return parts[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def _values(appointment: Appointment) -> dict[str, str]:
    return {
        "practitioner": appointment.practitioner.name,
        "practice": appointment.practice.name,
        "date": weekday_date(timezone.localtime(appointment.start)),
        "time": _time(appointment),
        "link": f"{settings.BASE_URL}/a/{appointment.link_token}/",
    }


def _time(appointment: Appointment) -> str:
    return date_format(timezone.localtime(appointment.start), "H:i")
