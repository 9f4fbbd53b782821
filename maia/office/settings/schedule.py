"""The weekly schedule of a practitioner. A change that leaves appointments outside says so first."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.appointments.stranded import stranded
from maia.office.access import OfficeRequest, get_practitioner, settings_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.settings.coming_weeks import coming_weeks
from maia.office.settings.week_form import WeekForm
from maia.office.settings.week_words import week_in_words
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.models import Schedule
from maia.schedules.written import WrittenHours, with_week


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def schedule(request: OfficeRequest, pk: int) -> HttpResponse:
    """Her week. A change that leaves appointments outside says so before it is saved."""
    hers = get_practitioner(request, pk)
    if request.method == "POST":
        hold(hers)
    plan = Schedule.objects.filter(practitioner=hers).first()
    form = WeekForm(request.POST or None, ranges=hours_of(plan))
    written, today = WrittenHours.of(plan), timezone.localdate()
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "practitioner": hers,
        "form": form,
        "sentences": week_in_words(hers, hours_of(plan)),
        "weeks": coming_weeks(hers, written, today),
    }
    if not form.is_bound or "more_breaks" in request.POST:
        return render(request, "office/settings/schedule.html", context)
    if not form.is_valid():
        return render(request, "office/settings/schedule.html", context, status=422)
    wanted = with_week(written, form.week)
    context["sentences"] = week_in_words(hers, form.week)
    context["weeks"] = coming_weeks(hers, wanted, today)
    outside = stranded(hers, wanted, now=timezone.now())
    if outside:  # named on the page
        read_agenda(request.seat, now=timezone.now())
    closes = bool(form.changed_days) and not any(form.week.values())
    seen: list[object] = [one.pk for one in outside] + ["closed"] * closes
    if "preview" in request.POST or (seen and not is_meant(request, "anyway", seen)):
        context |= {"stranded": outside, "closes": closes, "mark": mark_of(seen)}
        status = 200 if "preview" in request.POST else 409
        return render(request, "office/settings/schedule.html", context, status=status)
    Schedule.set_for(hers, form.changed_days, whole=False)
    written_down(request, Act.SETTINGS, detail=_("schedule of %(name)s") % {"name": hers.name})
    messages.success(request, _("Saved."))
    return redirect("office:schedule", pk)


def hours_of(plan: Schedule | None) -> dict[int, list[tuple[int, int]]]:
    """By weekday, as minutes of the day; no plan, no hours."""
    return plan.hours() if plan else {}
