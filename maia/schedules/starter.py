"""What a midwife may begin with: seven types with their text, and usual hours. All can be changed."""

from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from maia.practices.models import PlaceKind, Practice, Practitioner
from maia.schedules.models import AppointmentType, Schedule

_MORNING, _AFTERNOON = (9 * 60, 12 * 60), (14 * 60, 18 * 60)
USUAL_HOURS = {weekday: [_MORNING, _AFTERNOON] for weekday in range(5)}  # Monday to Friday


class StarterType(NamedTuple):
    """``code`` stands in the form; the words are taken over in the language of who begins."""

    code: str
    name: Any
    minutes: int
    colour: str
    description: Any
    place: str = PlaceKind.SITE


STARTER_TYPES = (
    StarterType(
        "first", _("First pregnancy consultation"), 45, "#7a4f9a",
        _("The first meeting: your health, your questions, and what comes next."),
    ),
    StarterType(
        "follow_up", _("Pregnancy follow-up"), 30, "#1f7a5c",
        _("The monthly consultation, from the fourth month on."),
    ),
    StarterType(
        "early_talk", _("Early prenatal talk"), 60, "#b85c1e",
        _("An hour to talk about your pregnancy, your needs and your plans, alone or with your partner."),
    ),
    StarterType(
        "preparation", _("Preparation for birth"), 60, "#2f6db5",
        _("A session of preparation for birth and parenthood."),
    ),
    StarterType(
        "home", _("Visit at home after the birth"), 45, "#a03a6b",
        _("Mother and child, at home, in the first days."), PlaceKind.HOME,
    ),
    StarterType(
        "perineum", _("Perineal re-education"), 30, "#8a6d00",
        _("A session of re-education, from six weeks after the birth."),
    ),
    StarterType(
        "gynaecology", _("Gynaecological follow-up and contraception"), 30, "#b4476b",
        _("Prevention, screening, contraception: at every age."),
    ),
)  # fmt: skip


def begin_with(
    practice: Practice, practitioner: Practitioner, codes: Collection[str], *, usual_hours: bool
) -> list[AppointmentType]:
    """Makes the types of ``codes`` (of `STARTER_TYPES`; others are ignored), booked online, after
    those that are there; a name that is there already is not made again. ``usual_hours`` are
    written only where she has none: hours that she gave stay."""
    with transaction.atomic():
        Practice.objects.select_for_update().get(pk=practice.pk)  # one after the other
        names = set(practice.appointment_types.values_list("name", flat=True))
        position = practice.appointment_types.count()
        made: list[AppointmentType] = []
        for starter in STARTER_TYPES:
            if starter.code not in codes or str(starter.name) in names:
                continue
            type = AppointmentType(
                practice=practice,
                name=str(starter.name),
                description=str(starter.description),
                duration_minutes=starter.minutes,
                colour=starter.colour,
                place=starter.place,
                allow_online_booking=True,
                position=position + len(made),
            )
            type.full_clean()
            type.save()
            made.append(type)
        plan = Schedule.objects.filter(practitioner=practitioner).first()
        if usual_hours and (plan is None or not plan.hours()):
            Schedule.set_for(practitioner, USUAL_HOURS)
    return made
