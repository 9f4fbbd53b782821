"""An invitation to book a step of the pathway: owed by one click, judged again before it leaves, in words
(rule 3.9.6). Its subject tells nothing of a pregnancy."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.appointments.dates import day_month
from maia.appointments.pathway import Stand, State, pathway_of_record
from maia.messaging.letters import Letter
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.colours import ink_on
from maia.schedules.models import PathwayStep


class CannotInvite(Exception):
    """``code``: of `reasons`, or `today`: she has been written to about this step today."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def invite_to_book(record: Patient, step: PathwayStep, *, now: datetime) -> Message:
    """Owed at once, once a day for one step. Raises `CannotInvite`, `TooOften` and `RecordErased`."""
    with transaction.atomic():
        record = Patient.objects.hold(record.pk)
        day = timezone.localdate(now, record.practice.zone)
        message = Message(
            practice_id=record.practice_id,
            patient=record,
            step=step,
            kind=Message.Kind.TO_BOOK,
            recipient=Message.Recipient.PATIENT,
            channel=Message.Channel.EMAIL,
            key=f"to_book:{record.pk}:{step.pk}:{day}",
            due_at=now,
            try_after=now,
        )
        if Message.objects.filter(key=message.key).exists():
            raise CannotInvite("today")
        if (code := why_not_to_book(message, now)) is not None:
            raise CannotInvite(code)
        limits.ask(Limited.INVITE_TO_BOOK, record.practice_id, now=now)
        message.save()
    return message


def why_not_to_book(message: Message, now: datetime) -> str | None:
    """The code of the reason why there is nothing to invite her to any more, or None."""
    record, step = message.patient, message.step
    if record is None or step is None:
        return "step_removed"
    if record.online_booking_barred:
        return "barred"
    if not step.type.is_bookable_online or step.type.private_link:
        return "not_online"
    stand = _stand_of(record, step, now)
    if stand is None or stand.state == State.LATE:
        return "step_over"
    if stand.appointment is not None:
        return "booked_since"
    return None if record.email else "no_address"


def to_book_letter(message: Message, now: datetime) -> Letter:
    """In the patient's language and the practice's zone."""
    record, step = message.patient, message.step
    assert record is not None
    assert step is not None
    practice = record.practice
    with (
        translation.override(record.language or settings.LANGUAGE_CODE),
        timezone.override(practice.zone),
    ):
        stand = _stand_of(record, step, now)
        assert stand is not None
        first = max(stand.dates.first, timezone.localdate(now))
        page = reverse("slots", args=[practice.slug, step.type.key])
        context = {
            "practice": practice,
            "first_name": record.first_name,
            "step": str(step),
            "first": day_month(stand.dates.first),
            "last": day_month(stand.dates.last),
            "link": f"{settings.BASE_URL}{page}?from={first}",
            "ink": ink_on(practice.accent_colour),
            "lang": translation.get_language(),
        }
        text = render_to_string("messaging/to_book.txt", context)
        html = render_to_string("messaging/to_book.html", context)
        subject = _("%(practice)s invites you to book an appointment") % {"practice": practice.name}
        return Letter(subject, text, html)


def _stand_of(record: Patient, step: PathwayStep, now: datetime) -> Stand | None:
    stands = pathway_of_record(record, now=now)
    return next((stand for stand in stands if stand.step.pk == step.pk), None)
