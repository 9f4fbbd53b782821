"""Repeated events of before knew each other by a number: each such number becomes a series."""

from datetime import date, timedelta
from itertools import groupby
from math import gcd
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations

CHUNK = 500


def gather(apps: Any, _editor: Any) -> None:
    event, series = (apps.get_model("appointments", name) for name in ("Event", "Series"))
    known = set(series.objects.values_list("pk", flat=True))
    repeated = (
        event.objects.filter(kind="personal", series__isnull=False, series_date=None)
        .select_related("practice")
        .order_by("series_id", "start")
    )
    for uid, rows in groupby(list(repeated), key=lambda row: row.series_id):
        if uid in known:
            continue
        events = list(rows)
        zone = ZoneInfo(events[0].practice.time_zone)
        for row in events:
            row.series_date = row.start.astimezone(zone).date()
        dates = [row.series_date for row in events]
        rule, all_dates = rule_of(dates)
        first = events[0]
        start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (first.start, first.end))
        series.objects.create(
            uid=uid,
            practice_id=first.practice_id,
            practitioner_id=first.practitioner_id,
            title=first.title,
            first_date=dates[0],
            begins=start.time(),
            lasts=end - start,
            rule=rule,
            last_date=dates[-1],
            without=sorted(day.isoformat() for day in all_dates - set(dates)),
            written_until=dates[-1],
        )
        event.objects.bulk_update(events, ["series_date"], batch_size=CHUNK)


def rule_of(dates: list[date]) -> tuple[str, set[date]]:
    """A rule that these dates follow from, and all that do: some may have been dropped since."""
    days = gcd(*((day - dates[0]).days for day in dates)) or 7
    if len({day.day for day in dates}) == 1 and len(dates) > 1 and days % 7:
        return "FREQ=MONTHLY", _months(dates[0], dates[-1])
    step, rule = (days // 7, "FREQ=WEEKLY") if days % 7 == 0 else (days, "FREQ=DAILY")
    every = {dates[0] + timedelta(days=n) for n in range(0, (dates[-1] - dates[0]).days + 1, days)}
    return (rule if step == 1 else f"{rule};INTERVAL={step}"), every


def _months(first: date, last: date) -> set[date]:
    """The day of the first in each month, where there is one."""
    days = set()
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        try:
            days.add(date(month // 12, month % 12 + 1, first.day))
        except ValueError:
            continue
    return days


class Migration(migrations.Migration):
    dependencies = [("appointments", "0010_series")]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
