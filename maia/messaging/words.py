"""What a message says. A subject never tells the kind of consultation (rule 3.6)."""

from contextlib import ExitStack
from datetime import datetime
from typing import NamedTuple, assert_never

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maia.appointments.dates import clock, long_date
from maia.appointments.ics import Method, ics
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.places import Reader, Whereabouts, place_of
from maia.appointments.replacing_words import replaces
from maia.appointments.telling import start_known_before
from maia.messaging.formerly import action_of
from maia.messaging.invitation_words import invitation_letter
from maia.messaging.letters import Letter
from maia.messaging.models import Message
from maia.messaging.to_book import to_book_letter
from maia.messaging.trial_words import trial_letter
from maia.practices.colours import ink_on

Action = HistoryEntry.Action
Kind = Message.Kind
ENDS = (Action.CANCELLED, Action.EXPIRED)


def letter(message: Message, sender: str, now: datetime) -> Letter:
    """In the reader's language and the practice's time zone. ``sender`` is an email address.

    What it promises is true at ``now``, when it leaves.
    """
    match Kind(message.kind):
        case Kind.INVITATION:
            assert message.invitation is not None
            return invitation_letter(message.invitation)
        case Kind.TO_BOOK:
            return to_book_letter(message, now)
        case Kind.TEST:
            assert message.practitioner is not None
            return trial_letter(message.practitioner)
        case (
            Kind.REMINDER
            | Kind.CONFIRMATION
            | Kind.MOVED
            | Kind.CANCELLED
            | Kind.CONFIRMED
            | Kind.NOTICE
        ):
            return _about_appointment(message, sender, now)
        case Kind.EVENT:
            raise ValueError(message.kind)  # told to programs, by `hooks`
        case never:
            assert_never(never)


def _about_appointment(message: Message, sender: str, now: datetime) -> Letter:
    appointment, entry = message.appointment, message.entry
    assert appointment is not None
    to_patient = message.recipient == Message.Recipient.PATIENT
    reminds, start = message.kind == Kind.REMINDER, appointment.start
    language = appointment.patient.language if to_patient else ""
    with ExitStack() as stack:
        stack.enter_context(translation.override(language or settings.LANGUAGE_CODE))
        stack.enter_context(timezone.override(appointment.practice.zone))
        if reminds:
            action = None
            subject, opening = _reminder(appointment)
        else:
            assert entry is not None
            action = action_of(message)
            assert action is not None
            say = _for_patient if to_patient else _for_practitioner
            subject, opening = say(appointment, entry, action)
            if action in ENDS and entry.old_start is not None:
                start = entry.old_start  # the one that she knows of
        local = timezone.localtime(start)
        is_request = _is_request(appointment, entry, action)
        context = {
            "appointment": appointment,
            "practice": appointment.practice,
            "opening": opening,
            "old": _struck_out(entry) if entry and action == Action.MOVED else None,
            "cancelled": action in ENDS,
            "start": start,
            "end": start + appointment.duration,
            "words": _words(message, action),
            "is_request": is_request,
            "may_change": appointment.may_change(now),
            "may_move": appointment.may_move(now),
            "to_patient": to_patient,
            "foreword": f"{long_date(local)}, {clock(local)}",
            "act": _act(appointment, action, is_request=is_request, now=now)
            if to_patient
            else _act_of_practice(appointment, action),
            "ink": ink_on(appointment.practice.accent_colour),
            "place": _place(appointment, to_patient=to_patient),
            "replaces": replaces(appointment.practitioner, appointment.type, start),
            "lang": translation.get_language(),
        }
        text = render_to_string("messaging/email.txt", context)
        html = render_to_string("messaging/email.html", context)
        if reminds or not to_patient:
            return Letter(subject, text, html)
        method = _method(appointment, action)
        if method is None:
            return Letter(subject, text, html)
        return Letter(subject, text, html, ics(appointment, method, sender), method)


class Act(NamedTuple):
    """What the reader may want to do: where, and the words of the button."""

    url: str
    words: str


