"""The statements written by hand, beside the models that they read."""

import builtins
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.models import Event
from maia.appointments.reading import (
    parse_agendas,
    read_agendas,
    read_offer,
    read_offer_and_agendas,
)
from maia.appointments.slots import offered_slots, practitioners_for
from maia.availability.sites import AT_MAIN
from maia.practices.models import Practitioner
from maia.schedules.copying import duplicate
from maia.schedules.models import AppointmentType, Schedule
from maia.schedules.written import PREFETCHED, WrittenHours
from maia.tenants.belonging import rows_of
from tests.conftest import NOW, make_type

HOUR = timedelta(hours=1)


def taken(people, opens, closes):
    return parse_agendas(read_agendas(0, people, opens, closes))[1]


def hours_of(type, people):
    return parse_agendas(read_agendas(type.pk, people, NOW, NOW + 24 * HOUR))[0]


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
    rows = taken([anne.pk, colleague.pk], NOW, NOW + 5 * HOUR)
    expected = {
        (e.practitioner_id, e.start, e.end, e.pk, e.type_id, e.buffer_before_minutes,
         e.buffer_after_minutes, AT_MAIN if e.type else None)  # none of them names a site
        for e in inside
    }  # fmt: skip
    expected.add((colleague.pk, away.start, away.end, None, None, 0, 0, None))
    assert set(map(tuple, rows)) == expected
    assert all(row.start.tzinfo is not None for row in rows)
    assert {row.start for row in rows} >= {micro}
    assert taken([], NOW, NOW + HOUR) == []


def test_an_instant_reads_the_same_whatever_the_zone_it_was_given_in(anne, practice):
    local = datetime(2026, 12, 3, 9, 30, tzinfo=practice.zone)
    anne.absences.create(start=local, end=local + HOUR)
    (row,) = taken([anne.pk], local, local + HOUR)
    assert row.start == local
    assert row.start.utcoffset() == timedelta(0)
    assert row.start == datetime(2026, 12, 3, 8, 30, tzinfo=UTC)


def test_hours_are_those_of_the_schedules(anne, colleague, follow_up, practice):
    other = make_type(practice, "Autre")
    own = Schedule.objects.create(appointment_type=other)
    own.write({2: [(540, 600)]})
    Schedule.objects.create(practitioner=colleague)
    plan = anne.schedule
    Schedule.objects.filter(pk=plan.pk).update(weeks=2, first_monday=date(2026, 11, 30))
    summer = plan.periods.create(
        name="Été", first_date="2027-07-01", last_date="2027-08-31", weeks=2, by_number=True
    )
    plan.periods.create(name="Mi-temps", first_date="2028-01-03")
    for week, period in ((1, None), (0, summer), (1, summer)):
        plan.other_lines.create(
            period=period, week=week, weekday=week, start=480, end=720, breaks=[[540, 600]]
        )
    for day, types, start in ((NOW, [], 600), (NOW + 24 * HOUR, [other], 660)):
        special = plan.special_days.create(date=day.date(), start=start, end=720, title="Garde")
        special.types.set(types)
    own.special_days.create(date=NOW.date(), start=900, end=960)
    plan.special_days.create(date="2027-05-01", start=600, end=720)  # on no date that is read
    plans = Schedule.objects.prefetch_related(*PREFETCHED)
    for type in (follow_up, other):
        said = hours_of(type, [anne.pk, colleague.pk])
        stored = {
            plan.practitioner_id: WrittenHours.of(plan)
            for plan in plans
            if plan.appointment_type in (None, type)
        }
        for written in stored.values():
            written.days = [one for one in written.days if one.day.year == NOW.year]
        assert said == stored
    assert hours_of(follow_up, [colleague.pk]) == {colleague.pk: WrittenHours()}


def test_an_offer_is_that_of_the_models(anne, colleague, follow_up, practice):
    Practitioner.objects.filter(pk=anne.pk).update(evening_cutoff=time(20), phone="+33612345678")
    Practitioner.objects.create(practice=practice, first_name="A", last_name="B", is_active=False)
    type, team = read_offer(practice.slug, follow_up.pk, since=NOW.date())
    stored = AppointmentType.objects.select_related("practice").get(pk=follow_up.pk)
    wanted = list(practice.practitioners.bookable_online())
    assert team == wanted == [anne, colleague]
    pairs = [(type, stored), (type.practice, stored.practice), *zip(team, wanted, strict=True)]
    for read, model in pairs:
        for field in model._meta.concrete_fields:
            one, other = getattr(read, field.attname), getattr(model, field.attname)
            assert (one, builtins.type(one)) == (other, builtins.type(other)), field
    assert all(one.practice is type.practice for one in team)


