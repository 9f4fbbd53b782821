"""The office's menu: where one is, what waits there, and the page *More* of a phone."""

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from maia.appointments.listing import to_confirm
from maia.messaging.models import Message
from maia.office.access import OfficeRequest, office
from maia.practices.seats import Seat
from maia.privacy.reading import appointments_of

TABS = {"agenda", "appointments", "patients"}  # at the thumb, on a phone


class Entry(NamedTuple):
    """``icon``: its name in `static/vendor/lucide`. ``waiting``: how much asks for her, in words
    for who listens. ``tab``: stands at the thumb on a phone; the others are on *More*."""

    words: str
    url: str
    icon: str
    is_current: bool = False
    asks: int = 0
    waiting: str = ""
    tab: bool = False


def menu(request: HttpRequest) -> list[Entry]:
    """Of the seat that she has taken; nothing before. Asks the database twice."""
    seat: Seat | None = getattr(request, "seat", None)
    if seat is None:
        return []
    folder = _folder_of(request)
    if request.resolver_match and request.resolver_match.url_name == "new_appointment":
        folder = ""  # which has a button of its own
    problems = problems_of(request)
    words = ngettext(
        "%(count)d message did not leave, or perhaps not.",
        "%(count)d messages did not leave, or perhaps not.",
        problems,
    )
    requests = requests_of(request)
    asking = ngettext(
        "%(count)d request waits for your answer.",
        "%(count)d requests wait for your answer.",
        requests,
    )
    entries = [
        _entry("agenda", _("Agenda"), "calendar-days", folder),
        _entry("appointments", _("Appointments"), "list", folder)._replace(
            asks=requests, waiting=asking % {"count": requests} if requests else ""
        ),
        _entry("patients", _("Patients"), "users", folder),
    ]
    if seat.is_substitute:
        return entries
    entries += [
        _entry("messages", _("Messages"), "mail", folder)._replace(
            asks=problems, waiting=words % {"count": problems} if problems else ""
        ),
        _entry("absences", _("Absences"), "calendar-off", folder),
    ]
    if seat.may_change_settings:
        entries.append(_entry("settings", _("Settings"), "settings", folder))
    return entries


def is_behind_more(request: HttpRequest) -> bool:
    """On a phone, a page that no other tab leads to."""
    return _folder_of(request) not in {"", *TABS}


def problems_of(request: HttpRequest) -> int:
    """Messages that did not leave, or perhaps not, and that nobody has settled. Counted once, of the
    seat that she has taken."""
    counted: int | None = getattr(request, "problems", None)
    if counted is None:
        seat: Seat = request.seat  # type: ignore[attr-defined]
        settled_by_her = not seat.is_substitute  # a substitute has no page of messages
        rows = Message.objects.to_settle().filter(practice=seat.practice)
        counted = rows.count() if settled_by_her else 0
        request.problems = counted  # type: ignore[attr-defined]
    return counted


def requests_of(request: HttpRequest) -> int:
    """Requests that wait for the practice's answer. Counted once, of the seat that she has taken."""
    counted: int | None = getattr(request, "requests_to_confirm", None)
    if counted is None:
        rows = appointments_of(request.seat)  # type: ignore[attr-defined]
        counted = to_confirm(rows, timezone.now()).count()
        request.requests_to_confirm = counted  # type: ignore[attr-defined]
    return counted


@office
@require_safe
def more(request: OfficeRequest) -> HttpResponse:
    """What has no tab at the thumb of a phone."""
    return render(request, "office/more.html", {"practice": request.seat.practice})


def _folder_of(request: HttpRequest) -> str:
    """The folder of `maia/office` that answers this address; none for what has no page."""
    match = request.resolver_match
    if match is None or match.url_name == "nowhere":
        return ""
    return match.func.__module__.split(".")[2]


def _entry(name: str, words: str, icon: str, folder: str) -> Entry:
    return Entry(
        words, reverse(f"office:{name}"), icon, is_current=name == folder, tab=name in TABS
    )


@office
def nowhere(request: OfficeRequest) -> HttpResponse:
    """No page: said within her office, so that she is not turned out of it."""
    raise Http404