def _act(
    appointment: Appointment, action: Action | None, *, is_request: bool, now: datetime
) -> Act:
    """The patient's, at her personal link, as far as it is allowed at ``now``."""
    if action in ENDS:
        again = f"{settings.BASE_URL}/{appointment.practice.slug}/"
        return Act(again, _("Take another appointment"))
    words = {
        (True, True): _("Move or cancel this request"),
        (True, False): _("Cancel this request"),
        (False, True): _("Move or cancel this appointment"),
        (False, False): _("Cancel this appointment"),
    }[is_request, appointment.may_move(now)]
    if not appointment.may_change(now):
        words = _("See this appointment")
    return Act(f"{settings.BASE_URL}/a/{appointment.link_token}/", words)


def _act_of_practice(appointment: Appointment, action: Action | None) -> Act:
    """The practitioner's, on its sheet, behind her own sign-in."""
    sheet = settings.BASE_URL + reverse("office:sheet", args=[appointment.pk])
    waits = appointment.status == Appointment.Status.UNCONFIRMED and action not in ENDS
    return Act(sheet, _("Confirm or decline") if waits else _("Open its sheet"))


def _struck_out(entry: HistoryEntry) -> datetime | None:
    """The time that she knows; None: it is the same, for what changed is with whom, or for how long."""
    known = start_known_before(entry)
    return None if known == entry.new_start else known


def _method(appointment: Appointment, action: Action | None) -> Method | None:
    """A request is no appointment yet: it comes with no invitation, and one that she had before it
    was put back to be confirmed is withdrawn until it is certain again."""
    if action not in ENDS and appointment.status == Appointment.Status.CONFIRMED:
        return Method.REQUEST
    return Method.CANCEL if appointment.was_certain else None


def _words(message: Message, action: Action | None) -> str:
    """What the one who did it says to the other: of a corrected patient, to whom it was."""
    entry = message.entry
    if entry is None or message.kind == Kind.REMINDER:
        return ""
    by_patient = entry.actor == HistoryEntry.Actor.PATIENT
    if by_patient == (message.recipient == Message.Recipient.PATIENT):
        return ""  # her own
    return "" if (entry.action, action) == (Action.GIVEN, Action.BOOKED) else entry.words


def _is_request(
    appointment: Appointment, entry: HistoryEntry | None, action: Action | None
) -> bool:
    if entry is not None and action in ENDS:
        return entry.of_request
    return appointment.status == Appointment.Status.UNCONFIRMED


def _place(appointment: Appointment, *, to_patient: bool) -> Whereabouts | None:
    """The practitioner knows where her own practice is."""
    if to_patient:
        return place_of(appointment, Reader.PATIENT)
    place = place_of(appointment, Reader.PRACTICE)
    return None if place.is_at_the_practice else place


def _reminder(appointment: Appointment) -> tuple[str, str]:
    return (
        _("Reminder: your appointment on %(when)s") % _when(appointment.start),
        _("A reminder of your appointment."),
    )


def _for_patient(appointment: Appointment, entry: HistoryEntry, action: Action) -> tuple[str, str]:
    if _is_request(appointment, entry, action):
        return _of_request(appointment, entry, action)
    match action:
        case Action.BOOKED:
            return (
                _("Your appointment on %(when)s") % _when(appointment.start),
                _("Your appointment is confirmed."),
            )
        case Action.CONFIRMED:
            return (
                _("Your appointment on %(when)s is confirmed") % _when(appointment.start),
                _("The practice has confirmed your appointment."),
            )
        case Action.MOVED if entry.old_start == entry.new_start and entry.old_practitioner_id:
            return (
                _("Your appointment on %(when)s has changed") % _when(appointment.start),
                _("Your appointment is now with %(name)s.")
                % {"name": appointment.practitioner.name},
            )
        case Action.MOVED if entry.old_start == entry.new_start and entry.old_place_id:
            return (
                _("Your appointment on %(when)s has changed") % _when(appointment.start),
                _("Your appointment is now at another place: it is said below."),
            )
        case Action.MOVED if entry.old_start == entry.new_start and entry.old_end is None:
            return (
                _("Your appointment on %(when)s has changed") % _when(appointment.start),
                _("Your appointment has changed. This is what holds now."),
            )
        case Action.MOVED if entry.old_place_id:
            return (
                _("Your appointment has moved to %(when)s") % _when(appointment.start),
                _("Your appointment has a new time, at another place: it is said below."),
            )
        case Action.MOVED:
            return (
                _("Your appointment has moved to %(when)s") % _when(appointment.start),
                _("Your appointment has a new time."),
            )
        case Action.CANCELLED:
            return (
                _("Your appointment on %(when)s is cancelled")
                % _when(_start_of(appointment, entry)),
                _("Your appointment is cancelled.")
                if entry.actor == HistoryEntry.Actor.PATIENT
                else _("The practice had to cancel your appointment."),
            )
    raise ValueError(entry.action)  # owes nothing


