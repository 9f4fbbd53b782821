"""Personal events: once or again and again, changed and dropped alone, from there on, or all."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maia.appointments.acts.blocking import be_absent
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import (
    Change,
    Rhythm,
    Text,
    Which,
    block_time,
    change_event,
    drop_event,
    how_many,
)
from maia.appointments.acts.putting_back import Stood, put_back
from maia.appointments.agenda import By
from maia.appointments.exceptions import (
    ChangedMeanwhile,
    NotBookable,
    Overlaps,
    TakesDatesAway,
)
from maia.appointments.models import Event, Series
from maia.appointments.series import MOST_SERIES, prolong_all
from maia.appointments.slots import free_slots
from maia.schedules.repeating import BadRule, Rule
from tests.conftest import NOW, THURSDAY, at

WEEKLY = Rule("FREQ=WEEKLY")
THREE = Rule("FREQ=WEEKLY", date(2026, 12, 17))
STAFF = Text("Staff")
HOW = {"now": NOW, "allow_overlap": False}


def block(anne, rule=THREE, start="14:00", end="15:00", text=STAFF, **how):
    span = (at(THURSDAY, start), at(THURSDAY, end))
    return block_time(anne, *span, text, rule=rule, **HOW | how)


def shown(anne):
    """What stands in her agenda, in the practice's words."""
    rows = Event.objects.filter(practitioner=anne, kind="personal").order_by("start")
    zone = anne.practice.zone
    return [f"{row.start.astimezone(zone):%d/%m %H:%M} {row.title}".strip() for row in rows]


def test_once(anne):
    (event,) = block(anne, rule=None)
    assert (event.series, event.title) == (None, "Staff")
    assert shown(anne) == ["03/12 14:00 Staff"]
    assert how_many(event) == {Which.THIS: 1}


@pytest.mark.rule("3.12.1")
def test_an_endless_one_takes_all_that_can_be_booked_and_keeps_the_wall_clock(anne):
    made = block(anne, WEEKLY)
    zone = anne.practice.zone
    assert len(made) == 109  # two years and a month of Thursdays
    assert {f"{one.start.astimezone(zone):%a %H:%M}" for one in made} == {"Thu 14:00"}
    assert {f"{one.start:%H:%M}" for one in made} == {"13:00", "12:00"}  # winter, summer
    series = Series.objects.get()
    assert (series.last_date, series.rule) == (None, "FREQ=WEEKLY")
    assert how_many(made[2]) == {Which.THIS: 1, Which.FOLLOWING: 107, Which.ALL: 109}


@pytest.mark.rule("3.12.16")
def test_it_is_prolonged_before_anybody_could_book_what_it_takes(anne):
    block(anne, WEEKLY)
    block(anne, THREE, "16:00", "17:00")
    before = Event.objects.count()
    assert prolong_all(NOW) == 0
    later = NOW + timedelta(days=40)
    assert prolong_all(later) == 6
    assert prolong_all(later) == 0
    assert Event.objects.count() == before + 6
    assert (
        Event.objects.order_by("start").last().start.date() > (later + timedelta(days=731)).date()
    )
    anne.is_active = False
    anne.save()
    assert prolong_all(NOW + timedelta(days=400)) == 0


def test_after_years_without_a_worker_it_catches_up(anne):
    block(anne, WEEKLY)
    late = NOW + timedelta(days=5 * 366)
    while prolong_all(late):
        pass
    starts = list(Event.objects.order_by("start").values_list("start", flat=True))
    assert {b.date() - a.date() for a, b in zip(starts, starts[1:], strict=False)} == {
        timedelta(days=7)
    }
    assert starts[-1] > late + timedelta(days=731)


