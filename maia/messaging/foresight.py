"""What an act of the practice would send to the patient, said before it is done.

It asks what writes messages and what judges them: what is said is what leaves.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.judge import why_unreachable, will_not_leave
from maia.messaging.models import Message
from maia.messaging.owed import told_by
from maia.messaging.reminders import reminders_of
from maia.patients.models import Patient

Channel = Message.Channel


def would_be_told(
    appointment: Appointment, action: HistoryEntry.Action, now: datetime
) -> list[Message.Channel]:
    """The channels on which something would leave, were this done now."""
    if appointment.end <= now:
        return []
    cancels = action == HistoryEntry.Action.CANCELLED
    act = HistoryEntry(
        appointment=appointment,
        action=action,
        actor=HistoryEntry.Actor.PRACTICE,
        at=now,
        old_start=appointment.start if cancels else None,
        new_start=None if cancels else appointment.start,
    )
    patient = appointment.patient
    return [
        channel
        for channel in told_by(act)
        if not why_unreachable(channel, address_of(patient, channel), patient)
    ]


def noting_in_words(appointment: Appointment, now: datetime) -> str:
    """What leaves once this appointment is noted by the practice, to which address, and which
    reminders follow. It need not be saved."""
    patient = appointment.patient
    if appointment.end <= now:
        return _("This time has passed: no message goes to the patient.")
    told = would_be_told(appointment, HistoryEntry.Action.BOOKED, now)
    sentences = [
        _("An email goes to %(address)s.") % {"address": patient.email}
        for channel in told
        if channel == Channel.EMAIL
    ]
    for reminder in reminders_of(appointment, since=now):
        if reminder.status == Message.Status.DROPPED:
            continue
        channel = Channel(reminder.channel)
        if why_unreachable(channel, address_of(patient, channel), patient):
            continue
        if channel == Channel.EMAIL:
            sentences.append(_("A reminder by email follows."))
        elif not patient.no_sms:
            number = patient.mobile.as_national
            sentences.append(_("A reminder by SMS follows, to %(number)s.") % {"number": number})
    return " ".join(sentences) or in_words([])


def in_words(channels: list[Message.Channel]) -> str:
    match channels:
        case [Channel.EMAIL, Channel.SMS]:
            return _("An email and an SMS go to the patient.")
        case [Channel.EMAIL]:
            return _("An email goes to the patient.")
        case [Channel.SMS]:
            return _("An SMS goes to the patient.")
    return _("No message goes to the patient.")


def named_in_words(channels: list[Message.Channel], patient: Patient) -> str:
    """The same, with the address and the number that it goes to."""
    to = {"address": patient.email, "number": patient.mobile and patient.mobile.as_national}
    match channels:
        case [Channel.EMAIL, Channel.SMS]:
            return _("An email goes to %(address)s and an SMS to %(number)s.") % to
        case [Channel.EMAIL]:
            return _("An email goes to %(address)s.") % to
        case [Channel.SMS]:
            return _("An SMS goes to %(number)s.") % to
    return in_words(channels)


def counted_in_words(told: Sequence[Sequence[Message.Channel]], patient: Patient) -> str:
    """The same of several acts at once: how many of each."""
    emails = sum(Channel.EMAIL in channels for channels in told)
    sms = sum(Channel.SMS in channels for channels in told)
    if emails < 2 and sms < 2:
        both = [(Channel.EMAIL, emails), (Channel.SMS, sms)]
        return named_in_words([channel for channel, count in both if count], patient)
    sentences = []
    if emails:
        words = ngettext(
            "%(count)d email goes to %(address)s.", "%(count)d emails go to %(address)s.", emails
        )
        sentences.append(words % {"count": emails, "address": patient.email})
    if sms:
        words = ngettext(
            "%(count)d SMS goes to %(number)s.", "%(count)d SMS go to %(number)s.", sms
        )
        sentences.append(words % {"count": sms, "number": patient.mobile.as_national})
    return " ".join(sentences)


def will_be_told(entry: HistoryEntry) -> list[Message.Channel]:
    """The channels on which something leaves of what was done, and has not left yet."""
    if entry.announced:
        return []
    patient = entry.appointment.patient
    return [
        channel
        for channel in told_by(entry)
        if not why_unreachable(channel, address_of(patient, channel), patient)
    ]


def foretell(message: Message, now: datetime) -> None:
    """Of one that waits and will not leave, what it will have become; not saved."""
    reason = will_not_leave(message, now)
    if reason is not None:
        message.status, message.error = Message.Status.DROPPED, reason


def what_waits(appointment: Appointment, now: datetime) -> list[Message]:
    """The messages of an appointment to people as the sheet lists them: of those that wait and will not
    leave, why; and the reminders that it owes since an act of which no worker has written yet."""
    written = list(
        appointment.messages.to_people().select_related(
            "practice", "entry", "practitioner__practice", "appointment__event", "patient"
        )
    )
    for message in written:
        foretell(message, now)
    last = appointment.history.filter(announced=False).last()
    if last is None:
        return written
    known = {message.key for message in written if message.status != Message.Status.DROPPED}
    patient = appointment.patient
    return written + [
        reminder
        for reminder in reminders_of(appointment, since=last.at)
        if reminder.key not in known
        and reminder.status == Message.Status.QUEUED
        and not why_unreachable(
            Channel(reminder.channel), address_of(patient, Channel(reminder.channel)), patient
        )
    ]


def in_how_long(entry: HistoryEntry) -> str:
    """What was just done in the agenda, and what leaves of it when, to whom."""
    name = entry.appointment.patient.name
    words = {
        (Channel.EMAIL,): _("An email goes to %(name)s in %(seconds)d seconds."),
        (Channel.SMS,): _("An SMS goes to %(name)s in %(seconds)d seconds."),
        (Channel.EMAIL, Channel.SMS): _(
            "An email and an SMS go to %(name)s in %(seconds)d seconds."
        ),
    }.get(tuple(will_be_told(entry)), _("No message goes to %(name)s."))
    wait = (entry.owed_from or entry.at) - entry.at
    return words % {"name": name, "seconds": wait.total_seconds()}


def address_of(patient: Patient, channel: Message.Channel) -> str:
    return str(patient.mobile) if channel == Channel.SMS else patient.email
