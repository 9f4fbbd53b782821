"""*Présences*: who came on a day, ticked in one press, saved in one pass, taken back in one press."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from maia.accounts.ids import parse_id
from maia.appointments.acts.attendance import hold_agendas, may_be_said, say_attendance
from maia.appointments.agenda import By
from maia.appointments.exceptions import BookingRefused, ChangedMeanwhile
from maia.appointments.listing import Wanted, listed
from maia.appointments.models import Appointment
from maia.office.access import OfficeRequest, office
from maia.office.appointments.listing_forms import AttendanceForm
from maia.office.appointments.whereabouts import whereabouts
from maia.office.fields.days import read_day
from maia.office.fields.kept_form import in_turn
from maia.practices.models import Practitioner
from maia.practices.seats import Seat
from maia.privacy.reading import read_agenda

MOST_OF_A_DAY = 300
SAID = "attendance_said"  # in the session: what she saved last, which can be taken back
UNDO_FOR = timedelta(hours=1)


@office
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def attendance(request: OfficeRequest) -> HttpResponse:
    """Who came on a day: all that has begun, three choices a row, saved at once."""
    now, practice = timezone.now(), request.seat.practice
    typed = request.POST if request.method == "POST" else None
    day, unreadable = read_day((typed or request.GET).get("date", "")), False
    if typed is not None and day is None:  # of no page: it says nothing of today
        typed, unreadable = None, True
        messages.error(request, _("The day of this page cannot be read: nothing was saved."))
    day = day or timezone.localdate()
    team = _team(request.seat)
    # A program posts without the page: of everybody.
    chosen = "all" if typed is not None and "practitioner" not in typed else ""
    asked, whose = _whose(request.seat, team, (typed or request.GET).get("practitioner", chosen))
    of_day = may_be_said(
        listed(read_agenda(request.seat, now=now), Wanted(day, day), practice), now
    )
    rows = of_day if whose is None else of_day.filter(event__practitioner=whose)
    if typed is not None:
        hold_agendas(row.event.practitioner_id for row in rows[:MOST_OF_A_DAY])
    only_unsaid = "unsaid" in (typed or request.GET)
    back = f"{reverse('office:attendance')}?date={day}{'&unsaid=1' if only_unsaid else ''}"
    back += f"&practitioner={asked}" if asked else ""
    if typed is not None and "take_back" in typed:
        _take_back(request, of_day.all()[:MOST_OF_A_DAY], day, now)
        return redirect(back)
    unsaid = rows.filter(attendance="")
    # Posted, it is read against the whole day: what a colleague has said meanwhile is asked about.
    listed_rows = unsaid if only_unsaid and typed is None else rows
    form = AttendanceForm(typed, listed_rows.all()[:MOST_OF_A_DAY])
    ticks = typed is not None and bool({"all_attended", "untick"} & typed.keys())
    if typed is not None:
        _say_where(request, form.elsewhere(), day, now)
    if ticks:
        form = form.without_ticks() if "untick" in form.data else form.with_all_attended()
    elif form.is_valid():
        _save(request, form, day, now)
        return redirect(back)
    context = {
        "practice": practice,
        "form": form,
        "day": day,
        "count": rows.count(),
        "unsaid": unsaid.count(),
        "only_unsaid": only_unsaid,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < timezone.localdate() else None,
        "asked": asked,
        "whose": whose,
        "team": team,
        "said": len(_said(request, day, now)),
    }
    status = 422 if unreadable or (form.is_bound and not ticks) else 200
    return render(request, "office/appointments/attendance.html", context, status=status)


def _team(seat: Seat) -> list[Practitioner]:
    """Herself first; nobody where there is no choice."""
    team = list(seat.practitioners.filter(is_active=True))
    team.sort(key=lambda one: one != seat.practitioner)
    return team if len(team) > 1 else []


def _whose(seat: Seat, team: list[Practitioner], asked: str) -> tuple[str, Practitioner | None]:
    """What is asked for, and whose day that is; None for everybody's. Empty, it is her own."""
    if not team:
        return "", None
    found = next((one for one in team if one.pk == parse_id(asked)), None)
    if found is not None or asked == "all":
        return asked, found
    return "", seat.practitioner


def _save(request: OfficeRequest, form: AttendanceForm, day: date, now: datetime) -> None:
    by, written, refused = By.practice(request.seat.user), {}, set()
    for one, said in form.changed():
        if one.attendance == said:
            continue
        try:
            say_attendance(one, said, was=one.attendance, by=by, now=now)
        except BookingRefused:  # it has come from an agenda that was not held
            refused.add(one.pk)
        else:
            written[str(one.pk)] = [one.attendance, said]
    _say_where(request, refused, day, now)
    if not written:
        if not refused and not form.elsewhere():
            messages.success(request, _("Saved."))
        return
    request.session[SAID] = {"day": str(day), "at": now.isoformat(), "rows": written}


def _say_where(request: OfficeRequest, keys: Iterable[int], day: date, now: datetime) -> None:
    """Of those that she has noted and that are not to be noted on ``day`` any more, what became of them."""
    if keys := set(keys):
        rows = read_agenda(request.seat, now=now).filter(pk__in=keys).order_by("event__start")
        for words in whereabouts(rows[:MOST_OF_A_DAY], day):
            messages.warning(request, words)


def _said(request: OfficeRequest, day: date, now: datetime) -> dict[str, list[str]]:
    """By key, of each that she saved last on this day, what it said before and what it says since."""
    last: dict[str, Any] = request.session.get(SAID) or {}
    if last.get("day") != str(day) or now - datetime.fromisoformat(last["at"]) > UNDO_FOR:
        return {}
    rows: dict[str, list[str]] = last["rows"]
    return rows


def _take_back(
    request: OfficeRequest, of_day: Iterable[Appointment], day: date, now: datetime
) -> None:
    """What she saved last, but for what somebody has said of it since."""
    by, count, stays = By.practice(request.seat.user), 0, 0
    rows = _said(request, day, now)
    gone = {int(key) for key in rows}
    for one in of_day:
        gone.discard(one.pk)
        if str(one.pk) not in rows:
            continue
        before, since = rows[str(one.pk)]
        try:
            if one.attendance != before:
                say_attendance(one, before, was=since, by=by, now=now)
            count += 1
        except ChangedMeanwhile:
            stays += 1
    _say_where(request, gone, day, now)
    request.session.pop(SAID, None)
    words = [
        ngettext(
            "Undone: %(count)d appointment says again what it said before.",
            "Undone: %(count)d appointments say again what they said before.",
            count,
        )
        % {"count": count}
    ]
    if stays:
        words.append(
            ngettext(
                "%(count)d stays: somebody has noted something else since.",
                "%(count)d stay: somebody has noted something else since.",
                stays,
            )
            % {"count": stays}
        )
    messages.success(request, " ".join(words))
