"""The appointment types: listed, ordered, edited, archived, with their own weeks."""

import re
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.stranded import stranded, taken_off
from maia.office.access import OfficeRequest, settings_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.once import made_once
from maia.office.settings.period_words import beside_the_week
from maia.office.settings.type_form import TypeForm
from maia.office.settings.week_form import WeekForm
from maia.office.settings.whose import get_type, may_change_type
from maia.office.sure import ask, is_sure
from maia.practices.colours import NEUTRAL
from maia.practices.held import hold
from maia.practices.validators import COLOUR
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.copying import duplicate
from maia.schedules.descriptions import description_html
from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.written import WrittenHours, with_week


@settings_page
@require_safe
def types(request: OfficeRequest) -> HttpResponse:
    listed = AppointmentType.objects.filter(practice=request.seat.practice)
    listed = listed.select_related("category", "practitioner").prefetch_related("some")
    types = list(listed)
    context = {
        "practice": request.seat.practice,
        "types": [type for type in types if not type.archived],
        "archived": [type for type in types if type.archived],
        "hers": {type.pk for type in types if may_change_type(request.seat, type)},
    }
    return render(request, "office/settings/types.html", context)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_type(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    fresh = AppointmentType(
        practice=practice,
        duration_minutes=30,
        allow_online_booking=True,
        position=practice.appointment_types.count(),
    )
    return _edit(request, fresh)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_type(request: OfficeRequest, pk: int) -> HttpResponse:
    return _edit(request, get_type(request, pk))


@settings_page
@require_POST
@made_once
def change_type(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Up, down, dragged, duplicate, archive, bring back, another private link."""
    type = get_type(request, pk)
    match action:
        case "archive" if not is_sure(request):
            return ask(
                request,
                _("Archive “%(name)s”?") % {"name": type.name},
                [
                    _("Nobody books it any more. Its appointments to come stay."),
                    _("It can be brought back at any time."),
                ],
                _("Archive"),
                reverse("office:types"),
            )
        case "archive" | "restore":
            with transaction.atomic():
                hold(type)
                type.archived = action == "archive"
                type.save(update_fields=["archived"])
            done = _("archived") if type.archived else _("brought back")
            _note_type(request, type, done)
            words = _("%(name)s is back among the types.")
            if type.archived:
                words = _("%(name)s is archived: nobody books it any more. Bring it back below.")
            messages.success(request, words % {"name": type.name})
        case "duplicate":
            with transaction.atomic():
                hold(type)
                copy = duplicate(type, _("%(name)s (copy)") % {"name": type.name})
            _note_type(request, copy, _("made"))
            return redirect("office:edit_type", copy.pk)
        case "renew-link" if type.private_link:
            if not is_sure(request):
                return ask(
                    request,
                    _("Change the private link of “%(name)s”?") % {"name": type.name},
                    [_("The link that you have given opens nothing any more.")],
                    _("Change the link"),
                    reverse("office:edit_type", args=[type.pk]),
                )
            with transaction.atomic():
                hold(type)
                type.renew_link()
                type.save(update_fields=["link_uid"])
            _note_type(request, type)
            messages.success(request, _("The link has changed: copy the new one below."))
            return redirect("office:edit_type", type.pk)
        case "up" | "down":
            type.shift(-1 if action == "up" else 1)
            _note_type(request, type)
            return redirect(f"{reverse('office:types')}#{_arrow(type, action)}")
        case "shift":  # dragged
            by = re.fullmatch(r"-?[0-9]{1,3}", request.POST.get("by", ""))
            type.shift(int(by[0]) if by else 0)
            _note_type(request, type)
        case _:
            raise Http404
    return redirect("office:types")


def _arrow(type: AppointmentType, pressed: str) -> str:
    """The arrow that the next key presses: the same one, or the other one at the end of the list."""
    type.refresh_from_db(fields=["position"])
    rest = AppointmentType.objects.filter(practice=type.practice_id, archived=False)
    up = rest.filter(position__lt=type.position).exists()
    down = rest.filter(position__gt=type.position).exists()
    fits = {"up": up, "down": down}[pressed]
    return f"{pressed if fits else {'up': 'down', 'down': 'up'}[pressed]}-{type.pk}"


@settings_page
@require_POST
def preview_type(request: OfficeRequest) -> HttpResponse:
    """What is being typed, as patients would see it. Nothing is saved."""
    colour = request.POST.get("colour", "").lower()
    context = {
        "name": request.POST.get("name", "")[:100],
        "minutes": request.POST.get("duration_minutes", "")[:3],
        "colour": colour if re.fullmatch(COLOUR, colour) else NEUTRAL,
        "preview": description_html(request.POST.get("description", "")[:5000]),
        "instructions": description_html(request.POST.get("instructions", "")[:5000]),
    }
    return render(request, "office/settings/_type_preview.html", context)


def _edit(request: OfficeRequest, type: AppointmentType) -> HttpResponse:
    form = TypeForm(request.POST or None, instance=type)  # posted, it holds the type
    plan = Schedule.objects.filter(appointment_type=type).first() if type.pk else None
    week = WeekForm(request.POST or None, ranges=plan.hours() if plan else {})
    owns = bool(form.is_bound and form.data.get("own_schedule"))
    more = "more_breaks" in request.POST
    if form.is_bound and not more and form.is_valid():
        form.refuse_unless_handed(request.seat)
    if form.is_bound and not more and form.is_valid() and (not owns or week.is_valid()):
        changes_hours = bool(owns and week.changed_days) or "own_schedule" in form.changed_data
        outside, goes = [], []
        off = taken_off(type, form.was_of, form.will_be_of, now=timezone.now()) if type.pk else []
        if type.pk and changes_hours:
            written = WrittenHours.of(plan)
            outside = stranded(
                type, with_week(written, week.week) if owns else None, now=timezone.now()
            )
            goes = [] if owns else beside_the_week(written)
            outside = [one for one in outside if one not in off]
        seen = [*(one.pk for one in [*off, *outside]), *goes]
        if seen and not is_meant(request, "anyway", seen):
            if off or outside:  # named on the page
                read_agenda(request.seat, now=timezone.now())
            context = _type_page(request, type, form, week) | {
                "stranded": outside,
                "off": off,
                "goes": goes,
                "mark": mark_of(seen),
            }
            return render(request, "office/settings/type.html", context, status=409)
        done = "" if type.pk else _("made")
        with transaction.atomic():
            type = form.save()
            if changes_hours:
                Schedule.set_own(type, week.changed_days if owns else None, whole=False)
        _note_type(request, type, done)
        messages.success(request, _("Saved."))
        return redirect("office:types")
    context = _type_page(request, type, form, week)
    return render(
        request,
        "office/settings/type.html",
        context,
        status=422 if form.is_bound and not more else 200,
    )


def _type_page(
    request: OfficeRequest, type: AppointmentType, form: TypeForm, week: WeekForm
) -> dict[str, Any]:
    return {
        "practice": request.seat.practice,
        "type": type,
        "link": type.link,
        "form": form,
        "week": week,
        "other_hours": hasattr(type, "own_schedule")
        and reverse("office:type_schedule", args=[type.pk]),
        "categories": request.seat.practice.categories.all(),
        "preview": description_html(str(form["description"].value() or "")),
        "instructions": description_html(str(form["instructions"].value() or "")),
    }


def _note_type(request: OfficeRequest, type: AppointmentType, done: str = "") -> None:
    """``done``: what happened to it; "" where it was changed."""
    name = _("type “%(name)s”") % {"name": type.name}
    detail = f"{name}, {done}" if done else name
    written_down(request, Act.SETTINGS, detail=detail)