@pytest.mark.rule("3.12.15")
def test_one_is_moved_alone_and_the_others_stay(anne):
    _first, second, _third = block(anne)
    to = {
        "start": at(THURSDAY, "16:00") + timedelta(days=8),
        "end": at(THURSDAY, "17:00") + timedelta(days=8),
    }
    moved = change_event(second, Change(**to, title="Réunion"), **HOW)
    assert (moved.pk, moved.is_apart) == (second.pk, True)
    assert shown(anne) == ["03/12 14:00 Staff", "11/12 16:00 Réunion", "17/12 14:00 Staff"]
    back = {"start": second.start, "end": second.end, "title": "Staff"}
    assert not change_event(moved, Change(**back), **HOW).is_apart


@pytest.mark.rule("3.12.15")
def test_it_and_the_following_move_together(anne):
    _first, second, third = block(anne)
    to = {
        "start": second.start + timedelta(days=1, hours=2),
        "end": second.end + timedelta(days=1, hours=2),
    }
    with pytest.raises(TakesDatesAway) as refusal:  # the third would be past the end
        change_event(second, Change(**to), Which.FOLLOWING, **HOW)
    assert [event.start for event in refusal.value.goes] == [third.start]
    assert len(shown(anne)) == 3
    change_event(second, Change(**to), Which.FOLLOWING, allow_fewer=True, **HOW)
    assert shown(anne) == ["03/12 14:00 Staff", "11/12 16:00 Staff"]
    assert Series.objects.count() == 2


@pytest.mark.rule("3.12.15")
def test_words_of_all_or_of_the_following(anne):
    _first, second, third = block(anne)
    change_event(third, Change(title="Bilan"), **HOW)
    second = change_event(second, Change(title="Équipe", colour="#225577"), Which.ALL, **HOW)
    assert shown(anne) == ["03/12 14:00 Équipe", "10/12 14:00 Équipe", "17/12 14:00 Bilan"]
    assert set(Event.objects.values_list("colour", flat=True)) == {"#225577"}
    change_event(second, Change(note="Salle 2"), Which.FOLLOWING, **HOW)
    notes = Event.objects.order_by("start").values_list("note", flat=True)
    assert list(notes) == ["", "Salle 2", "Salle 2"]
    assert Series.objects.count() == 2


def test_all_moves_what_is_to_come_and_leaves_what_was(anne):
    made = block(anne, Rule("FREQ=DAILY", date(2026, 12, 8)))
    later = at(date(2026, 12, 5), "20:00")
    change = Change(start=made[5].start + timedelta(hours=1), end=made[5].end + timedelta(hours=1))
    change_event(made[5], change, Which.ALL, now=later, allow_overlap=False)
    assert [line[:11] for line in shown(anne)] == [
        "03/12 14:00", "04/12 14:00", "05/12 14:00", "06/12 15:00", "07/12 15:00", "08/12 15:00",
    ]  # fmt: skip


def test_what_was_moved_or_dropped_alone_stays_so_while_its_date_is_of_the_series(anne):
    made = block(anne, Rule("FREQ=DAILY", date(2026, 12, 8)))
    alone = {"start": made[1].start + timedelta(hours=3), "end": made[1].end + timedelta(hours=3)}
    change_event(made[1], Change(**alone), **HOW)
    drop_event(made[2], now=NOW)
    later = Change(start=made[0].start + timedelta(hours=1), end=made[0].end + timedelta(hours=1))
    first = change_event(made[0], later, Which.ALL, **HOW)
    assert [line[:11] for line in shown(anne)] == [
        "03/12 15:00", "04/12 17:00", "06/12 15:00", "07/12 15:00", "08/12 15:00",
    ]  # fmt: skip
    rhythm = Rhythm(Rule("FREQ=DAILY;INTERVAL=2", date(2026, 12, 8)))
    change_event(first, Change(rhythm=rhythm), Which.ALL, allow_fewer=True, **HOW)
    assert [line[:11] for line in shown(anne)] == ["03/12 15:00", "07/12 15:00"]


def rows(anne):
    """Which row stands on which day."""
    zone = anne.practice.zone
    kept = Event.objects.filter(practitioner=anne, kind="personal").order_by("start")
    return {row.pk: f"{row.start.astimezone(zone):%d/%m %H:%M}" for row in kept}


