"""Hours that are not every week the same: weeks that take turns, periods, exceptional openings, and what
holds on each date. The same under a practitioner's schedule and under a type's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Path, Query, Router

from maia.api.auth import OfficeToken, practitioner, seat, written_down
from maia.api.fields import Id
from maia.api.office.blocks import clean_line
from maia.api.office.dated_shapes import (
    LONGEST,
    Confirmed,
    OfType,
    PeriodIn,
    PeriodOut,
    PeriodsOut,
    PreviewOut,
    Span,
    SpecialDayIn,
    SpecialDayOut,
    SpecialDaysOut,
    TurnFields,
    TurnIn,
    day_shown,
    period_shown,
    turn_of,
)
from maia.api.office.sheets import (
    Whose,
    clocks,
    read_ranges,
    read_sites,
    read_week,
    site_named,
)
from maia.api.office.types import type_to_change
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import Refused, errors
from maia.appointments.changing_hours import changing_hours
from maia.availability.dated import MOST_WEEKS, InvalidPeriod, InvalidTurn
from maia.practices.models import Practice, Practitioner
from maia.privacy.journal import Act
from maia.schedules.models import AppointmentType, Period, Schedule, SpecialDay
from maia.schedules.preview import ForSome, for_some, preview, stored_hours
from maia.schedules.writing import (
    DateTaken,
    NoOwnHours,
    TooManyDates,
    write_period,
    write_special_day,
    write_turn,
)
from maia.schedules.written import Count

Owner = Practitioner | AppointmentType
REFUSED = errors(400, 401, 403, 404, 409, 422, 429)
READ = errors(401, 403, 404, 422, 429)

of_practitioner = Router(tags=["office"], auth=OfficeToken())
of_type = Router(tags=["office"], auth=OfficeToken())


def serve(router: Router, path: str, whose: Any, owner_of: Callable[..., Owner], name: str) -> None:
    """The operations under ``path``. ``whose``: what names the owner in the address, which ``owner_of``
    reads, to look or to ``change``; ``name`` begins the operations' names in OpenAPI."""

    def named(operation: str) -> dict[str, Any]:
        return {"operation_id": f"{name}_{operation}"}

    @router.get(
        f"{path}/turn", exclude_unset=True, response={200: TurnFields, **READ}, **named("turn")
    )
    def read_turn(request: HttpRequest, of: whose) -> Any:
        """The usual weeks."""
        return turn_of(_plan(owner_of(request, of)))

    @router.put(
        f"{path}/turn",
        exclude_unset=True,
        response={200: TurnFields, **REFUSED},
        **named("write_turn"),
    )
    def change_turn(request: HttpRequest, of: whose, typed: TurnIn) -> Any:
        """The usual weeks, whole. Where they leave appointments outside: 409 `stranded` with
        `appointments`, until it comes again with `confirm`. They stay as they are."""
        owner = owner_of(request, of, change=True)
        with _changing(request, owner, confirm=typed.confirm) as plan:
            write_turn(plan, *_read_turn(owner.practice, typed))
        _note(request, owner, "weeks")
        return turn_of(_plan(owner))

    @router.get(
        f"{path}/periods",
        exclude_unset=True,
        response={200: PeriodsOut, **READ},
        **named("periods"),
    )
    def list_periods(request: HttpRequest, of: whose, paging: Pages) -> Any:
        return page(_periods(owner_of(request, of)), paging, period_shown)

    @router.post(
        f"{path}/periods", exclude_unset=True, response={201: PeriodOut, **REFUSED},
        **named("create_period"),
    )  # fmt: skip
    def create_period(request: HttpRequest, of: whose, typed: PeriodIn) -> HttpResponse:
        """`invalid` where it would overlap another one, whose name it says."""
        owner = owner_of(request, of, change=True)

        def create() -> Made:
            made = _write_period(request, owner, Period(), typed)
            return [str(made.pk)], period_shown(made)

        return once(request, create, lambda names: period_shown(_period(owner, int(names[0]))))

    @router.get(
        f"{path}/periods/{{id}}", exclude_unset=True, response={200: PeriodOut, **READ},
        **named("period"),
    )  # fmt: skip
    def read_period(request: HttpRequest, id: Id, of: whose) -> Any:
        return period_shown(_period(owner_of(request, of), id))

    @router.put(
        f"{path}/periods/{{id}}", exclude_unset=True, response={200: PeriodOut, **REFUSED},
        **named("write_period"),
    )  # fmt: skip
    def change_period(request: HttpRequest, id: Id, of: whose, typed: PeriodIn) -> Any:
        """The period, whole."""
        owner = owner_of(request, of, change=True)
        return period_shown(_write_period(request, owner, _period(owner, id), typed))

    @router.delete(
        f"{path}/periods/{{id}}", response={204: None, **REFUSED}, **named("delete_period")
    )
    def delete_period(
        request: HttpRequest, id: Id, of: whose, asked: Annotated[Confirmed, Query()]
    ) -> Any:
        owner = owner_of(request, of, change=True)
        period = _period(owner, id)
        with _changing(request, owner, confirm=asked.confirm):
            period.delete()
        _note(request, owner, f"period {period.name}")
        return 204, None

    @router.get(
        f"{path}/special-days", exclude_unset=True, response={200: SpecialDaysOut, **READ},
        **named("special_days"),
    )  # fmt: skip
    def list_special_days(request: HttpRequest, of: whose, paging: Pages) -> Any:
        return page(_special_days(owner_of(request, of)), paging, day_shown)

    @router.post(
        f"{path}/special-days", exclude_unset=True, response={201: SpecialDayOut, **REFUSED},
        **named("create_special_day"),
    )  # fmt: skip
    def create_special_day(request: HttpRequest, of: whose, typed: SpecialDayIn) -> HttpResponse:
        """Its hours replace those of its date, and open a public holiday; an absence still closes it."""
        owner = owner_of(request, of, change=True)

        def create() -> Made:
            made = _write_day(request, owner, SpecialDay(), typed)
            return [str(made.pk)], day_shown(made)

        return once(request, create, lambda names: day_shown(_special_day(owner, int(names[0]))))

    @router.get(
        f"{path}/special-days/{{id}}", exclude_unset=True, response={200: SpecialDayOut, **READ},
        **named("special_day"),
    )  # fmt: skip
    def read_special_day(request: HttpRequest, id: Id, of: whose) -> Any:
        return day_shown(_special_day(owner_of(request, of), id))

    @router.put(
        f"{path}/special-days/{{id}}", exclude_unset=True, response={200: SpecialDayOut, **REFUSED},
        **named("write_special_day"),
    )  # fmt: skip
    def change_special_day(request: HttpRequest, id: Id, of: whose, typed: SpecialDayIn) -> Any:
        """The exceptional opening, whole."""
        owner = owner_of(request, of, change=True)
        return day_shown(_write_day(request, owner, _special_day(owner, id), typed))

    @router.delete(
        f"{path}/special-days/{{id}}",
        response={204: None, **REFUSED},
        **named("delete_special_day"),
    )
    def delete_special_day(
        request: HttpRequest, id: Id, of: whose, asked: Annotated[Confirmed, Query()]
    ) -> Any:
        owner = owner_of(request, of, change=True)
        special = _special_day(owner, id)
        with _changing(request, owner, confirm=asked.confirm):
            special.delete()
        _note(request, owner, f"opening of {special.date}")
        return 204, None

    @router.get(f"{path}/preview", response={200: PreviewOut, **READ}, **named("preview"))
    def read_preview(request: HttpRequest, of: whose, span: Annotated[Span, Query()]) -> Any:
        """What holds on each date, and because of what."""
        if not 0 <= (span.last - span.first).days < LONGEST:
            raise ValidationError({"to": f"{LONGEST} days at most, from `from` on"})
        owner = owner_of(request, of)
        whom, type = _whom(request, owner)
        hours = stored_hours(whom, span.first, span.last, type)
        days = preview(whom, hours, span.first, span.last, language=get_language() or "", type=type)
        some = for_some(whom, span.first, span.last) if type is None else {}
        return {
            "days": [
                {
                    "date": one.day,
                    "hours": clocks(one.ranges),
                    "because": one.because,
                    "title": one.title,
                    "place": one.site,
                    "for_some": _for_some_shown(some.get(one.day)),
                }
                for one in days
            ]
        }


