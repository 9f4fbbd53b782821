"""The sites of the practice, and the time from one to another of each practitioner (rules 3.8.4 to 3.8.7)."""

from itertools import combinations
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.office.access import (
    OfficeRequest,
    get_practitioner,
    owner_page,
    settings_page,
    written_down,
)
from maia.office.fields.kept_form import KeptForm, in_turn
from maia.office.fields.phones import FormWithPhone
from maia.office.once import made_once
from maia.office.sure import ask, is_sure
from maia.patients.addresses import one_line_of
from maia.patients.text import clean_line
from maia.practices.held import hold
from maia.practices.models import Place, Practitioner
from maia.practices.models.places import LONGEST_TRAVEL
from maia.privacy.journal import Act
from maia.schedules.sites import (
    NameTaken,
    StillNamed,
    TooManyPlaces,
    give_up_place,
    is_name_taken,
    make_place,
    named_by,
)

TAKEN = gettext_lazy("Another place has this name.")


class PlaceForm(FormWithPhone):
    """The main site's address is the practice's own, which has a page: here it has a name only."""

    class Meta:
        model = Place
        fields = ["name", "street", "postcode", "city", "directions"]
        help_texts = {
            "name": gettext_lazy("Patients read it beside the times: “Maison de santé du Quai”."),
            "directions": gettext_lazy("Floor, bell, bus stop: what a first visit needs."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_main:
            for name in set(self.fields) - {"name"}:
                del self.fields[name]
        else:
            self.fields["city"].required = self.fields["street"].required = True

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        wanted = Place(pk=self.instance.pk, practice=self.instance.practice, name=name)
        if is_name_taken(wanted):
            raise forms.ValidationError(TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        for name in {"street", "postcode", "city", "directions"} & set(typed):
            typed[name] = one_line_of(typed[name])
        return typed


class TravelForm(KeptForm, forms.Form):
    """A number of minutes for each two sites; empty: none that matter."""

    def __init__(self, *args: Any, sites: list[Place], stored: dict[tuple[int, int], int]) -> None:
        self.pairs = {
            f"way_{one.pk}_{other.pk}": (one, other)
            for one, other in combinations(sorted(sites, key=lambda site: site.pk), 2)
        }
        super().__init__(*args)
        for name, (one, other) in self.pairs.items():
            self.fields[name] = forms.IntegerField(
                label=_("%(one)s – %(other)s, in minutes") % {"one": one.name, "other": other.name},
                min_value=1,
                max_value=LONGEST_TRAVEL,
                required=False,
                initial=stored.get((one.pk, other.pk)),
            )
        self.remember_what_was_shown()


@owner_page
@require_safe
def places(request: OfficeRequest) -> HttpResponse:
    practice, today = request.seat.practice, timezone.localdate()
    sites = Place.objects.live_sites().filter(practice=practice).select_related("practice")
    context = {
        "practice": practice,
        "places": [(site, ", ".join(named_by(site, today))) for site in sites],
        "team": practice.practitioners.filter(is_active=True),
    }
    return render(request, "office/settings/places.html", context)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def new_place(request: OfficeRequest) -> HttpResponse:
    form = PlaceForm(request.POST or None, instance=Place(practice=request.seat.practice))
    if form.is_valid():
        try:
            place = make_place(form.save(commit=False))
        except NameTaken:
            form.add_error("name", TAKEN)
        except TooManyPlaces:
            form.add_error(None, _("There are too many places: give some up first."))
        else:
            _note(request, place)
            messages.success(request, _("Now say on the schedule which days are there."))
            return redirect("office:places")
    return _render(request, form)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_place(request: OfficeRequest, pk: int) -> HttpResponse:
    place = _get(request, pk)
    if request.method == "POST":
        hold(place.practice)
    form = PlaceForm(request.POST or None, instance=place)
    if form.is_valid():
        _note(request, form.save())
        messages.success(request, _("Saved."))
        return redirect("office:places")
    return _render(request, form)


@owner_page
@require_POST
def give_up(request: OfficeRequest, pk: int) -> HttpResponse:
    """Asked first; not while hours or a type are there alone, which the page names."""
    place, back = _get(request, pk), reverse("office:places")
    if place.is_main:
        messages.error(request, _("The main site is the practice’s own address."))
        return redirect(back)
    if not is_sure(request):
        question = _("Give up “%(name)s”?") % {"name": place.name}
        takes = [_("Nobody chooses it any more. What is booked there stays there.")]
        return ask(request, question, takes, _("Give up"), back)
    try:
        give_up_place(place, timezone.localdate())
    except StillNamed as named:
        words = _("“%(name)s” is still on: %(by)s. Change that first.")
        messages.error(request, words % {"name": place.name, "by": ", ".join(named.by)})
        return redirect(back)
    _note(request, place)
    messages.success(request, _("“%(name)s” is given up.") % {"name": place.name})
    return redirect(back)


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def travel(request: OfficeRequest, pk: int) -> HttpResponse:
    """How long she needs from one site to another."""
    practitioner = get_practitioner(request, pk)
    if request.method == "POST":
        hold(practitioner)
    sites = list(Place.objects.live_sites().filter(practice=practitioner.practice))
    stored = {(way.one_id, way.other_id): way.minutes for way in practitioner.travels.all()}
    form = TravelForm(request.POST or None, sites=sites, stored=stored)
    if form.is_valid():
        _write(practitioner, form)
        detail = _("time between two sites: %(name)s") % {"name": practitioner.name}
        written_down(request, Act.SETTINGS, detail=detail)
        messages.success(request, _("Saved."))
        return redirect("office:travel", practitioner.pk)
    context = {"practice": request.seat.practice, "practitioner": practitioner, "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "office/settings/travel.html", context, status=status)


def _write(practitioner: Practitioner, form: TravelForm) -> None:
    with transaction.atomic():
        for name in form.changed_data:
            one, other = form.pairs[name]
            minutes = form.cleaned_data[name]
            practitioner.travels.filter(one=one, other=other).delete()
            if minutes is not None:
                practitioner.travels.create(one=one, other=other, minutes=minutes)


def _render(request: OfficeRequest, form: PlaceForm) -> HttpResponse:
    place = form.instance
    context: dict[str, Any] = {
        "practice": request.seat.practice,
        "form": form,
        "place": place if place.pk else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/place.html", context, status=status)


def _get(request: OfficeRequest, pk: int) -> Place:
    sites = Place.objects.live_sites().select_related("practice")
    found: Place = get_object_or_404(sites, practice=request.seat.practice, pk=pk)
    return found


def _note(request: OfficeRequest, place: Place) -> None:
    written_down(request, Act.SETTINGS, detail=_("place “%(name)s”") % {"name": place.name})