@pytest.mark.rule("3.12.15")
@pytest.mark.parametrize(
    ("hours", "rule", "expected"),
    [
        (2, None, ["03/12 16:00", "10/12 16:00", "17/12 16:00", "24/12 16:00"]),
        (24, None, ["04/12 14:00", "11/12 14:00", "18/12 14:00", "25/12 14:00"]),
        (-48, None, ["01/12 14:00", "08/12 14:00", "15/12 14:00", "22/12 14:00"]),
        (7 * 24, None, ["10/12 14:00", "17/12 14:00", "24/12 14:00", "31/12 14:00"]),
        (0, "FREQ=WEEKLY;BYDAY=TU", ["08/12 14:00", "15/12 14:00", "22/12 14:00", "29/12 14:00"]),
        (0, "FREQ=WEEKLY;INTERVAL=2", ["03/12 14:00", None, "17/12 14:00", None]),
        (
            0,
            "FREQ=WEEKLY;BYDAY=MO,TH",
            ["03/12 14:00", "10/12 14:00", "17/12 14:00", "24/12 14:00"],
        ),
    ],
)
def test_what_stays_of_a_series_keeps_its_row(anne, hours, rule, expected):
    made = block(anne, Rule("FREQ=WEEKLY", date(2027, 1, 7)))[:4]
    by, how = timedelta(hours=hours), {"allow_fewer": True, **HOW}
    rhythm = Rhythm(Rule(rule, date(2027, 1, 7))) if rule else None
    change = Change(start=made[0].start + by, end=made[0].end + by, rhythm=rhythm)
    if rule:
        change = Change(rhythm=rhythm)
    changed = change_event(made[0], change, Which.ALL, **how)
    now = rows(anne)
    assert changed.pk == made[0].pk
    assert [now.get(event.pk) for event in made] == expected
    assert all(event.version for event in Event.objects.filter(pk__in=[e.pk for e in made]))


def test_an_endless_one_by_day_is_moved_in_few_statements_and_none_is_lost(anne):
    def cost(made, **by):
        change = Change(start=made[5].start + timedelta(**by), end=made[5].end + timedelta(**by))
        with CaptureQueriesContext(connection) as captured:
            change_event(made[5], change, Which.ALL, **HOW)
        return len(captured)

    long = block(anne, Rule("FREQ=DAILY"), "08:00", "12:00")
    before = set(rows(anne))
    assert cost(long, hours=-2) < 30
    assert set(rows(anne)) == before
    long = list(Event.objects.order_by("start"))
    assert cost(long, days=1) < 30  # each where another one stood
    assert len(set(rows(anne)) & before) >= len(before) - 1
    assert all(Event.objects.values_list("exclusive", flat=True))


def test_what_has_words_of_its_own_keeps_them_where_it_goes(anne):
    made = block(anne, Rule("FREQ=WEEKLY", date(2026, 12, 31)))
    alone = change_event(made[1], Change(title="Bilan"), **HOW)
    by = timedelta(days=1)
    change = Change(start=made[0].start + by, end=made[0].end + by)
    change_event(made[0], change, Which.ALL, allow_fewer=True, **HOW)
    assert "11/12 14:00 Bilan" in shown(anne)
    assert Event.objects.get(pk=alone.pk).is_apart


def test_what_overlapped_on_purpose_is_not_asked_about_again_where_it_stays(anne, follow_up, julie):
    day = date(2026, 12, 10)
    by = By.practice(None)
    book_appointment(follow_up, anne, at(day, "14:30"), julie, by=by, now=NOW)
    first = block(anne, Rule("FREQ=WEEKLY", date(2026, 12, 31)), allow_overlap=True)[0]
    rhythm = Rhythm(Rule("FREQ=WEEKLY", date(2026, 12, 17)))
    change_event(first, Change(rhythm=rhythm), Which.ALL, allow_fewer=True, **HOW)
    assert list(
        Event.objects.filter(kind="personal").order_by("start").values_list("exclusive", flat=True)
    ) == [True, False, True]


