"""Exceptional openings, of a practitioner or of a type with hours of its own: a date whose hours are said whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.changing_hours import Stranded, changing_hours
from maia.appointments.dates import long_date
from maia.office.access import OfficeRequest, settings_page, written_down
from maia.office.fields.asked import read_asked
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.once import made_once
from maia.office.settings.opening_form import ChangeOpeningForm, OpeningForm
from maia.office.settings.opening_words import lines_of, remarks_on, when_of
from maia.office.settings.taking_away import take_away
from maia.office.settings.whose import Owner, get_owner, owner_of
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.models import AppointmentType, Schedule, SpecialDay
from maia.schedules.writing import DateTaken, TooManyDates, write_special_day

MOST_PAST = 100


class Refused(Exception):
    """The form says why. Nothing is kept."""


@settings_page
@require_safe
def openings(request: OfficeRequest, pk: int, of: str) -> HttpResponse:
    """Those to come; those that are over are folded."""
    owner = get_owner(request, pk, of)
    rows, today = _rows().filter(schedule=owner.schedule()), timezone.localdate()
    over = rows.filter(date__lt=today).order_by("-date")
    context = {
        "practice": request.seat.practice,
        "owner": owner,
        "addresses": owner.addresses(),
        "coming": lines_of(owner, list(rows.filter(date__gte=today))),
        "past": lines_of(owner, list(over[:MOST_PAST])),
    }
    return render(request, "office/settings/openings.html", context)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_opening(request: OfficeRequest, pk: int, of: str) -> HttpResponse:
    """One date, or several with the same hours: all of them are saved, or none."""
    owner = get_owner(request, pk, of)
    guess = {"date": read_asked(request).day}
    form = OpeningForm(request.POST or None, owner=owner, initial=guess)
    return _edit(request, owner, form)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_opening(request: OfficeRequest, pk: int) -> HttpResponse:
    special, owner = _get(request, pk)
    if request.method == "POST":
        hold(owner.row)  # before what is of its schedule, as whoever deletes does
        hold(special)
    form = ChangeOpeningForm(request.POST or None, owner=owner, special=special)
    return _edit(request, owner, form, special)


@settings_page
@require_POST
def delete_opening(request: OfficeRequest, pk: int) -> HttpResponse:
    """As the page has named it, with who would be left outside; asked anew where that is another now."""
    special, owner = _get(request, pk)

    def named() -> tuple[str, list[str]]:
        question = _("Delete the opening of %(day)s?") % {"day": long_date(special.date)}
        said = filter(None, [owner.name, when_of(special), special.title])
        return question, [" · ".join(said) + "."]

    asks = take_away(request, owner, special, named=named, back=owner.address("openings"))
    if asks is not None:
        return asks
    _note(request, owner, special)
    messages.success(request, _("The opening is deleted."))
    return redirect(owner.address("openings"))


def _edit(
    request: OfficeRequest,
    owner: Owner,
    form: OpeningForm,
    special: SpecialDay | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "owner": owner,
        "addresses": owner.addresses(),
        "form": form,
        "special": special,
        "day": special and special.date,
    }
    page = "office/settings/opening.html"
    is_read = form.is_valid()
    if not form.is_bound:
        day = form["date"].value()
        ranges = special.ranges if special else []
        for_all = special is None or not special.types.all()
        context["remarks"] = remarks_on(owner, [day] if day else [], ranges, for_all=for_all)
        return render(request, page, context)
    for_all = owner.type is not None or bool(form.cleaned_data.get("for_all"))
    days = list(form.days.values())
    context["remarks"] = remarks_on(owner, days, form.ranges, for_all=for_all)
    if "preview" in request.POST:
        return render(request, "office/settings/_opening_gives.html", context)
    if "more_breaks" in request.POST:
        form.errors.clear()  # she has not finished
        return render(request, page, context)
    if not is_read:
        return render(request, page, context, status=422)
    try:
        with _changing(request, owner) as plan:
            written = _write(plan, form, special)
    except Refused:
        return render(request, page, context, status=422)
    except Stranded as refusal:
        read_agenda(request.seat, now=timezone.now())  # named on the page
        mark = mark_of([one.pk for one in refusal.appointments])
        context |= {"stranded": refusal.appointments, "mark": mark}
        return render(request, page, context, status=409)
    for one in written:
        _note(request, owner, one)
    messages.success(request, _("Saved."))
    return redirect(owner.address("openings"))


def _write(plan: Schedule, form: OpeningForm, special: SpecialDay | None) -> list[SpecialDay]:
    """Raises `Refused` once each date that is refused is named."""
    written, today = [], timezone.localdate()
    rows = AppointmentType.objects.select_for_update(no_key=True)  # one may be deleted meanwhile
    chosen = [type.pk for type in form.chosen_types]
    types = list(rows.filter(pk__in=chosen).order_by("pk")) if chosen else []
    if len(types) < len(chosen):
        form.add_error("for_all", _("Tick the types that it is for, or all of them."))
        raise Refused
    for name, day in form.days.items():
        one = special or SpecialDay()
        one.date, one.title = day, form.cleaned_data["title"]
        if "place" in form.data:
            one.place_id = form.cleaned_data.get("place", one.place_id)
        try:
            written.append(write_special_day(plan, one, form.ranges, types, today))
        except DateTaken as refusal:
            form.refuse_taken(name, refusal.title)
        except TooManyDates:
            form.add_error(name, _("There are too many openings to come: delete some first."))
    if form.errors:
        raise Refused
    return written


@contextmanager
def _changing(request: OfficeRequest, owner: Owner) -> Iterator[Schedule]:
    """Raises `Stranded`, unless those that it leaves outside are meant."""

    def is_said(outside: Any) -> bool:
        return is_meant(request, "anyway", [one.pk for one in outside])

    with changing_hours(owner.row, now=timezone.now(), is_meant=is_said) as plan:
        yield plan


def _rows() -> QuerySet[SpecialDay]:
    return SpecialDay.objects.select_related("schedule").prefetch_related("types")


def _get(request: OfficeRequest, pk: int) -> tuple[SpecialDay, Owner]:
    """Of one whose settings she may change."""
    special = get_object_or_404(_rows(), pk=pk)
    return special, owner_of(request, special.schedule)


def _note(request: OfficeRequest, owner: Owner, special: SpecialDay) -> None:
    words = _("exceptional opening of %(day)s: %(name)s")
    detail = words % {"day": f"{special.date:%d/%m/%Y}", "name": owner.name}
    written_down(request, Act.SETTINGS, detail=detail)