def _of_request(appointment: Appointment, entry: HistoryEntry, action: Action) -> tuple[str, str]:
    """To the patient, of what nobody has confirmed: never as of an appointment."""
    by_patient = entry.actor == HistoryEntry.Actor.PATIENT
    match action:
        case Action.BOOKED if by_patient:
            return (
                _("Your appointment request for %(when)s") % _when(appointment.start),
                _("Your request has been received. The practice will confirm it."),
            )
        case Action.BOOKED:
            return (
                _("A time is held for you on %(when)s") % _when(appointment.start),
                _("The practice holds this time for you, and will confirm it."),
            )
        case Action.MOVED:
            return (
                _("Your appointment request has moved to %(when)s") % _when(appointment.start),
                _("Your request has a new time. The practice will confirm it."),
            )
        case Action.CANCELLED if by_patient:
            return (
                _("Your appointment request for %(when)s is cancelled")
                % _when(_start_of(appointment, entry)),
                _("Your request is cancelled."),
            )
        case Action.CANCELLED:
            return (
                _("Your appointment request for %(when)s was not accepted")
                % _when(_start_of(appointment, entry)),
                _("The practice could not accept your request."),
            )
        case Action.EXPIRED:
            return (
                _("Your appointment request for %(when)s has expired")
                % _when(_start_of(appointment, entry)),
                _("Nobody has confirmed your request in time: there is no appointment."),
            )
    raise ValueError(entry.action)  # a confirmation of what is not confirmed is not sent


def _start_of(appointment: Appointment, entry: HistoryEntry) -> datetime:
    """Of what was cancelled: the time that she knows of."""
    return entry.old_start or appointment.start


def _for_practitioner(
    appointment: Appointment, entry: HistoryEntry, action: Action
) -> tuple[str, str]:
    # No patient's name in a subject: it shows on a locked phone.
    match action:
        case Action.BOOKED if appointment.status == Appointment.Status.UNCONFIRMED:
            return (
                _("Appointment request for %(when)s") % _when(appointment.start),
                _("A patient asks for this time online. It waits for your confirmation."),
            )
        case Action.BOOKED:
            return (
                _("New appointment on %(when)s") % _when(appointment.start),
                _("A patient has booked online."),
            )
        case Action.MOVED:
            return (
                _("An appointment has moved to %(when)s") % _when(appointment.start),
                _("A patient has moved an appointment online."),
            )
        case Action.CANCELLED:
            return (
                _("Appointment on %(when)s cancelled") % _when(appointment.start),
                _("A patient has cancelled an appointment online. The time is free again."),
            )
        case Action.RECALLED:
            return (
                _("Appointment request for %(when)s still waits") % _when(appointment.start),
                _(
                    "Nobody has answered this request yet. Without an answer it expires when it would "
                    "begin, and the patient is told."
                ),
            )
    raise ValueError(entry.action)  # only a patient's acts are told, and what waits for an answer


def _when(start: datetime) -> dict[str, str]:
    local = timezone.localtime(start)
    return {"when": _("%(date)s at %(time)s") % {"date": long_date(local), "time": clock(local)}}
