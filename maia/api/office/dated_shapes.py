"""How turns, periods, exceptional openings and the hours of a date are written in JSON."""

from collections.abc import Iterable
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from maia.api.fields import Body, Bool, Id, Key, LocalDate
from maia.api.office.sheets import Range, Week, clocks, week_in_json
from maia.availability.dated import MOST_WEEKS
from maia.schedules.models import OpeningHours, OtherHours, Period, Schedule, SpecialDay
from maia.schedules.models.hours import Turning

LONGEST = 366  # days of one preview


class OfType(Schema):
    type: Id


class TurnFields(Body):
    weeks: list[Week] = Field(min_length=1, max_length=MOST_WEEKS)
    by: Literal["week_number", "monday"] = Field(
        "monday", description="By the number of the week there are two, odd ones first."
    )
    first_monday: LocalDate | None = Field(
        None, description="Of the first week, where several are counted from a Monday."
    )


class TurnIn(TurnFields):
    confirm: Bool = Field(False, description="It may leave appointments outside, which stay.")


class PeriodFields(TurnFields):
    name: str = Field(min_length=1, max_length=80, examples=["Été"])
    first_date: LocalDate
    last_date: LocalDate | None = Field(None, description="Included; null: for good.")


class PeriodIn(PeriodFields):
    confirm: Bool = Field(False, description="It may leave appointments outside, which stay.")


class PeriodOut(PeriodFields):
    id: int


class PeriodsOut(Schema):
    items: list[PeriodOut]
    next: str | None


class SpecialDayFields(Body):
    date: LocalDate
    hours: list[Range] = Field(min_length=1, examples=[[["09:00", "12:00"]]])
    types: list[Key] | None = Field(
        None, max_length=200, description="Null: all that follow the schedule."
    )
    title: str = Field("", max_length=80)
    place: Key | None = Field(None, description="The site; null: the main one.")


class SpecialDayIn(SpecialDayFields):
    confirm: Bool = Field(False, description="It may leave appointments outside, which stay.")


class SpecialDayOut(SpecialDayFields):
    id: int


class SpecialDaysOut(Schema):
    items: list[SpecialDayOut]
    next: str | None


class DayOut(Schema):
    date: LocalDate
    hours: list[list[str]]
    because: Literal["usual", "turn", "period", "special", "holiday", "absence", "replacement"]
    title: str
    place: int | None = Field(None, description="The site; null: the main one.")
    for_some: "ForSomeOut | None" = Field(
        description="An exceptional opening for these types alone, which opens a public holiday to them."
    )


class ForSomeOut(Schema):
    hours: list[list[str]]
    title: str
    types: list[int]
    place: int | None


class PreviewOut(Schema):
    days: list[DayOut]


class Span(Schema):
    first: LocalDate = Field(alias="from")
    last: LocalDate = Field(alias="to", description=f"Included; {LONGEST} days at most.")


class Confirmed(Schema):
    confirm: bool = Field(False, description="It may leave appointments outside, which stay.")


def turn_of(plan: Schedule | None) -> dict[str, Any]:
    if plan is None:
        return {"weeks": [{}], "by": "monday", "first_monday": None}
    others = plan.other_lines.filter(period=None)
    return turn_shown(plan, others, plan.lines.all())


def turn_shown(
    turn: Turning,
    lines: Iterable[OtherHours],
    usual: Iterable[OpeningHours] = (),
) -> dict[str, Any]:
    """``usual``: the lines of its first week, where they are those of a schedule."""
    weeks: dict[int, dict[int, list[tuple[int, int]]]] = {}
    sites: dict[int, dict[int, int]] = {}
    numbered = [(0, line) for line in usual] + [(line.week, line) for line in lines]
    for week, line in numbered:
        weeks.setdefault(week, {})[line.weekday] = line.ranges
        if line.place_id is not None:
            sites.setdefault(week, {})[line.weekday] = line.place_id
    return {
        "weeks": [week_in_json(weeks.get(n, {}), sites.get(n, {})) for n in range(turn.weeks)],
        "by": "week_number" if turn.by_number else "monday",
        "first_monday": turn.first_monday,
    }


def period_shown(period: Period) -> dict[str, Any]:
    return {
        "id": period.pk,
        "name": period.name,
        "first_date": period.first_date,
        "last_date": period.last_date,
        **turn_shown(period, period.lines.all()),
    }


def day_shown(special: SpecialDay) -> dict[str, Any]:
    return {
        "id": special.pk,
        "date": special.date,
        "title": special.title,
        "hours": clocks(special.ranges),
        "place": special.place_id,
        "types": sorted(type.pk for type in special.types.all()) or None,
    }
