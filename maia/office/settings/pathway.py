"""The appointments that a pregnancy asks for: listed, ordered, changed; a French list to begin with. Owner's
(rule 3.9.5)."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.appointments.french_pathway import FRENCH, type_like
from maia.availability.pregnancy import LAST_DAY, LAST_WEEK, Unit
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.fields.kept_form import KeptRowForm, in_turn
from maia.office.once import made_once
from maia.office.sure import ask, is_sure
from maia.patients.stages import window_in_words
from maia.patients.text import clean_line
from maia.practices.models import Practice
from maia.practices.ordering import shift
from maia.privacy.journal import Act
from maia.schedules.models import MOST_STEPS, AppointmentType, PathwayStep


class Line(NamedTuple):
    """``window``: in words."""

    step: PathwayStep
    window: str


class StepForm(KeptRowForm):
    class Meta:
        model = PathwayStep
        fields = ["type", "name", "unit", "first", "last"]
        labels = {"unit": gettext_lazy("Counted")}
        help_texts = {
            "name": gettext_lazy("As patients read it. Empty: as the type is called."),
            "last": gettext_lazy("A week to its last day."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types: Any = self.fields["type"]
        types.queryset = AppointmentType.objects.filter(
            practice=self.instance.practice, archived=False
        ) | AppointmentType.objects.filter(pk=self.instance.type_id)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = typed.get("first"), typed.get("last")
        most = LAST_WEEK if typed.get("unit") == Unit.WEEKS else LAST_DAY
        if last is not None and last > most:
            self.add_error("last", _("%(most)d at most.") % {"most": most})
        elif first is not None and last is not None and last < first:
            self.add_error("last", _("The end comes before the start."))
        return typed


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def pathway(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    fresh = PathwayStep(practice=practice, position=practice.pathway.count())
    form = StepForm(request.POST or None, instance=fresh)
    if form.is_valid():
        if fresh.position < MOST_STEPS:
            form.save()
            _note(request)
            messages.success(request, _("Patients whose due date is known see it now."))
            return redirect("office:pathway")
        form.add_error(None, _("%(most)d at most.") % {"most": MOST_STEPS})
    steps = practice.pathway.select_related("type")
    context = {
        "practice": practice,
        "form": form,
        "lines": [Line(step, window_in_words(step.window)) for step in steps],
        "offers_french": practice.country == "FR" and not steps,
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/pathway.html", context, status=status)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_step(request: OfficeRequest, pk: int) -> HttpResponse:
    step = _get(request, pk)
    form = StepForm(request.POST or None, instance=step)
    if form.is_valid():
        form.save()
        _note(request)
        messages.success(request, _("Saved."))
        return redirect("office:pathway")
    context = {"practice": request.seat.practice, "step": step, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/step.html", context, status=status)


@owner_page
@require_POST
def change_step(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Up, down, remove, which asks first."""
    step = _get(request, pk)
    match action:
        case "up" | "down":
            shift(request.seat.practice.pathway.all(), pk, -1 if action == "up" else 1)
        case "remove" if not is_sure(request):
            return ask(
                request,
                _("Remove “%(name)s” from the pathway?") % {"name": step},
                [_("Patients are not shown it any more. Appointments stay as they are.")],
                _("Remove"),
                reverse("office:pathway"),
            )
        case "remove":
            step.delete()
            messages.success(request, _("The step is removed."))
        case _other:
            raise Http404
    _note(request)
    return redirect("office:pathway")


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def french_pathway(request: OfficeRequest) -> HttpResponse:
    """The usual French appointments, each with a type of hers or none; those with one are added."""
    practice = request.seat.practice
    form = FrenchForm(request.POST or None, practice=practice)
    if form.is_valid():
        with transaction.atomic():
            Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
            if practice.pathway.exists():
                messages.error(request, _("There is a pathway already: it stays as it is."))
                return redirect("office:pathway")
            PathwayStep.objects.bulk_create(form.steps())
        _note(request)
        messages.success(request, _("The pathway is made: change it as you like."))
        return redirect("office:pathway")
    context = {"practice": practice, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/french_pathway.html", context, status=status)


class FrenchForm(forms.Form):
    """A field for each appointment of `FRENCH`: the type that it is."""

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice
        types = AppointmentType.objects.filter(practice=practice, archived=False)
        by_name = list(types)
        for number, usual in enumerate(FRENCH):
            self.fields[f"type_{number}"] = forms.ModelChoiceField(
                types,
                label=usual.name,
                help_text=window_in_words(usual.window),
                required=False,
                empty_label=_("leave it out"),
                initial=type_like(usual, by_name),
            )

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(typed.values()):
            self.add_error(None, _("Choose a type for one of them at least."))
        return typed

    def steps(self) -> list[PathwayStep]:
        chosen = [
            (usual, self.cleaned_data[f"type_{number}"]) for number, usual in enumerate(FRENCH)
        ]
        return [
            PathwayStep(
                practice=self.practice,
                type=type,
                name=usual.name,
                unit=usual.window.unit.value,
                first=usual.window.first,
                last=usual.window.last,
                position=position,
            )
            for position, (usual, type) in enumerate(pair for pair in chosen if pair[1])
        ]


def _get(request: OfficeRequest, pk: int) -> PathwayStep:
    step: PathwayStep = get_object_or_404(
        request.seat.practice.pathway.select_related("type", "practice"), pk=pk
    )
    return step


def _note(request: OfficeRequest) -> None:
    written_down(request, Act.SETTINGS, detail=_("the pathway of a pregnancy"))