@pytest.fixture
def ines(practice):
    return practice.practitioners.create(first_name="Inès", last_name="Haddad")


@pytest.mark.rule("3.12.15")
def test_it_is_given_to_a_colleague_alone_from_there_on_or_all(anne, ines):
    made = block(anne, Rule("FREQ=WEEKLY", date(2026, 12, 31)))
    alone = change_event(made[1], Change(practitioner=ines), **HOW)
    assert (alone.pk, alone.series, alone.exclusive) == (made[1].pk, None, True)
    assert shown(ines) == ["10/12 14:00 Staff"]
    later = {"start": made[3].start + timedelta(hours=2), "end": made[3].end + timedelta(hours=2)}
    change_event(made[3], Change(practitioner=ines, **later), Which.FOLLOWING, **HOW)
    assert shown(ines) == ["10/12 14:00 Staff", "24/12 16:00 Staff", "31/12 16:00 Staff"]
    assert shown(anne) == ["03/12 14:00 Staff", "17/12 14:00 Staff"]
    moved = change_event(made[0], Change(practitioner=ines), Which.ALL, **HOW)
    assert shown(anne) == []
    assert moved.pk == made[0].pk
    assert {series.practitioner for series in Series.objects.all()} == {ines}
    assert all(Event.objects.values_list("exclusive", flat=True))
    prolong_all(NOW)  # in her agenda from now on
    assert shown(anne) == []


@pytest.mark.rule("3.12.15")
def test_one_that_left_its_series_is_one_of_it_again_when_that_is_taken_back(anne, ines):
    _first, second, third = block(anne)
    stood = Stood.of(second)
    gone = change_event(second, Change(practitioner=ines), **HOW)
    drop_event(third, now=NOW)
    back = put_back(gone, stood, seen=gone.version)
    assert Stood.of(back) == stood
    assert (back.is_apart, back.series.without) == (False, ["2026-12-17"])
    change_event(back, Change(title="Réunion"), Which.ALL, **HOW)
    assert shown(anne) == ["03/12 14:00 Réunion", "10/12 14:00 Réunion"]


def test_its_series_has_changed_meanwhile(anne, ines):
    first, second, _third = block(anne)
    stood = Stood.of(second)
    gone = change_event(second, Change(practitioner=ines), **HOW)
    a_day = timedelta(days=1)
    later = {"start": first.start + a_day, "end": first.end + a_day}
    change_event(first, Change(**later), Which.ALL, allow_fewer=True, **HOW)
    with pytest.raises(ChangedMeanwhile):
        put_back(gone, stood, seen=gone.version)
    assert shown(ines) == ["10/12 14:00 Staff"]


def test_what_it_meets_in_her_agenda_is_said(anne, ines):
    first, second, _third = block(anne)
    taken = block(ines, rule=None)[0]
    for which in (Which.THIS, Which.ALL):
        with pytest.raises(Overlaps) as refusal:
            change_event(first, Change(practitioner=ines), which, **HOW)
        assert refusal.value.clashes[0].events == [taken.pk]
        assert len(shown(anne)) == 3
    given = {"now": NOW, "allow_overlap": True}
    change_event(second, Change(practitioner=ines), Which.ALL, **given)
    rows = Event.objects.filter(practitioner=ines).order_by("start", "pk")
    assert [row.exclusive for row in rows if row.pk != taken.pk] == [False, True, True]


def test_what_was_changed_alone_goes_along_and_stays_so(anne, ines):
    first, second, _third = block(anne)
    by = timedelta(hours=3)
    change_event(second, Change(start=second.start + by, end=second.end + by), **HOW)
    change_event(first, Change(practitioner=ines), Which.ALL, **HOW)
    assert shown(ines) == ["03/12 14:00 Staff", "10/12 17:00 Staff", "17/12 14:00 Staff"]
    assert Event.objects.get(pk=second.pk).is_apart
    once = Change(practitioner=anne, rhythm=Rhythm(None))
    change_event(Event.objects.get(pk=first.pk), once, Which.ALL, allow_fewer=True, **HOW)
    assert (shown(anne), shown(ines)) == (["03/12 14:00 Staff"], [])


