"""Periods in which other weeks replace the usual ones: summer, part-time, new hours from a date on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.stranded import stranded
from maia.office.access import OfficeRequest, settings_page, written_down
from maia.office.fields.asked import read_asked
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.once import made_once
from maia.office.settings.coming_weeks import coming_weeks
from maia.office.settings.period_form import PeriodForm
from maia.office.settings.period_words import line_of, lines_of, when_of
from maia.office.settings.taking_away import take_away
from maia.office.settings.turn_form import TurnForm
from maia.office.settings.whose import Owner, get_owner, owner_of
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.models import Period
from maia.schedules.sites import sites_to_choose
from maia.schedules.writing import TooManyDates, holding, write_period
from maia.schedules.written import Count, WrittenHours, WrittenPeriod, with_period

NEW = 0  # the key of a period that no row has yet
PAGE = "office/settings/period.html"


@settings_page
@require_safe
def periods(request: OfficeRequest, pk: int, of: str) -> HttpResponse:
    """Those that hold or will; those that are over are folded."""
    owner = get_owner(request, pk, of)
    plan, today = owner.schedule(), timezone.localdate()
    rows = list(plan.periods.all()) if plan else []
    lines = lines_of(rows, WrittenHours.of(plan))
    is_over = [
        line.period.last_date is not None and line.period.last_date < today for line in lines
    ]
    context = {
        "practice": request.seat.practice,
        "owner": owner,
        "addresses": owner.addresses(),
        "coming": [line for line, over in zip(lines, is_over, strict=True) if not over],
        "past": [line for line, over in zip(lines, is_over, strict=True) if over],
    }
    return render(request, "office/settings/periods.html", context)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
@in_turn
def new_period(request: OfficeRequest, pk: int, of: str) -> HttpResponse:
    """It begins with the usual weeks, of which she changes what will be another."""
    owner = get_owner(request, pk, of)
    if request.method == "POST":
        hold(owner.row)
    written = WrittenHours.of(owner.schedule())
    asked = {"first_date": day} if (day := read_asked(request).day) else {}
    form = PeriodForm(request.POST or None, period=Period(), initial=asked)
    turn = TurnForm(
        request.POST or None,
        weeks=written.weeks(),
        count=written.count,
        sites=written.sites_of_weeks(),
        choices=sites_to_choose(request.seat.practice),
        is_new=True,
    )
    return _edit(request, owner, written, form, turn)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_period(request: OfficeRequest, pk: int) -> HttpResponse:
    period, owner = _get(request, pk)
    if request.method == "POST":
        hold(owner.row)  # before what is of its schedule, as whoever deletes does
        hold(period)
    written = WrittenHours.of(owner.schedule())
    count = Count(period.weeks, period.by_number, period.first_monday)
    form = PeriodForm(request.POST or None, period=period)
    turn = TurnForm(
        request.POST or None,
        weeks=written.weeks(period.pk),
        count=count,
        sites=written.sites_of_weeks(period.pk),
        choices=sites_to_choose(request.seat.practice),
    )
    return _edit(request, owner, written, form, turn)


@settings_page
@require_POST
def delete_period(request: OfficeRequest, pk: int) -> HttpResponse:
    """As the page has named it, with who would be left outside; asked anew where that is another now."""
    period, owner = _get(request, pk)

    def named() -> tuple[str, list[str]]:
        line = line_of(period, WrittenHours.of(owner.schedule()).weeks(pk))
        question = _("Delete the period “%(name)s”?") % {"name": period.name}
        return question, [f"{owner.name} · {line.when}.", *line.hours]

    asks = take_away(request, owner, period, named=named, back=owner.address("periods"))
    if asks is not None:
        return asks
    _note(request, owner, period)
    messages.success(request, _("The period is deleted: the usual hours hold again."))
    return redirect(owner.address("periods"))


def _edit(
    request: OfficeRequest, owner: Owner, written: WrittenHours, form: PeriodForm, turn: TurnForm
) -> HttpResponse:
    period = form.period
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "owner": owner,
        "addresses": owner.addresses(),
        "period": period if period.pk else None,
        "form": form,
        "turn": turn,
    }
    both = [form.is_valid(), turn.is_valid()] if form.is_bound else [period.pk is not None]
    wanted = _wanted(owner, written, form, turn) if all(both) else None
    if wanted is not None:
        first = form.first if form.is_bound else period.first_date
        start = max(first, timezone.localdate())
        context["weeks"] = coming_weeks(owner.practitioner, wanted, start)
    if "reshape" in request.POST and "HX-Request" in request.headers:
        return render(request, "office/settings/_turn.html", {"turn": turn})
    if "live" in request.POST:
        return render(request, "office/settings/_schedule_gives.html", context)
    if not form.is_bound or {"more_breaks", "reshape"} & set(request.POST):
        return render(request, PAGE, context)
    if wanted is None:
        return render(request, PAGE, context, status=422)
    outside = stranded(owner.row, wanted, now=timezone.now())
    if outside:  # named on the page
        read_agenda(request.seat, now=timezone.now())
    seen = [one.pk for one in outside]
    if "preview" in request.POST or (outside and not is_meant(request, "anyway", seen)):
        context |= {"stranded": outside, "mark": mark_of(seen)}
        status = 200 if "preview" in request.POST else 409
        return render(request, PAGE, context, status=status)
    try:
        with holding(owner.row) as plan:
            write_period(plan, form.fill(), turn.weeks, turn.count, turn.sites)
    except TooManyDates:
        form.add_error(None, _("There are too many periods: delete some first."))
        return render(request, PAGE, context, status=422)
    _note(request, owner, period)
    messages.success(request, _("Saved."))
    return redirect(owner.address("periods"))


def _wanted(
    owner: Owner, written: WrittenHours, form: PeriodForm, turn: TurnForm
) -> WrittenHours | None:
    """The hours as they are to be; none where two periods would overlap, which the form says then."""
    if not form.is_bound:
        return written
    row = WrittenPeriod(
        form.period.pk or NEW, form.cleaned_data["name"], form.first, form.last, turn.count
    )
    meets = [one for one in written.periods if one.id != row.id and one.meets(row)]
    if meets:
        form.refuse_overlap(meets[0].name)
        return None
    return with_period(written, row, turn.weeks, turn.sites)


def _get(request: OfficeRequest, pk: int) -> tuple[Period, Owner]:
    """Of one whose settings she may change."""
    rows = Period.objects.select_related("schedule")
    period = get_object_or_404(rows, pk=pk)
    return period, owner_of(request, period.schedule)


def _note(request: OfficeRequest, owner: Owner, period: Period) -> None:
    words = _("period “%(period)s” (%(when)s): %(name)s")
    when = when_of(period.first_date, period.last_date)
    detail = words % {"period": period.name, "when": when, "name": owner.name}
    written_down(request, Act.SETTINGS, detail=detail)
