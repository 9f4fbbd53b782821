"""The weekly schedule of a practitioner, or of a type with hours of its own, in one week or several that take
turns. A change that leaves appointments outside says so first."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.appointments.stranded import stranded
from maia.office.access import OfficeRequest, settings_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.settings.coming_weeks import coming_weeks
from maia.office.settings.turn_form import TurnForm
from maia.office.settings.week_words import turn_in_words
from maia.office.settings.whose import get_owner
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.sites import sites_to_choose
from maia.schedules.writing import holding, write_turn
from maia.schedules.written import WrittenHours, with_turn


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def schedule(request: OfficeRequest, pk: int, of: str) -> HttpResponse:
    """The usual week, or those that take turns."""
    owner = get_owner(request, pk, of)
    if request.method == "POST":
        hold(owner.row)
    written, today = WrittenHours.of(owner.schedule()), timezone.localdate()
    form = TurnForm(
        request.POST or None,
        weeks=written.weeks(),
        count=written.count,
        sites=written.sites_of_weeks(),
        choices=sites_to_choose(request.seat.practice),
    )
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "owner": owner,
        "addresses": owner.addresses(),
        "form": form,
    }
    is_finished = form.is_bound and not {"more_breaks", "reshape"} & set(request.POST)
    is_read = form.is_bound and form.is_valid()
    if is_read or not form.is_bound:
        wanted = with_turn(written, form.weeks, form.count, form.sites) if is_read else written
        context["sentences"] = turn_in_words(owner, wanted)
        context["weeks"] = coming_weeks(owner.practitioner, wanted, today)
    if "reshape" in request.POST and "HX-Request" in request.headers:
        return render(request, "office/settings/_turn.html", {"turn": form})
    if "live" in request.POST:
        return render(request, "office/settings/_schedule_gives.html", context)
    if not is_finished:
        return render(request, "office/settings/schedule.html", context)
    if not is_read:
        return render(request, "office/settings/schedule.html", context, status=422)
    outside = stranded(owner.row, wanted, now=timezone.now())
    if outside:  # named on the page
        read_agenda(request.seat, now=timezone.now())
    closes = form.is_changed and not any(any(week.values()) for week in form.weeks)
    seen: list[object] = [one.pk for one in outside] + ["closed"] * closes
    if "preview" in request.POST or (seen and not is_meant(request, "anyway", seen)):
        context |= {"stranded": outside, "closes": closes, "mark": mark_of(seen)}
        status = 200 if "preview" in request.POST else 409
        return render(request, "office/settings/schedule.html", context, status=status)
    if form.is_changed:
        with holding(owner.row) as plan:
            write_turn(plan, form.weeks, form.count, form.sites)
    written_down(request, Act.SETTINGS, detail=_("schedule of %(name)s") % {"name": owner.name})
    messages.success(request, _("Saved."))
    return redirect(owner.address("schedule"))