def test_nobody_gets_it_who_has_left_or_is_of_another_practice(anne, ines, elsewhere):
    (event,) = block(anne, rule=None)
    ines.is_active = False
    ines.save()
    for other in (ines, elsewhere["practitioner"]):
        with pytest.raises(NotBookable):
            change_event(event, Change(practitioner=other), **HOW)
    assert len(shown(anne)) == 1


def test_dropped_alone_from_there_on_or_all(anne):
    made = block(anne, WEEKLY)
    assert drop_event(made[1], now=NOW) == 1
    prolong_all(NOW + timedelta(days=40))
    assert len(shown(anne)) == 109 - 1 + 6
    assert shown(anne)[:2] == ["03/12 14:00 Staff", "17/12 14:00 Staff"]
    drop_event(made[3], Which.FOLLOWING, now=NOW)
    assert shown(anne) == ["03/12 14:00 Staff", "17/12 14:00 Staff"]
    assert prolong_all(NOW + timedelta(days=400)) == 0  # it has ended
    assert drop_event(made[0], Which.ALL, now=NOW) == 2
    assert not Series.objects.exists()


def test_once_becomes_a_series_and_a_series_once(anne):
    (event,) = block(anne, rule=None)
    first = change_event(event, Change(rhythm=Rhythm(THREE), note="x"), **HOW)
    assert len(shown(anne)) == 3
    assert first.note == "x"
    second = Event.objects.get(start=first.start + timedelta(days=7))
    assert first.pk == event.pk
    once = Change(rhythm=Rhythm(None))
    with pytest.raises(TakesDatesAway) as refusal:
        change_event(second, once, Which.FOLLOWING, **HOW)
    assert len(refusal.value.goes) == 1
    change_event(second, once, Which.FOLLOWING, allow_fewer=True, **HOW)
    assert shown(anne) == ["03/12 14:00 Staff", "10/12 14:00 Staff"]
    assert Event.objects.get(pk=second.pk).series is None
    only = Event.objects.get(pk=first.pk)
    assert only.series.last_date == date(2026, 12, 9)


def test_what_it_meets_is_said_by_date_and_kept_on_purpose_only(anne, follow_up, julie):
    by = By.practice(None)
    booked = book_appointment(
        follow_up, anne, at(date(2026, 12, 10), "14:30"), julie, by=by, now=NOW
    )
    with pytest.raises(Overlaps) as refusal:
        block(anne)
    assert (refusal.value.wanted, len(refusal.value.clashes)) == (3, 1)
    assert refusal.value.clashes[0].events == [booked.event_id]
    assert shown(anne) == []
    assert not Series.objects.exists()
    made = block(anne, allow_overlap=True)
    assert [one.exclusive for one in made] == [True, False, True]
    assert not [
        slot for slot in free_slots(follow_up, [anne], THURSDAY, THURSDAY, now=NOW)[THURSDAY]
        if at(THURSDAY, "13:30") < slot.start < at(THURSDAY, "15:00")
    ]  # fmt: skip
    book_appointment(follow_up, anne, at(THURSDAY, "15:30"), julie, by=by, now=NOW)
    later = Change(start=at(THURSDAY, "15:30"), end=at(THURSDAY, "16:30"))
    with pytest.raises(Overlaps):
        change_event(made[0], later, Which.ALL, **HOW)
    assert Event.objects.get(pk=made[0].pk).start == made[0].start


