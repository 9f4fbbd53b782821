"""Professional profile and weekly schedule."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, practitioner, written_down
from maia.api.fields import CLOCK, Body, Bool, Id, Key, WallTime, Whole
from maia.api.office.stranded import refuse_unless_confirmed
from maia.api.problems import errors
from maia.appointments.stranded import stranded
from maia.availability.weekly import InvalidHours, WeeklyHours
from maia.messaging.reminders import reschedule
from maia.practices.held import hold
from maia.practices.models import Place, Practice, Practitioner
from maia.practices.postcodes import read_postcodes
from maia.privacy.journal import Act
from maia.schedules.models import Schedule, SitesOfWeek
from maia.schedules.written import WrittenHours, with_week

router = Router(tags=["office"], auth=OfficeToken())
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Minutes = dict[int, list[tuple[int, int]]]


class Whose(Schema):
    practitioner: Id | None = Field(None, description="Default: whose token it is.")


class SheetOut(Schema):
    id: int
    name: str = Field(examples=["Camille Lefèvre"])
    booking_horizon_days: int
    minimum_notice_minutes: int
    minimum_notice_days: int
    evening_cutoff: WallTime | None
    cancellation_deadline_hours: int
    allow_online_booking: bool
    closed_on_public_holidays: bool
    fill_my_days: bool
    postcodes_served: list[str] = Field(examples=[["35000", "35200"]])
    reminder_days_before: int
    reminder_time: WallTime
    sms_sender_name: str
    sms_template: str

    @staticmethod
    def resolve_postcodes_served(practitioner: Practitioner) -> list[str]:
        return practitioner.postcodes_served.split()


class SheetIn(Body):
    """What is left out stays as it is."""

    booking_horizon_days: Whole | None = Field(None, ge=1, le=730)
    minimum_notice_minutes: Whole | None = Field(None, ge=0, le=30 * 24 * 60)
    minimum_notice_days: Whole | None = Field(
        None, ge=0, le=30, description="Local dates: 1 is not the same day."
    )
    evening_cutoff: WallTime | None = None
    cancellation_deadline_hours: Whole | None = Field(None, ge=0, le=720)
    allow_online_booking: Bool | None = None
    closed_on_public_holidays: Bool | None = None
    postcodes_served: list[str] | None = Field(
        None, max_length=150, description="Of visits at home, booked online; none: everywhere."
    )
    fill_my_days: Bool | None = Field(
        None, description="Online, only times that touch others or an edge of the hours."
    )
    reminder_days_before: Whole | None = Field(None, ge=1, le=7)
    reminder_time: WallTime | None = None
    sms_sender_name: str | None = Field(None, max_length=11)
    sms_template: str | None = Field(None, max_length=480)


@router.get("practitioner", response={200: SheetOut, **errors(401, 403, 404, 422, 429)})
def read_sheet(request: HttpRequest, whose: Annotated[Whose, Query()]) -> Any:
    return practitioner(request, whose.practitioner)


@router.patch("practitioner", response={200: SheetOut, **errors(400, 401, 403, 404, 422, 429)})
def change_sheet(request: HttpRequest, whose: Annotated[Whose, Query()], sheet: SheetIn) -> Any:
    hers = practitioner(request, whose.practitioner, change=True)
    typed = sheet.dict(exclude_unset=True)
    if typed.get("postcodes_served") is not None:
        typed["postcodes_served"] = _postcodes(typed["postcodes_served"])
    with transaction.atomic():
        hold(hers)
        for name, value in typed.items():
            if value is None and name != "evening_cutoff":
                raise ValidationError({name: "null is no value here"})
            setattr(hers, name, value)
        hers.clean_fields(exclude={f.name for f in Practitioner._meta.fields} - set(typed))
        hers.save(update_fields=list(typed))  # two who change different fields both do
        reschedule(hers, timezone.now())
    written_down(request, Act.SETTINGS, detail=f"{hers.name}: {', '.join(typed)}")
    return hers


def _postcodes(codes: list[str]) -> str:
    try:
        return " ".join(read_postcodes(" ".join(codes)))
    except ValidationError as error:
        raise ValidationError({"postcodes_served": error.messages}) from None


Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Range = Annotated[list[str], Field(min_length=2, max_length=2, examples=[["09:00", "12:30"]])]


class Week(Body):
    """By weekday, ranges of a start and an end. An absent or empty day is closed."""

    model_config = {"extra": "forbid"}

    monday: list[Range] = Field([], examples=[[["09:00", "12:30"], ["14:00", "18:00"]]])
    tuesday: list[Range] = []
    wednesday: list[Range] = []
    thursday: list[Range] = []
    friday: list[Range] = []
    saturday: list[Range] = []
    sunday: list[Range] = []
    places: dict[Weekday, Key] | None = Field(
        None,
        description="At which site, by weekday: those of `office/places`. Left out on writing: each "
        "weekday stays where it is. Not said on reading: the main one.",
    )


class WeekIn(Week):
    confirm: Bool = Field(False, description="It may leave appointments outside, which stay.")


@router.get("schedule", exclude_unset=True, response={200: Week, **errors(401, 403, 404, 422, 429)})
def read_schedule(request: HttpRequest, whose: Annotated[Whose, Query()]) -> Any:
    hers = practitioner(request, whose.practitioner)
    return week_of(Schedule.objects.filter(practitioner=hers).first())


@router.put(
    "schedule",
    exclude_unset=True,
    response={200: Week, **errors(400, 401, 403, 404, 409, 422, 429)},
)
def write_schedule(request: HttpRequest, whose: Annotated[Whose, Query()], week: WeekIn) -> Any:
    """The whole week. Where it leaves appointments outside: 409 `stranded` with `appointments`,
    until it comes again with `confirm`. They stay as they are."""
    hers = practitioner(request, whose.practitioner, change=True)
    said = week.dict(exclude_unset=True, exclude={"confirm"})
    minutes, sites = read_week(said), read_sites(hers.practice, said)
    with transaction.atomic():
        hold(hers)
        plan = Schedule.objects.filter(practitioner=hers).first()
        wanted = with_week(WrittenHours.of(plan), minutes, sites)
        refuse_unless_confirmed(stranded(hers, wanted, now=timezone.now()), week.confirm)
        plan = Schedule.set_for(hers, minutes, sites=sites)
    written_down(request, Act.SETTINGS, detail=f"schedule of {hers.name}")
    return week_of(plan)


def week_of(plan: Schedule | None) -> dict[str, Any]:
    if plan is None:
        return {}
    lines = plan.lines.all()
    sites = {line.weekday: line.place_id for line in lines if line.place_id is not None}
    return week_in_json({line.weekday: line.ranges for line in lines}, sites)


def week_in_json(week: Minutes, sites: SitesOfWeek) -> dict[str, Any]:
    days: dict[str, Any] = {DAYS[weekday]: clocks(week[weekday]) for weekday in sorted(week)}
    if sites:
        days["places"] = {DAYS[weekday]: sites[weekday] for weekday in sorted(sites)}
    return days


def clocks(ranges: Iterable[tuple[int, int]]) -> list[list[str]]:
    return [[_clock(start), _clock(end)] for start, end in ranges]


def read_sites(practice: Practice, week: dict[str, Any]) -> dict[int, int] | None:
    """The keys of the sites of weekdays, but of those at the main one; None: it does not say. Raises Http404 of
    a site that may not be chosen."""
    if week.get("places") is None:
        return None
    sites = {DAYS.index(day): site_named(practice, key) for day, key in week["places"].items()}
    return {weekday: site.pk for weekday, site in sites.items() if not site.is_main}


def site_named(practice: Practice, key: int) -> Place:
    """One that may be chosen. Raises Http404."""
    sites = Place.objects.live_sites().select_related("practice")
    place: Place = get_object_or_404(sites, practice=practice, pk=key)
    return place


def read_week(week: dict[str, Any]) -> Minutes:
    """Minutes of the day by weekday. Raises `ValidationError`."""
    minutes: Minutes = {}
    for day, ranges in week.items():
        if day == "places":
            continue
        if read := read_ranges(day, ranges):
            minutes[DAYS.index(day)] = read
    return minutes


def read_ranges(field: str, ranges: list[list[str]]) -> list[tuple[int, int]]:
    """Minutes of one day. Raises `ValidationError` of ``field``."""
    try:
        read = [(_minutes(start), _minutes(end)) for start, end in ranges]
        WeeklyHours({0: read})
    except InvalidHours as error:
        raise ValidationError({field: _RANGES[error.code]}) from None
    except ValueError as error:
        raise ValidationError({field: str(error)}) from None
    return read


_RANGES = {
    "out_of_day": "a range lies within its day",
    "reversed": "a range ends after it starts",
    "overlapping": "two ranges overlap",
}


def _minutes(text: str) -> int:
    if not re.fullmatch(rf"{CLOCK}|24:00", text):
        raise ValueError("a time is written HH:MM")
    return int(text[:2]) * 60 + int(text[3:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
