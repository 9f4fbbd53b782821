"""What an SMS says: never the kind of consultation, never the patient's name (rule 3.6)."""

import re
from datetime import datetime
from functools import partial
from typing import assert_never

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maia.appointments.dates import clock, weekday_date
from maia.appointments.models import Appointment, HistoryEntry
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


def sms_text(message: Message, now: datetime) -> str:
    """In the reader's language and the practice's time zone. What it promises is true at ``now``,
    when it leaves."""
    match Kind(message.kind):
        case Kind.TEST:
            assert message.practitioner is not None
            with translation.override(settings.LANGUAGE_CODE):
                return example(message.practitioner)
        case Kind.REMINDER:
            write = partial(_reminder, message, now)
        case Kind.MOVED | Kind.CANCELLED | Kind.CONFIRMED:
            write = partial(_change, message)
        case Kind.CONFIRMATION | Kind.NOTICE | Kind.INVITATION | Kind.TO_BOOK | Kind.EVENT:
            raise ValueError(message.kind)  # owes no SMS
        case never:
            assert_never(never)
    appointment = message.appointment
    assert appointment is not None
    language = appointment.patient.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(appointment.practice.zone):
        template, values = write()
        return _written(appointment.practitioner, template, values)


def example(practitioner: Practitioner) -> str:
    """Her own template, filled in with a day and a time that stand for any other."""
    values = SAMPLE | {"practitioner": practitioner.name, "practice": practitioner.practice.name}
    return _written(practitioner, practitioner.sms_template or default_template(), values)


def _written(practitioner: Practitioner, template: str, values: dict[str, str]) -> str:
    text = fill_in(template, values)
    return in_gsm_letters(text) if practitioner.sms_in_gsm_letters else text


def _reminder(message: Message, now: datetime) -> tuple[str, dict[str, str]]:
    """Her template, or Maia's. Too late to change one of them online, nothing says that one could:
    it says whom to call, and the link shows when and where."""
    all_of_them = on_its_day(message)
    values = _of_its_day(all_of_them)
    values["link"] = _links(all_of_them)
    own_template = all_of_them[0].practitioner.sms_template
    if not all(one.may_change(now) for one in all_of_them):
        return _without_promise(own_template or default_template(), message), values
    if own_template or all(one.may_move(now) for one in all_of_them):
        return own_template or default_template(), values
    return _(
        "Reminder: appointment on {date} at {time} with {practitioner}. Cancel: {link}"
    ), values


def _links(appointments: list[Appointment]) -> str:
    """One opens one appointment, so each has its own, with its time where there are several."""
    if len(appointments) == 1:
        return _link(appointments[0])
    return ", ".join(f"{_time(one)} {_link(one)}" for one in appointments)


def _without_promise(template: str, message: Message) -> str:
    """In place of the sentence that leads to the link, whom to call: what it invites to is over."""
    if "{link}" not in template:
        return template
    sentences = re.split(r"(?<=[.!?\n])\s+", template)
    kept = [sentence for sentence in sentences if "{link}" not in sentence]
    phone = message.practice.phone
    if phone:
        kept.append(_("Something came up? Call %(phone)s.") % {"phone": phone.as_national})
    return " ".join([*kept, "{link}"])


def _change(message: Message) -> tuple[str, dict[str, str]]:
    assert message.appointment is not None
    asked = _is_request(message)
    template = _change_of_request(message) if asked else _change_of_appointment(message)
    values = _values(message.appointment)
    entry = message.entry
    if message.kind == Kind.CANCELLED and entry is not None and entry.old_start is not None:
        values |= _said(entry.old_start)  # the time that she knows of
    return template, values


def _change_of_appointment(message: Message) -> str:
    match message.kind:
        case Kind.CANCELLED:
            text = _("{practice}: your appointment on {date} at {time} is cancelled.")
            return _with_phone(text, message)
        case Kind.MOVED if _is_with_another(message.entry):
            return _(
                "{practice}: your appointment on {date} at {time} is with {practitioner}. {link}"
            )
        case Kind.MOVED if _is_elsewhere(message.entry):
            return _("{practice}: your appointment on {date} at {time} is at another place. {link}")
        case Kind.MOVED:
            return _("{practice}: your appointment has moved to {date} at {time}. {link}")
        case Kind.CONFIRMED:
            return _("{practice}: your appointment on {date} at {time} is confirmed. {link}")
    raise ValueError(message.kind)  # owes no SMS


def _is_elsewhere(entry: HistoryEntry | None) -> bool:
    """At the same time, at another site."""
    if entry is None or entry.old_start != entry.new_start:
        return False
    return entry.old_place_id is not None


def _is_with_another(entry: HistoryEntry | None) -> bool:
    """At the same time, with another practitioner: who takes over from her."""
    return (
        entry is not None
        and entry.old_start == entry.new_start
        and entry.old_practitioner_id is not None
    )


def _is_request(message: Message) -> bool:
    assert message.appointment is not None
    if message.kind == Kind.CANCELLED:
        return message.entry is not None and message.entry.of_request
    return message.appointment.status == Appointment.Status.UNCONFIRMED


def _change_of_request(message: Message) -> str:
    entry = message.entry
    if entry is not None and entry.action == HistoryEntry.Action.EXPIRED:
        text = _(
            "{practice}: nobody has confirmed your request for {date} at {time}: it has expired."
        )
        return _with_phone(text, message)
    if message.kind == Kind.CANCELLED:
        text = _("{practice}: your request for {date} at {time} could not be accepted.")
        return _with_phone(text, message)
    if message.kind == Kind.MOVED:
        return _("{practice}: your request has moved to {date} at {time}, to be confirmed. {link}")
    raise ValueError(message.kind)  # owes no SMS


def _with_phone(text: str, message: Message) -> str:
    phone = message.practice.phone.as_national if message.practice.phone else ""
    return f"{text} {phone}".strip()


def _of_its_day(all_of_them: list[Appointment]) -> dict[str, str]:
    """The values of the first appointment, with the times of all of that day."""
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
        "link": _link(appointment),
        **_said(appointment.start),
    }


def _said(start: datetime) -> dict[str, str]:
    local = timezone.localtime(start)
    return {"date": weekday_date(local), "time": clock(local)}


def _link(appointment: Appointment) -> str:
    return f"{settings.BASE_URL}/a/{appointment.link_token}/"


def _time(appointment: Appointment) -> str:
    return clock(timezone.localtime(appointment.start))
