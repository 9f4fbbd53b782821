"""Messages, as the practice sees them: what left, what will, what did not and why."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from phonenumber_field.phonenumber import PhoneNumber

from maia.messaging.foresight import foretell
from maia.messaging.held import held
from maia.messaging.models import Message
from maia.messaging.reasons import words_of
from maia.messaging.resolving import (
    CannotResend,
    NoLongerTrue,
    another_of,
    once_more,
    resend,
    send_test,
    settle,
    settle_all,
    settle_as_sent,
)
from maia.messaging.spending import counted_today
from maia.office.access import OfficeRequest, get_practitioner, office, settings_page, written_down
from maia.office.fields.chips import chips
from maia.office.menu import problems_of
from maia.office.once import made_once, nothing_made
from maia.office.sure import ask, is_sure
from maia.patients.models import Patient
from maia.privacy.journal import Act
from maia.privacy.reading import read_messages

PAGE = 40
FEW = 4  # on top of the page: what did not leave, what leaves next
FILTERS = ("status", "channel", "kind")


@office
@require_safe
def messages(request: OfficeRequest) -> HttpResponse:
    """What to look at, what leaves next, then what was due, the last first. `?status=problem` are all
    those to look at, `?status=queued` all that wait, the next first."""
    practice, now = request.seat.practice, timezone.now()
    everything = read_messages(request.seat, now=now).select_related(
        "appointment__event", "patient", "practitioner"
    )
    found = everything
    asked = {name: request.GET.get(name, "") for name in FILTERS}
    if asked["status"] == "problem":
        found = found.to_settle()
    elif asked["status"]:
        found = found.filter(status=asked["status"])
    else:  # what is only to come, and what will not be sent of it, has its own lines
        found = found.exclude(status=Message.Status.QUEUED, attempts=0).filter(due_at__lte=now)
    waiting = asked["status"] == Message.Status.QUEUED
    order = ("due_at", "pk") if waiting else ("-due_at", "-pk")
    for name in ("channel", "kind"):
        if asked[name]:
            found = found.filter(**{name: asked[name]})
    is_first = not any(asked.values()) and request.GET.get("page", "1") == "1"
    queued = everything.filter(status=Message.Status.QUEUED).order_by("due_at", "pk")
    page = Paginator(found.order_by(*order), PAGE).get_page(request.GET.get("page"))
    filters = _filters()
    words = {
        name: str(dict(choices)[asked[name]])
        for name, _label, choices in filters
        if asked[name] in dict(choices[1:])
    }
    context = {
        "practice": practice,
        "to_settle": everything.to_settle().order_by("-due_at", "-pk")[:FEW] if is_first else [],
        "next": _by_day(queued[:FEW]) if is_first else [],
        "is_first": is_first,
        "page": page,
        "days": _by_day(page),
        "filters": [(*one, asked[one[0]]) for one in filters],
        "chips": chips({name: value for name, value in asked.items() if value}, words),
        "query": "".join(f"&{name}={value}" for name, value in asked.items() if value),
        "problems": problems_of(request),
        "held": held(practice),
        "sms_today": counted_today(practice, now),
        "sms_a_day": settings.SMS_A_DAY if settings.SMS_URL else 0,
    }
    return render(request, "office/messages/list.html", context)


def _filters() -> list[tuple[str, str, list[tuple[str, Any]]]]:
    """Name, label and choices of each, the first of which asks nothing."""
    statuses = [("problem", _("To look at")), *Message.Status.choices]
    channels = [one for one in Message.Channel.choices if one[0] != Message.Channel.HOOK]
    kinds = [one for one in Message.Kind.choices if one[0] != Message.Kind.EVENT]
    return [
        ("status", _("Status"), [("", _("Those that were due")), *statuses]),
        ("channel", _("Channel"), [("", _("Email and SMS")), *channels]),
        ("kind", _("Kind"), [("", _("Every kind")), *kinds]),
    ]


def _by_day(rows: Iterable[Message]) -> list[tuple[date, list[Message]]]:
    """In the practice's zone."""
    days = groupby(rows, key=lambda row: timezone.localtime(row.due_at).date())
    return [(day, list(of_day)) for day, of_day in days]