def _for_some_shown(opening: ForSome | None) -> dict[str, Any] | None:
    if opening is None:
        return None
    return {
        "hours": clocks(opening.ranges),
        "title": opening.title,
        "types": opening.types,
        "place": opening.site,
    }


_TURNS = {
    "no_week": "one week at least is expected",
    "too_many_weeks": f"{MOST_WEEKS} weeks at most take turns",
    "no_first_monday": "several weeks that take turns are counted from a Monday",
    "not_a_monday": "this is no Monday",
    "two_weeks": "by their number there are two weeks: odd ones, even ones",
}


def _practitioner(request: HttpRequest, of: Whose, *, change: bool = False) -> Owner:
    return practitioner(request, of.practitioner, change=change)


def _type(request: HttpRequest, of: OfType, *, change: bool = False) -> Owner:
    if change:
        return type_to_change(request, of.type)
    types = AppointmentType.objects.filter(practice=seat(request).practice)
    return get_object_or_404(types.select_related("practice"), pk=of.type)


def _whom(request: HttpRequest, owner: Owner) -> tuple[Practitioner, AppointmentType | None]:
    """Whose absences and holidays are those of ``owner``: a type's are those of whose token it is, where she
    offers it, else of the first who does."""
    if isinstance(owner, Practitioner):
        return owner, None
    hers = practitioner(request, owner.practitioner_id)
    owners = owner.owners
    return hers if not owners or hers in owners else owners[0], owner