def test_who_saves_over_another_ones_is_told(anne):
    (event,) = block(anne, rule=None)
    change_event(event, Change(title="Autre"), seen=event.version, **HOW)
    with pytest.raises(ChangedMeanwhile):
        change_event(event, Change(title="Encore"), seen=event.version, **HOW)
    with pytest.raises(ChangedMeanwhile):
        drop_event(event, now=NOW, seen=event.version)
    drop_event(event, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        change_event(event, Change(title="Encore"), **HOW)


@pytest.mark.parametrize(
    ("rule", "day", "code"),
    [
        (WEEKLY, date(2030, 1, 3), "too_far"),
        (WEEKLY, date(2020, 1, 2), "too_far"),
        (Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), THURSDAY, "nothing"),
    ],
)
def test_what_is_refused(anne, rule, day, code):
    with pytest.raises(BadRule) as refusal:
        block_time(anne, at(day, "14:00"), at(day, "15:00"), Text(), rule=rule, **HOW)
    assert refusal.value.code == code
    assert not Event.objects.exists()


@pytest.mark.rule("3.12.15")
def test_one_of_a_series_alone_has_no_other_rhythm(anne):
    first = block(anne, THREE)[0]
    for rule in (Rule("FREQ=DAILY"), None):
        with pytest.raises(BadRule) as refusal:
            change_event(first, Change(title="Autre", rhythm=Rhythm(rule)), **HOW)
        assert refusal.value.code == "of_several"
    assert not Event.objects.filter(title="Autre").exists()


def test_it_does_not_meet_itself(anne):
    with pytest.raises(BadRule) as refusal:
        block_time(
            anne, at(THURSDAY, "14:00"), at(THURSDAY, "15:00") + timedelta(days=1), Text(),
            rule=Rule("FREQ=DAILY"), **HOW,
        )  # fmt: skip
    assert refusal.value.code == "meets_itself"


def test_series_are_bounded_in_number(anne):
    wall = {
        "first_date": THURSDAY,
        "begins": "14:00",
        "lasts": timedelta(hours=1),
        "rule": "FREQ=DAILY",
    }
    Series.objects.bulk_create(
        Series(practice=anne.practice, practitioner=anne, written_until=date(2030, 1, 1), **wall)
        for _ in range(MOST_SERIES)
    )
    with pytest.raises(BadRule) as refusal:
        block(anne)
    assert refusal.value.code == "too_many_series"


def test_statements_do_not_grow_with_what_stands_in_the_agenda(anne, follow_up, julie):
    def cost(start, end):
        with CaptureQueriesContext(connection) as captured:
            block(anne, WEEKLY, start, end)
        return len(captured)

    empty = cost("14:00", "15:00")
    assert cost("16:00", "17:00") == empty
    assert empty <= 20


def test_an_hour_that_the_clocks_skip(anne):
    sunday = date(2027, 3, 27)
    block_time(
        anne, at(sunday, "02:15"), at(sunday, "02:45"), Text("Nuit"),
        rule=Rule("FREQ=DAILY", date(2027, 3, 29)), **HOW,
    )  # fmt: skip
    paris = ZoneInfo("Europe/Paris")
    starts = Event.objects.order_by("start").values_list("start", flat=True)
    assert [f"{start.astimezone(paris):%d %H:%M}" for start in starts] == [
        "27 02:15",
        "28 03:15",
        "29 02:15",
    ]
    assert datetime(2027, 3, 28, 1, 15).date() == date(2027, 3, 28)  # noqa: DTZ001


@pytest.mark.rule("3.12.15")
def test_into_the_agenda_of_who_has_left_nothing_new_is_put(anne, ines):
    """Whatever was read of her before: it is read again inside the lock."""
    first = block(anne)[0]
    type(ines).objects.filter(pk=ines.pk).update(is_active=False)
    span = (at(THURSDAY, "09:00"), at(THURSDAY, "10:00"))
    for act in (
        lambda: block(ines),
        lambda: change_event(first, Change(practitioner=ines), **HOW),
        lambda: be_absent(ines, [span], "", decided=None, by=By.practice(None), now=NOW),
    ):
        ines.is_active = True  # as it was read
        with pytest.raises(NotBookable):
            act()
    assert shown(ines) == []
    assert not ines.absences.exists()