@office
@require_safe
def message(request: OfficeRequest, pk: int) -> HttpResponse:
    """One, with what it said."""
    chosen = _get(request, pk)
    read_messages(request.seat, now=timezone.now(), of=_about(chosen))
    foretell(chosen, timezone.now())
    context = {"practice": request.seat.practice, "message": chosen}
    return render(request, "office/messages/message.html", context)


@office
@require_POST
@made_once
def change_message(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Send it again, say that it arrived, or that it has been seen."""
    message, now = _get(request, pk), timezone.now()
    match action:
        case "resend" if message.may_be_sent_once_more:
            return _send_once_more(request, message)
        case "resend":
            try:
                resend(message, now)
            except CannotResend:
                notes.error(request, _("This message is on its way or has gone."))
                return nothing_made(redirect(_back_from(request, message)))
            written_down(request, Act.SENT_AGAIN, patient=_about(message))
            notes.success(request, _("The message is on its way again."))
        case "arrived":
            settle_as_sent(message, now)
            written_down(request, Act.SETTLED, patient=_about(message))
            notes.success(request, _("Noted."))
        case "seen":
            settle(message, now)
            written_down(request, Act.SETTLED, patient=_about(message))
            notes.success(request, _("Noted."))
        case _:
            raise Http404
    return redirect(_back_from(request, message))


def _send_once_more(request: OfficeRequest, message: Message) -> HttpResponse:
    """Asks first, with the address."""
    now, back = timezone.now(), _back_from(request, message)
    try:
        if not is_sure(request):
            other = another_of(message, now)
            said = {
                "kind": message.get_kind_display().capitalize(),
                "channel": message.get_channel_display(),
                "to": _as_read(other),
            }
            takes = [
                _("%(kind)s · %(channel)s, to %(to)s.") % said,
                _("It is written anew, as things stand when it leaves."),
            ]
            button = _("Send again")
            return ask(request, _("Send this message again?"), takes, button, back)
        once_more(message, now)
    except NoLongerTrue as refused:
        why = words_of(refused.code)
        notes.error(request, _("It does not leave again: %(why)s.") % {"why": why})
        return nothing_made(redirect(back))
    written_down(request, Act.SENT_AGAIN, patient=_about(message))
    notes.success(request, _("The message is on its way again."))
    return redirect(back)


def _as_read(message: Message) -> str:
    """Its address, or its number as it is dialled here."""
    if message.channel != Message.Channel.SMS:
        return message.to
    return str(PhoneNumber.from_string(message.to).as_national)


def _back_from(request: OfficeRequest, message: Message) -> str:
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, None):
        return there
    return reverse("office:message", args=[message.pk])


@office
@require_POST
def all_seen(request: OfficeRequest) -> HttpResponse:
    settle_all(request.seat.practice, timezone.now())
    written_down(request, Act.SETTLED)
    notes.success(request, _("Noted."))
    return redirect("office:messages")


@settings_page
@require_POST
@made_once
def test_message(request: OfficeRequest, pk: int) -> HttpResponse:
    """A message to herself, by email or SMS."""
    practitioner = get_practitioner(request, pk)
    channel = request.POST.get("channel", "")
    if channel not in (Message.Channel.EMAIL, Message.Channel.SMS):
        raise Http404
    made = send_test(practitioner, channel, timezone.now(), by=request.seat.user)
    notes.success(request, _("The test is on its way. This page says what becomes of it."))
    return redirect("office:message", made.pk)


def _get(request: OfficeRequest, pk: int) -> Message:
    everything = Message.objects.to_people().select_related(
        "appointment__event__type", "patient", "practitioner"
    )
    message: Message = get_object_or_404(everything, pk=pk, practice=request.seat.practice)
    return message


def _about(message: Message) -> Patient | None:
    """The record of whom it is about, if it is about anybody."""
    return message.appointment.patient if message.appointment else message.patient