def test_an_offer_is_online_of_this_practice_and_by_its_practitioner(anne, colleague, practice):
    hers = make_type(practice, "Le sien", practitioner=colleague)
    assert read_offer(practice.slug, hers.pk, since=NOW.date()) == (hers, [colleague])
    assert read_offer(practice.slug, hers.pk, colleague.pk, since=NOW.date()) == (hers, [colleague])
    with pytest.raises(NotBookable, match="not_this_practitioner"):
        read_offer(practice.slug, hers.pk, anne.pk, since=NOW.date())
    Practitioner.objects.update(allow_online_booking=False)
    assert read_offer(practice.slug, hers.pk, since=NOW.date()) == (hers, [])
    for slug, pk in (("another", hers.pk), (practice.slug, 0)):
        with pytest.raises(AppointmentType.DoesNotExist):
            read_offer(slug, pk, since=NOW.date())
    for state in ({"archived": True}, {"archived": False, "allow_online_booking": False}):
        AppointmentType.objects.filter(pk=hers.pk).update(**state)
        with pytest.raises(AppointmentType.DoesNotExist):
            read_offer(practice.slug, hers.pk, since=NOW.date())


def test_both_at_once_are_what_each_is_alone(anne, colleague, follow_up, practice):
    hers = make_type(practice, "Le sien", practitioner=colleague)
    Schedule.objects.create(appointment_type=hers).write({2: [(540, 600)]})
    for who, type in ((anne, follow_up), (colleague, hers)):
        Event.objects.create(
            practice=practice, practitioner=who, kind="appointment", type=type,
            start=NOW, end=NOW + HOUR,
        )  # fmt: skip
        who.absences.create(start=NOW + HOUR, end=NOW + 2 * HOUR)
    span = (NOW, NOW + 5 * HOUR)

    def same(type, only):
        found, team, agendas = read_offer_and_agendas(practice.slug, type.pk, only, *span)
        assert (found, team) == read_offer(practice.slug, type.pk, only, since=NOW.date())
        alone = read_agendas(type.pk, [one.pk for one in team], *span)
        as_read = [[sorted(part, key=str) for part in parse_agendas(t)] for t in (agendas, alone)]
        assert as_read[0] == as_read[1] or not team
        return [one.pk for one in team], len(parse_agendas(agendas)[1])

    assert same(follow_up, None) == ([anne.pk, colleague.pk], 4)
    assert same(follow_up, anne.pk) == ([anne.pk], 2)
    assert same(hers, None) == ([colleague.pk], 2)
    with pytest.raises(NotBookable, match="not_this_practitioner"):
        read_offer_and_agendas(practice.slug, hers.pk, anne.pk, *span)
    Practitioner.objects.update(allow_online_booking=False)
    assert same(follow_up, None) == ([], 0)
    with pytest.raises(AppointmentType.DoesNotExist):
        read_offer_and_agendas("another", follow_up.pk, None, *span)


@pytest.mark.rule("3.2.12")
def test_an_offer_by_private_link_is_read_with_its_token_alone(anne, practice):
    type, other = (make_type(practice, name, link_uid=uuid4()) for name in "AB")
    for token in ("", "x", other.key.token):
        with pytest.raises(AppointmentType.DoesNotExist):
            read_offer(practice.slug, type.pk, token=token, since=NOW.date())
        with pytest.raises(AppointmentType.DoesNotExist):
            read_offer_and_agendas(practice.slug, type.pk, None, NOW, NOW + HOUR, token=token)
    found, team = read_offer(practice.slug, type.pk, token=type.key.token, since=NOW.date())
    assert (found, found.link_uid, team) == (type, type.link_uid, [anne])
    assert not AppointmentType.objects.bookable_online().exists()


@pytest.mark.rule("3.2.13")
def test_a_type_of_some_is_offered_by_them_alone(
    anne, colleague, practice, julie, django_assert_max_num_queries
):
    last = Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roy")
    type = make_type(practice)
    type.set_owners([anne, last])
    type.save()
    type.save_owners([anne, last])
    _found, team = read_offer(practice.slug, type.pk, since=NOW.date())
    assert team == practitioners_for(type, NOW.date()) == [anne, last]
    with django_assert_max_num_queries(1):
        offered_slots(practice.slug, type.pk, None, NOW.date(), NOW.date(), now=NOW)
    with pytest.raises(NotBookable):
        read_offer(practice.slug, type.pk, colleague.pk, since=NOW.date())
    for by in (By.patient(None), By.practice(None)):
        with pytest.raises(NotBookable, match="not_this_practitioner"):
            book_appointment(
                AppointmentType.objects.get(), colleague, NOW + 24 * HOUR, julie, by=by, now=NOW
            )
    copy = duplicate(type, "Copie")
    assert copy.offered_by == [anne.pk, last.pk]
    assert rows_of(AppointmentType.some.through, practice).count() == 4
