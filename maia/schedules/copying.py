"""An appointment type once more, with all that is said of its own hours."""

from django.db import transaction

from maia.schedules.models import AppointmentType, OtherHours, Schedule


def duplicate(type: AppointmentType, name: str) -> AppointmentType:
    """The same under another name, after it, not yet online; its own schedule copied."""
    plan = Schedule.objects.filter(appointment_type=type).first()
    copy = AppointmentType.objects.get(pk=type.pk)
    owners = type.owners
    copy.pk, copy.name, copy.allow_online_booking = None, name[:100], False
    copy._state.adding = True
    if copy.private_link:
        copy.renew_link()
    with transaction.atomic():
        copy.save()
        copy.save_owners(owners)
        copy.save_rooms(type.rooms.all())
        if plan is not None:
            Schedule.set_own(copy, plan.hours(), sites=plan.sites())
            _copy_the_rest(plan, Schedule.objects.get(appointment_type=copy))
    return copy


def _copy_the_rest(plan: Schedule, copy: Schedule) -> None:
    """How its weeks take turns, its periods and its exceptional openings."""
    Schedule.objects.filter(pk=copy.pk).update(
        weeks=plan.weeks, by_number=plan.by_number, first_monday=plan.first_monday
    )
    periods: dict[int | None, int | None] = {None: None}
    for period in plan.periods.all():
        was = period.pk
        period.pk, period.schedule = None, copy
        period._state.adding = True
        period.save()
        periods[was] = period.pk
    lines = list(plan.other_lines.all())
    for line in lines:
        line.pk, line.schedule, line.period_id = None, copy, periods[line.period_id]
    OtherHours.objects.bulk_create(lines)
    for special in plan.special_days.all():
        special.pk, special.schedule = None, copy
        special._state.adding = True
        special.save()
