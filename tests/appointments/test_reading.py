"""The two statements written by hand, beside the models that they read."""

from datetime import UTC, datetime, timedelta

import pytest

from maia.appointments.models import Event
from maia.appointments.reading import read_lines, read_taken
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from tests.conftest import NOW, make_type

HOUR = timedelta(hours=1)


@pytest.fixture
def colleague(practice):
    return Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")


def test_taken_time_is_that_of_the_models(anne, colleague, follow_up):
    def event(who, start, **more):
        fields = {"kind": "appointment", "type": follow_up, "end": start + HOUR, **more}
        return Event.objects.create(
            practice=anne.practice, practitioner=who, start=start, **fields
        )  # fmt: skip

    micro = NOW + timedelta(hours=3, microseconds=7)
    inside = [
        event(colleague, NOW - timedelta(minutes=30)),
        event(anne, micro, buffer_before_minutes=5, buffer_after_minutes=10),
        event(colleague, NOW + HOUR, kind="personal", type=None),
    ]
    event(anne, NOW - HOUR)  # ends as the span starts
    event(anne, NOW + 5 * HOUR)  # starts as it ends
    event(anne, NOW + 4 * HOUR, blocking=False)
    away = colleague.absences.create(start=NOW + HOUR, end=NOW + 9 * HOUR)
    colleague.absences.create(start=NOW + 5 * HOUR, end=NOW + 9 * HOUR)
    rows = read_taken([anne.pk, colleague.pk], NOW, NOW + 5 * HOUR)
    expected = {
        (e.practitioner_id, e.start, e.end, e.pk, e.type_id, e.buffer_before_minutes,
         e.buffer_after_minutes)
        for e in inside
    }  # fmt: skip
    expected.add((colleague.pk, away.start, away.end, None, None, 0, 0))
    assert set(map(tuple, rows)) == expected
    assert all(row.start.tzinfo is not None for row in rows)
    assert {row.start for row in rows} >= {micro}
    assert read_taken([], NOW, NOW + HOUR) == []


def test_an_instant_reads_the_same_whatever_the_zone_it_was_given_in(anne, practice):
    local = datetime(2026, 12, 3, 9, 30, tzinfo=practice.zone)
    anne.absences.create(start=local, end=local + HOUR)
    (row,) = read_taken([anne.pk], local, local + HOUR)
    assert row.start == local
    assert row.start.utcoffset() == timedelta(0)
    assert row.start == datetime(2026, 12, 3, 8, 30, tzinfo=UTC)


def test_lines_are_those_of_the_schedules(anne, colleague, follow_up, practice):
    other = make_type(practice, "Autre")
    Schedule.objects.create(appointment_type=other).write({2: [(540, 600)]})
    Schedule.objects.create(practitioner=colleague)
    lines = read_lines(follow_up.pk, [anne.pk, colleague.pk])
    assert {(who, day): ranges for who, day, ranges in lines} == {
        **{(anne.pk, day): [(540, 720), (840, 1080)] for day in range(7)},
        (colleague.pk, None): [],
    }
    assert (None, 2, [(540, 600)]) in [tuple(line) for line in read_lines(other.pk, [anne.pk])]
