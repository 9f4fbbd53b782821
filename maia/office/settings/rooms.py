"""The rooms and the equipment that practitioners share: listed, ordered, renamed, archived. Owner's."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.fields.kept_form import KeptRowForm, in_turn
from maia.office.once import made_once
from maia.office.sure import ask, is_sure
from maia.patients.text import clean_line
from maia.practices.held import hold
from maia.practices.models import Place, Room
from maia.practices.ordering import shift
from maia.privacy.journal import Act
from maia.schedules.sites import sites_to_choose


class RoomForm(KeptRowForm):
    class Meta:
        model = Room
        fields = ["name", "place"]
        widgets = {
            "name": forms.TextInput(attrs={"placeholder": gettext_lazy("Ultrasound machine")})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = sites_to_choose(self.instance.practice)
        field: Any = self.fields["place"]
        field.queryset = Place.objects.filter(pk__in=[site.pk for site in sites])
        field.empty_label = _("wherever it is needed")
        field.help_text = _("A room of one site is taken by nothing at another.")

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        others = Room.objects.filter(practice=self.instance.practice).exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("There is a room of this name, perhaps archived."))
        return name


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def rooms(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    fresh = Room(practice=practice, position=practice.rooms.count())
    form = RoomForm(request.POST or None, instance=fresh)
    if form.is_valid():
        room = form.save()
        _note(request, room)
        messages.success(request, _("Tick it on the types that need it."))
        return redirect("office:rooms")
    every = practice.rooms.prefetch_related("types")
    context = {
        "practice": practice,
        "form": form,
        "rooms": [(room, _needed_by(room)) for room in every if not room.archived],
        "archived": [room for room in every if room.archived],
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/rooms.html", context, status=status)


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def edit_room(request: OfficeRequest, pk: int) -> HttpResponse:
    room = _get(request, pk)
    form = RoomForm(request.POST or None, instance=room)
    if form.is_valid():
        _note(request, form.save())
        messages.success(request, _("Saved."))
        return redirect("office:rooms")
    context: dict[str, Any] = {"practice": request.seat.practice, "room": room, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/room.html", context, status=status)


@owner_page
@require_POST
def change_room(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Up, down, archive, bring back."""
    room = _get(request, pk)
    match action:
        case "up" | "down":
            shift(
                request.seat.practice.rooms.filter(archived=False), pk, -1 if action == "up" else 1
            )
        case "archive" if (needed := _needs(room)) and not is_sure(request):
            return ask(
                request,
                _("Archive “%(name)s”?") % {"name": room.name},
                [*needed, _("What is booked in it stays there.")],
                _("Archive"),
                reverse("office:rooms"),
            )
        case "archive" | "restore":
            with transaction.atomic():
                hold(room)
                room.archived = action == "archive"
                room.save(update_fields=["archived"])
            words = _("%(name)s is archived: nothing new takes it.")
            if not room.archived:
                words = _("%(name)s is back, for the types that need it.")
            messages.success(request, words % {"name": room.name})
        case _other:
            raise Http404
    _note(request, room)
    return redirect("office:rooms")


def _needed_by(room: Room) -> str:
    """The types that take it, in words."""
    return ", ".join(type.name for type in room.types.all() if not type.archived)


def _needs(room: Room) -> list[str]:
    """What becomes of each type that takes it, where it is archived."""
    sentences = []
    for type in room.types.filter(archived=False):
        others = type.rooms.filter(archived=False).exclude(pk=room.pk)
        words = _("%(type)s needs no room any more: two may be booked at once.")
        if others:
            words = _("%(type)s takes %(rooms)s only.")
        names = ", ".join(other.name for other in others)
        sentences.append(words % {"type": type.name, "rooms": names})
    return sentences


def _get(request: OfficeRequest, pk: int) -> Room:
    found: Room = get_object_or_404(request.seat.practice.rooms, pk=pk)
    return found


def _note(request: OfficeRequest, room: Room) -> None:
    written_down(request, Act.SETTINGS, detail=_("room “%(name)s”") % {"name": room.name})