@contextmanager
def _changing(request: HttpRequest, owner: Owner, *, confirm: bool) -> Iterator[Schedule]:
    """What is wrong is a problem of its field; nothing is written then."""
    try:
        with changing_hours(owner, now=timezone.now(), is_meant=lambda _outside: confirm) as plan:
            yield plan
    except NoOwnHours:
        words = "This type follows its practitioners’ hours: give it a `schedule` first."
        raise Refused(409, "no_own_hours", words) from None
    except TooManyDates:
        raise Refused(409, "too_many", "There are too many already: delete some first.") from None
    except InvalidTurn as refusal:
        field = "first_monday" if refusal.code in ("no_first_monday", "not_a_monday") else "weeks"
        raise ValidationError({field: _TURNS[refusal.code]}) from None
    except InvalidPeriod as refusal:
        words = f"overlaps {refusal.other}" if refusal.other else "ends before it begins"
        raise ValidationError({"last_date": words}) from None
    except DateTaken as refusal:
        words = f"has an exceptional opening already: {refusal.title or 'without a title'}"
        raise ValidationError({"date": words}) from None


def _read_turn(
    practice: Practice, typed: TurnFields
) -> tuple[list[Any], Count, list[dict[int, int]] | None]:
    """The weeks, their count, their sites. Raises `ValidationError`: nothing is left out in silence."""
    by_number = typed.by == "week_number"
    if by_number and typed.first_monday is not None:
        raise ValidationError({"first_monday": "weeks are counted by their number"})
    said = [week.dict(exclude_unset=True) for week in typed.weeks]
    sites = [read_sites(practice, week) for week in said]
    return (
        [read_week(week) for week in said],
        Count(len(said), by_number, typed.first_monday),
        None if not any(sites) and None in sites else [at or {} for at in sites],
    )


def _write_period(request: HttpRequest, owner: Owner, period: Period, typed: PeriodIn) -> Period:
    period.name = clean_line(typed.name)
    if not period.name:
        raise ValidationError({"name": "a name is expected"})
    period.first_date, period.last_date = typed.first_date, typed.last_date
    with _changing(request, owner, confirm=typed.confirm) as plan:
        write_period(plan, period, *_read_turn(owner.practice, typed))
    _note(request, owner, f"period {period.name}")
    return period


def _write_day(
    request: HttpRequest, owner: Owner, special: SpecialDay, typed: SpecialDayIn
) -> SpecialDay:
    special.date, special.title = typed.date, clean_line(typed.title)
    if "place" in typed.model_fields_set:  # a program of before says nothing of sites
        site = site_named(owner.practice, typed.place) if typed.place is not None else None
        special.place = site and site.as_stored
    ranges, today = (
        read_ranges("hours", typed.hours),
        timezone.localdate(timezone=seat(request).practice.zone),
    )
    with _changing(request, owner, confirm=typed.confirm) as plan:
        types = _types(request, owner, typed.types)
        write_special_day(plan, special, ranges, types, today)
    _note(request, owner, f"opening of {special.date}")
    return special


def _types(request: HttpRequest, owner: Owner, keys: list[int] | None) -> list[AppointmentType]:
    """Raises `ValidationError`: of another practice, or of a type's own opening."""
    if keys is None:
        return []
    if not isinstance(owner, Practitioner) or not keys:
        raise ValidationError({"types": "null is for all that follow the schedule"})
    rows = AppointmentType.objects.select_for_update(no_key=True)  # one may be deleted meanwhile
    types = rows.filter(practice=seat(request).practice, pk__in=keys).order_by("pk")
    chosen = [type for type in types if type.is_offered_by(owner)]
    if len(chosen) < len(set(keys)):
        raise ValidationError({"types": "types that this practitioner offers are expected"})
    return chosen


def _plan(owner: Owner) -> Schedule | None:
    whose = "practitioner" if isinstance(owner, Practitioner) else "appointment_type"
    plan: Schedule | None = Schedule.objects.filter(**{whose: owner}).first()
    return plan


def _periods(owner: Owner) -> Any:
    return Period.objects.filter(schedule=_plan(owner)).prefetch_related("lines")


def _period(owner: Owner, id: int) -> Period:
    period: Period = get_object_or_404(_periods(owner), pk=id)
    return period


def _special_days(owner: Owner) -> Any:
    return SpecialDay.objects.filter(schedule=_plan(owner)).prefetch_related("types")


def _special_day(owner: Owner, id: int) -> SpecialDay:
    special: SpecialDay = get_object_or_404(_special_days(owner), pk=id)
    return special


def _note(request: HttpRequest, owner: Owner, what: str) -> None:
    written_down(request, Act.SETTINGS, detail=f"{what} of {owner.name}")


serve(of_practitioner, "schedule", Annotated[Whose, Query()], _practitioner, "schedule")  # type: ignore[type-arg]
serve(of_type, "/{type}/schedule", Annotated[OfType, Path()], _type, "type_schedule")  # type: ignore[type-arg]
