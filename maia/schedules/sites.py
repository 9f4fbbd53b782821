"""A practice's sites: made, and given up when no hours name them any more (rule 3.8.4)."""

from datetime import date

from django.db import transaction

from maia.practices.held import hold
from maia.practices.models import Place, PlaceKind, Practice
from maia.practices.models.places import MOST_PLACES
from maia.schedules.models import AppointmentType, OpeningHours, OtherHours, Schedule, SpecialDay


class TooManyPlaces(Exception):
    """The practice has `MOST_PLACES` already."""


class NameTaken(Exception):
    """Another place of the practice is called so."""


class StillNamed(Exception):
    """Hours or types name it. ``by``: the names of whose, each once."""

    def __init__(self, by: list[str]) -> None:
        super().__init__()
        self.by = by


def make_place(place: Place) -> Place:
    """A new one, last of its practice's. With the first site comes the main one. Raises `TooManyPlaces`,
    `NameTaken`."""
    with transaction.atomic():
        hold(place.practice)
        standing = Place.objects.filter(practice=place.practice, archived=False)
        if place.kind == PlaceKind.SITE:
            Place.begin_with_main(place.practice)
        if standing.count() >= MOST_PLACES:
            raise TooManyPlaces
        if is_name_taken(place):  # by who was faster, or by the main one
            raise NameTaken
        place.position = standing.count()
        place.save()
    return place


def is_name_taken(place: Place) -> bool:
    """By another site, however its letters are written: *Quai* and *quai* are one name. One that is kept as
    it was is not asked about. Whoever writes a name holds the practice while asking."""
    standing = Place.objects.filter(practice=place.practice, archived=False)
    names = dict(standing.values_list("pk", "name"))
    if names.pop(place.pk, None) == place.name:
        return False
    return place.name.casefold() in {name.casefold() for name in names.values()}


def give_up_place(place: Place, today: date) -> None:
    """From now on nobody chooses it; what is to be there, stays there. Raises `StillNamed`: what names it is
    changed first."""
    with transaction.atomic():
        hold(place.practice)
        if names := named_by(place, today):
            raise StillNamed(names)
        place.types.clear()
        place.archived = True
        place.save(update_fields=["archived"])


def named_by(place: Place, today: date) -> list[str]:
    """Whose hours are there, from ``today`` on, and the types that happen nowhere else."""
    plans = Schedule.objects.select_related("practitioner", "appointment_type")
    rows = (
        OpeningHours.objects.filter(place=place).order_by(),
        OtherHours.objects.filter(place=place).order_by(),
        SpecialDay.objects.filter(place=place, date__gte=today).order_by(),
    )
    there = {key for lines in rows for key in lines.values_list("schedule", flat=True)}
    owners = [
        plan.practitioner.name if plan.practitioner else f"{plan.appointment_type}"
        for plan in plans.filter(pk__in=there)
    ]
    bound = AppointmentType.objects.filter(places=place, archived=False)
    alone = [type.name for type in bound.prefetch_related("places") if type.places.count() == 1]
    rooms = [room.name for room in place.rooms.filter(archived=False)]
    return sorted({*owners, *alone, *rooms})


def sites_to_choose(practice: Practice) -> list[Place]:
    """Those that hours may name; none of a practice that is at one address."""
    sites = list(Place.objects.live_sites().filter(practice=practice).select_related("practice"))
    return sites if len(sites) > 1 else []
