"""A type for some weeks of a pregnancy, or some days after a birth: its date is asked before times are
shown, and only those inside are (rule 3.9.2).

What she typed stands in no address and in no session: it waits for an hour, and is written on her record
with what she books.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maia.accounts import short_memory
from maia.availability.pregnancy import Dates, term_weeks_of
from maia.patients.stages import Stage, stage_in_words, window_in_words
from maia.portal.forms import NoteForm, StageForm
from maia.portal.frame import frame_of
from maia.portal.offered import get_offer, record_of
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType, TypeKey

SAID = "pregnancy_said"  # in the session: the name under which it waits


@dataclass(frozen=True)
class StageOfType:
    """``dates``: when the type is for her, None at any time; ``asks``: she says her dates first; ``why`` and
    ``today``: the window, and where she is today, in words."""

    dates: Dates | None = None
    asks: bool = False
    why: str = ""
    today: str = ""
    is_over: bool = False
    opens_on: date | None = None  # to booking, where that is still to come


def stage_of(
    request: HttpRequest, type: AppointmentType, team: Sequence[Practitioner]
) -> StageOfType:
    """Of who looks at it: what she said lately, over what her record says; ``team``: who offers it. A query
    at most."""
    if type.window is None:
        return StageOfType()
    said = said_before(request, type.practice).over(record_of(request, type.practice))
    pregnancy = said.pregnancy(term_weeks_of(str(type.practice.country)))
    dates, why = pregnancy.dates_of(type.window), window_in_words(type.window)
    frame = frame_of(request)
    can_ask = frame is None or frame.keeps_cookies  # else it is asked in the tab that confirms
    today = timezone.localdate(timezone=type.practice.zone)
    return StageOfType(
        dates,
        asks=dates is None and type.window_asks and can_ask,
        why=why,
        today=stage_in_words(pregnancy, today),
        is_over=dates is not None and dates.last < today,
        opens_on=_opens_on(type, team, dates),
    )


def _opens_on(
    type: AppointmentType, team: Sequence[Practitioner], dates: Dates | None
) -> date | None:
    """When the first day of the window comes within the horizon; None where it has."""
    if dates is None or not team:
        return None
    now, zone = timezone.now(), type.practice.zone
    last = max(type.policy_for(one).window(now, zone).last_date for one in team)
    today = now.astimezone(zone).date()
    return today + (dates.first - last) if dates.first > last else None


def said_before(request: HttpRequest, practice: Practice) -> Stage:
    """What she typed on a page of this practice within the hour."""
    said = short_memory.recall(request.session, SAID)
    if said is None or said[0] != practice.pk:
        return Stage()
    return Stage(*said[1:])


def stage_names(form: NoteForm) -> Iterator[str]:
    """The fields of the form that ask for it."""
    return (name for name in form.fields if name in Stage._fields)


def render_stage(
    request: HttpRequest, type: AppointmentType, form: StageForm | None = None
) -> HttpResponse:
    window = type.window
    assert window is not None
    said = said_before(request, type.practice).over(record_of(request, type.practice))
    form = form or StageForm(window=window, initial=said._asdict())
    context = {
        "practice": type.practice,
        "type": type,
        "form": form,
        "why": window_in_words(window),
    }
    return render(request, "portal/stage.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def say_stage(request: HttpRequest, slug: str, type_id: TypeKey) -> HttpResponse:
    type, _team = get_offer(slug, type_id)
    slots = reverse("slots", args=[slug, type.key])
    if type.window is None:
        return redirect(slots)
    if request.method != "POST":
        return render_stage(request, type)
    form = StageForm(request.POST, window=type.window)
    if not form.is_valid():
        return render_stage(request, type, form)
    short_memory.keep(request.session, SAID, (type.practice.pk, *form.said))
    return redirect(slots)
