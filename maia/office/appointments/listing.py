"""*Rendez-vous*: appointments as a list, and requests answered in their row."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maia.accounts.ids import parse_id
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.agenda import By
from maia.appointments.dates import long_date
from maia.appointments.exceptions import BookingRefused, RequestExpired
from maia.appointments.known import known_among
from maia.appointments.listing import Wanted, listed, to_confirm
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.spreadsheet import appointments_csv
from maia.availability.weekly import monday_of
from maia.office import refusals
from maia.office.access import OfficeRequest, get_appointment, office, settings_page
from maia.office.again import asked_again
from maia.office.appointments.done import Done, tell_done
from maia.office.appointments.forms import TellingForm
from maia.office.appointments.listing_forms import ListForm
from maia.office.appointments.tellings import told_of
from maia.office.fields.chips import chips
from maia.office.menu import requests_of
from maia.office.sure import ask, is_sure
from maia.practices.models import PlaceKind
from maia.privacy.reading import open_record, read_agenda, take_out_appointments

Action = HistoryEntry.Action
PAGE, MOST_REQUESTS = 50, 30
OPEN = "requests"  # in the address after an answer: the next one is in sight
FEW = 3  # requests that push nothing out of sight: shown as they are
LONGEST_QUERY = 500  # characters of the address that she came from


@office
@require_safe
def appointments(request: OfficeRequest) -> HttpResponse:
    """Those of some dates, today's unless it says otherwise, page by page; above them the requests
    that wait, whatever is asked."""
    return _list_page(request, request.GET)


def _list_page(
    request: OfficeRequest,
    typed: QueryDict,
    answered: Appointment | None = None,
    telling: TellingForm | None = None,
) -> HttpResponse:
    """``typed``: what is asked of the list; ``answered``: the request whose ``telling`` is refused."""
    now, practice = timezone.now(), request.seat.practice
    form = ListForm(typed, seat=request.seat, today=timezone.localdate())
    wanted = form.wanted()
    everything = read_agenda(request.seat, now=now)
    rows = listed(everything, wanted, practice) if wanted else everything.none()
    page = Paginator(rows, PAGE).get_page(typed.get("page"))
    waiting, count = list(to_confirm(everything, now)[:MOST_REQUESTS]), requests_of(request)
    asked = _asked(typed)
    context = {
        "practice": practice,
        "visits_homes": practice.appointment_types.filter(
            place=PlaceKind.HOME, archived=False
        ).exists(),
        "form": form,
        "wanted": wanted,
        "page": page,
        "days": _by_day(page),
        "asks_more": any(name not in ("first", "last") for name in asked),
        "chips": chips(asked, form.filters_in_words()),
        "query": f"&{urlencode(asked)}" if asked else "",
        "asked": urlencode(asked),
        "quick": _quick(asked, wanted),
        "requests": [
            (one, told_of(one, Action.CONFIRMED, telling if one == answered else None))
            for one in waiting
        ],
        "known": known_among((one.patient for one in waiting), now),
        "requests_count": count,
        "requests_later": count - len(waiting),
        "requests_open": OPEN in request.GET or telling is not None or count <= FEW,
        "now": now,
        "several": request.seat.practitioners.filter(is_active=True).count() > 1,
    }
    status = 200 if wanted and telling is None else 422
    return render(request, "office/appointments/list.html", context, status=status)


@settings_page
@asked_again
@require_safe
def export_appointments(request: OfficeRequest) -> HttpResponse:
    """The list as it is filtered, all its pages, for who may change settings."""
    now, practice = timezone.now(), request.seat.practice
    wanted = ListForm(request.GET, seat=request.seat, today=timezone.localdate()).wanted()
    if wanted is None:
        return redirect(f"{reverse('office:appointments')}?{urlencode(_asked(request.GET))}")
    dates = f"{wanted.first:%d/%m/%Y} – {wanted.last:%d/%m/%Y}"
    rows = listed(take_out_appointments(request.seat, now=now, detail=dates), wanted, practice)
    name = f"rendez-vous-{wanted.first}-{wanted.last}.csv"
    return HttpResponse(
        appointments_csv(rows.iterator(), practice.zone),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@office
@require_POST
def answer_request(request: OfficeRequest, pk: int) -> HttpResponse:
    """Yes to a request, or no, which asks first; either leads back to the list as it was."""
    appointment, now = get_appointment(request, pk), timezone.now()
    by, declines = By.practice(request.seat.user), "decline" in request.POST
    form = TellingForm(request.POST, auto_id=f"told_{pk}_%s")
    readable = form.is_valid()
    if appointment.has_expired(now):
        messages.error(request, refusals.words(RequestExpired()))
        return HttpResponseRedirect(_list_address(_typed_before(request), answered=True))
    if declines and not (is_sure(request) and readable):
        return _ask_to_decline(request, appointment, form)
    if not readable:
        return _list_page(request, _typed_before(request), appointment, form)
    telling = form.telling()
    seen = parse_id(request.POST.get("version", ""))
    seen = -1 if seen is None else seen  # that of no page
    try:
        if declines:
            cancel_appointment(appointment, by=by, now=now, seen=seen, telling=telling)
            tell_done(request, appointment, Done.DECLINED)
        else:
            confirm_appointment(appointment, by=by, now=now, seen=seen, telling=telling)
            tell_done(request, appointment, Done.CONFIRMED)
    except BookingRefused as refusal:
        messages.error(request, refusals.words(refusal))
    return HttpResponseRedirect(_list_address(_typed_before(request), answered=True))


def _ask_to_decline(
    request: OfficeRequest, appointment: Appointment, typed: TellingForm
) -> HttpResponse:
    open_record(request.seat, appointment.patient, now=timezone.now())
    local = timezone.localtime(appointment.start)
    named = {
        "name": appointment.patient.name,
        "date": long_date(local),
        "time": f"{local:%H:%M}",
    }
    question = _("Decline the request of %(name)s, on %(date)s at %(time)s?") % named
    takes = [_("Its time is free again at once.")]
    back = _list_address(_typed_before(request))
    shown = "telling_shown" in request.POST  # not where a yes would have told nothing
    telling = told_of(appointment, Action.CANCELLED, typed if shown else None)
    button, status = _("Decline the request"), 200 if typed.is_valid() else 422
    return ask(request, question, takes, button, back, telling=telling, status=status)


def _typed_before(request: OfficeRequest) -> QueryDict:
    """What was asked of the list that she answers in."""
    return QueryDict(request.POST.get("asked", "")[:LONGEST_QUERY])


def _list_address(typed: QueryDict, *, answered: bool = False) -> str:
    asked = urlencode(_asked(typed) | ({OPEN: "open"} if answered else {}))
    return reverse("office:appointments") + (f"?{asked}" if asked else "")


def _asked(typed: Any) -> dict[str, str]:
    """What an address asks of the list, as far as it is the list's."""
    return {name: typed[name][:40] for name in ListForm.base_fields if typed.get(name, "").strip()}


def _quick(asked: dict[str, str], wanted: Wanted | None) -> list[tuple[str, str, bool]]:
    """Words, address and whether it is what is shown: dates that are asked for every day."""
    today = timezone.localdate()
    monday = monday_of(today)
    days: list[tuple[str, date, date]] = [
        (_("Today"), today, today),
        (_("Tomorrow"), today + timedelta(days=1), today + timedelta(days=1)),
        (_("This week"), monday, monday + timedelta(days=6)),
    ]
    shown = (wanted.first, wanted.last) if wanted else None
    return [
        (words, "?" + urlencode(asked | {"first": first, "last": last}), (first, last) == shown)
        for words, first, last in days
    ]


def _by_day(rows: Iterable[Appointment]) -> list[tuple[date, list[Appointment]]]:
    """In the practice's zone."""
    days = groupby(rows, key=lambda row: timezone.localtime(row.start).date())
    return [(day, list(of_day)) for day, of_day in days]
