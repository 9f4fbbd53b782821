"""Who takes over from whom, between two dates: for the owner (rule 3.10)."""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.appointments.acts.replacing import (
    Fate,
    NotFreeThere,
    replace,
    what_it_leaves,
    what_it_meets,
)
from maia.appointments.agenda import By
from maia.appointments.dates import days_between, long_date, span
from maia.appointments.exceptions import ChangedMeanwhile
from maia.office import sure
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.meant import is_meant, mark_of
from maia.office.once import made_once
from maia.office.settings.fates import Fates
from maia.office.settings.left_outside import left_outside
from maia.office.settings.replacement_form import ReplacementForm
from maia.practices.held import hold
from maia.practices.models import Replacement
from maia.privacy.journal import Act
from maia.privacy.reading import read_agenda
from maia.schedules.replacements import (
    ReplacementRefused,
    absences_within,
    refuse_impossible,
)

PAGE = "office/settings/replacement.html"


class Line(NamedTuple):
    """``remarks``: when the substitute is absent meanwhile."""

    replacement: Replacement
    when: str
    hours: str
    remarks: list[str]


@owner_page
@require_safe
def replacements(request: OfficeRequest) -> HttpResponse:
    """Those that hold or will; those that are over are folded."""
    today = timezone.localdate()
    rows = list(_ours(request))
    context = {
        "practice": request.seat.practice,
        "coming": [_line(one) for one in rows if one.last_date >= today],
        "past": [_line(one) for one in reversed(rows) if one.last_date < today],
        "team": request.seat.practice.practitioners.filter(is_active=True).count(),
    }
    return render(request, "office/settings/replacements.html", context)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
@in_turn
def new_replacement(request: OfficeRequest) -> HttpResponse:
    replacement = Replacement(practice=request.seat.practice)
    form = ReplacementForm(request.POST or None, replacement=replacement)
    return _edit(request, form)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_replacement(request: OfficeRequest, pk: int) -> HttpResponse:
    replacement: Replacement = get_object_or_404(_ours(request), pk=pk)
    if request.method == "POST":
        hold(replacement)
    return _edit(request, ReplacementForm(request.POST or None, replacement=replacement))


@owner_page
@require_POST
def delete_replacement(request: OfficeRequest, pk: int) -> HttpResponse:
    """As the page has named it, with what stays with the substitute; asked anew where that is another now."""
    with transaction.atomic():
        replacement: Replacement = get_object_or_404(_ours(request), pk=pk)
        hold(replacement)
        line = _line(replacement)
        question = _("End this replacement?")
        left = what_it_leaves(replacement, timezone.now())
        takes = [f"{_who(replacement)}, {line.when}.", *left_outside(left)]
        if sure.is_sure(request) and is_meant(request, "named", [question, *takes]):
            replacement.delete()
            _note(request, replacement)
            messages.success(request, _("The replacement is over."))
            return redirect("office:replacements")
    if left:  # named on the page
        read_agenda(request.seat, now=timezone.now())
    status = 409 if "named" in request.POST else 200
    typed = [("named", mark_of([question, *takes]))]
    back = reverse("office:replacements")
    return sure.ask(request, question, takes, _("End it"), back, typed=typed, status=status)


def _edit(request: OfficeRequest, form: ReplacementForm) -> HttpResponse:
    stands, now = form.replacement, timezone.now()
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "form": form,
        "replacement": stands if stands.pk else None,
    }
    if not form.is_bound:
        return render(request, PAGE, context)
    if not form.is_valid():
        return render(request, PAGE, context, status=422)
    wanted = form.wanted()
    fates = Fates(request, wanted)
    met = what_it_meets(wanted, stands if stands.pk else None, now)
    seen = [one.pk for one in met.outside]
    try:
        if met.outside and not is_meant(request, "anyway", seen):
            raise ChangedMeanwhile
        by = By.practice(request.seat.user)
        decided = fates.decided() if met.inside else {}
        telling = fates.telling()
        with transaction.atomic():
            done = replace(wanted, decided=decided, by=by, now=now, telling=telling)
    except ReplacementRefused as refusal:
        form.refuse(refusal)
        return render(request, PAGE, context, status=422)
    except (ChangedMeanwhile, NotFreeThere):  # she has not decided about each
        try:  # what cannot be is said before anything is asked
            refuse_impossible(form.wanted(), today=timezone.localdate())
        except ReplacementRefused as refusal:
            form.refuse(refusal)
            return render(request, PAGE, context, status=422)
        met = what_it_meets(form.wanted(), stands if stands.pk else None, now)
        seen = [one.pk for one in met.outside]
        read_agenda(request.seat, now=now)  # named on the page
        context |= fates.page(met.inside, now) if met.inside else {}
        context |= {"stranded": met.outside, "mark": mark_of(seen), "asks": True}
        return render(request, PAGE, context, status=409)
    _note(request, wanted)
    _say(request, wanted, done)
    return redirect("office:replacements")


def _say(request: OfficeRequest, wanted: Replacement, done: dict[Fate, list[Any]]) -> None:
    handed, cancelled = len(done[Fate.HAND_OVER]), len(done[Fate.CANCEL])
    said = [_("Saved.")]
    if handed:
        words = ngettext(
            "%(count)d appointment is with %(name)s now.",
            "%(count)d appointments are with %(name)s now.",
            handed,
        )
        said.append(words % {"count": handed, "name": wanted.substitute.first_name})
    if cancelled:
        words = ngettext(
            "%(count)d appointment is cancelled.",
            "%(count)d appointments are cancelled.",
            cancelled,
        )
        said.append(words % {"count": cancelled})
    messages.success(request, " ".join(said))
    for remark in _absent(wanted):
        messages.warning(request, remark)


def _ours(request: OfficeRequest) -> Any:
    rows = Replacement.objects.filter(practice=request.seat.practice)
    return rows.select_related("practice", "practitioner", "substitute")


def _line(one: Replacement) -> Line:
    whose = one.practitioner if one.hours == Replacement.Hours.REPLACED else one.substitute
    when = _when(one.first_date, one.last_date)
    hours = _("by the hours of %(name)s") % {"name": whose.first_name}
    return Line(one, when, hours, _absent(one))


def _when(first: date, last: date) -> str:
    return capfirst(long_date(first)) if first == last else days_between(first, last)


def _absent(one: Replacement) -> list[str]:
    """The substitute's absences close the time that she takes over as well; and she may have left."""
    if not one.substitute.is_active:
        words = _("%(name)s has left: nobody is booked on these days.")
        return [words % {"name": one.substitute.name}]
    words = _("%(name)s is absent: %(when)s. Nobody is booked then.")
    return [
        words
        % {
            "name": one.substitute.name,
            "when": span(timezone.localtime(away.start), timezone.localtime(away.end)),
        }
        for away in absences_within(one)
    ]


def _who(one: Replacement) -> str:
    names = {"substitute": one.substitute.name, "name": one.practitioner.name}
    return _("%(substitute)s replaces %(name)s") % names


def _note(request: OfficeRequest, one: Replacement) -> None:
    detail = f"{_who(one)}, {_when(one.first_date, one.last_date)}"
    written_down(request, Act.SETTINGS, detail=detail)
