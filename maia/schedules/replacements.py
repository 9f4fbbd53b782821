"""A replacement is written here, and nowhere else: nobody is replaced twice at one time, and who takes over
is there (rule 3.10)."""

from datetime import date, datetime, time, timedelta

from django.db import transaction

from maia.availability.bounds import is_within_reach
from maia.availability.intervals import Interval, merge, subtract
from maia.practices.models import Practitioner, Replacement
from maia.schedules.models import Absence


class ReplacementRefused(Exception):
    """``field``: of `Replacement`, at which it is said. ``code``:

    - reversed, out_of_reach, over: the dates;
    - same_person; not_here: she has left, or is of another practice;
    - overlapping: ``other`` replaces her already then;
    - is_replaced: the substitute is replaced herself then, by ``other``;
    - replaces: she who is to be replaced replaces ``other`` then;
    - away: the substitute is absent on all of these days.
    """

    def __init__(self, code: str, field: str, other: Practitioner | None = None) -> None:
        super().__init__(code)
        self.code, self.field, self.other = code, field, other


def keep_replacement(wanted: Replacement, *, today: date) -> Replacement:
    """Makes it, or changes it. Raises `ReplacementRefused`; `Replacement.DoesNotExist` where somebody has
    ended it meanwhile."""
    with transaction.atomic():
        # The whole team is held: two that would meet follow each other.
        team = wanted.practice.practitioners.select_for_update(no_key=True).order_by("pk")
        list(team.only("pk"))
        if wanted.pk and not Replacement.objects.filter(pk=wanted.pk).exists():
            raise Replacement.DoesNotExist
        refuse_impossible(wanted, today=today)
        wanted.save()
    return wanted


def refuse_impossible(wanted: Replacement, *, today: date) -> None:
    """Whether it could be made now. Raises `ReplacementRefused`."""
    _refuse_dates(wanted, today)
    if wanted.practitioner_id == wanted.substitute_id:
        raise ReplacementRefused("same_person", "substitute")
    here = dict(wanted.practice.practitioners.values_list("pk", "is_active"))
    people = {"practitioner": wanted.practitioner_id, "substitute": wanted.substitute_id}
    for field, key in people.items():
        if key not in here or not (here[key] or wanted.pk):
            raise ReplacementRefused("not_here", field)
    _refuse_meeting(wanted)


def _refuse_dates(wanted: Replacement, today: date) -> None:
    if wanted.last_date < wanted.first_date:
        raise ReplacementRefused("reversed", "last_date")
    for field in ("first_date", "last_date"):
        if not is_within_reach(getattr(wanted, field), today):
            raise ReplacementRefused("out_of_reach", field)
    if wanted.pk is None and wanted.last_date < today:
        raise ReplacementRefused("over", "last_date")


def _refuse_meeting(wanted: Replacement) -> None:
    others = Replacement.objects.meeting(wanted.first_date, wanted.last_date).with_names()
    others = others.filter(practice=wanted.practice).exclude(pk=wanted.pk)
    for other in others:
        if other.practitioner_id == wanted.practitioner_id:
            raise ReplacementRefused("overlapping", "first_date", other.substitute)
        if other.practitioner_id == wanted.substitute_id:
            raise ReplacementRefused("is_replaced", "substitute", other.substitute)
        if other.substitute_id == wanted.practitioner_id:
            raise ReplacementRefused("replaces", "practitioner", other.practitioner)
    if _is_away(wanted):
        raise ReplacementRefused("away", "substitute")


def absences_within(wanted: Replacement) -> list[Absence]:
    """Of the substitute, in these dates: they close the agenda that she takes over as well."""
    span = _span(wanted)
    found = wanted.substitute.absences.filter(end__gt=span.start, start__lt=span.end)
    return list(found.order_by("start", "pk"))


def _is_away(wanted: Replacement) -> bool:
    absences = merge(Interval(one.start, one.end) for one in absences_within(wanted))
    return not subtract([_span(wanted)], absences)


def _span(wanted: Replacement) -> Interval:
    zone = wanted.practice.zone
    after = wanted.last_date + timedelta(days=1)
    midnights = (datetime.combine(day, time(), zone) for day in (wanted.first_date, after))
    return Interval(*midnights)
