"""Lists of appointments: what is asked of them, requests that wait, and who came."""

import csv
import io
from datetime import date, timedelta

import pytest

from maia.appointments.acts.attendance import may_be_said, say_attendance
from maia.appointments.acts.booking import By, book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.exceptions import AlreadyCancelled, ChangedMeanwhile, NotBegun
from maia.appointments.listing import Wanted, listed, to_confirm
from maia.appointments.models import Appointment
from maia.appointments.spreadsheet import appointments_csv
from maia.practices.models import Practitioner
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

FRIDAY = THURSDAY + timedelta(days=1)
PRACTICE = By.practice(None)
AFTER = at(THURSDAY, "20:00")


@pytest.fixture
def zoe(practice):
    return Practitioner.objects.create(practice=practice, first_name="Zoé", last_name="Roux")


@pytest.fixture
def week(practice, anne, zoe, follow_up, julie):
    """By name: one of each kind that a list may be asked for."""
    other = make_type(practice, "Rééducation")

    def book(day, time, *, who=anne, type=follow_up, by=PRACTICE, **how):
        return book_appointment(type, who, at(day, time), julie, by=by, now=NOW, **how)

    made = {
        "plain": book(THURSDAY, "09:00"),
        "online": book(THURSDAY, "09:30", by=By.patient(None)),
        "request": book(THURSDAY, "10:00", unconfirmed=True),
        "gone": book(THURSDAY, "10:30"),
        "zoes": book(THURSDAY, "11:00", who=zoe),
        "other": book(THURSDAY, "14:00", type=other),
        "friday": book(FRIDAY, "00:00"),
        "came": book(FRIDAY, "23:30"),
    }
    cancel_appointment(made["gone"], by=PRACTICE, now=NOW)
    Appointment.objects.filter(pk=made["came"].pk).update(attendance="attended")
    return made


@pytest.mark.rule("3.12.7")
def test_each_thing_that_a_list_may_be_asked_for(practice, week, zoe, elsewhere):
    names = {row.pk: name for name, row in week.items()}
    theirs = book_appointment(
        elsewhere["type"], elsewhere["practitioner"], at(THURSDAY, "09:00"), elsewhere["patient"],
        by=PRACTICE, now=NOW,
    )  # fmt: skip
    everything = Appointment.objects.filter(practice=practice)

    def of(first=THURSDAY, last=FRIDAY, **asked):
        return [names[row.pk] for row in listed(everything, Wanted(first, last, **asked), practice)]

    assert of() == ["plain", "online", "request", "gone", "zoes", "other", "friday", "came"]
    assert of(last=THURSDAY) == ["plain", "online", "request", "gone", "zoes", "other"]
    assert of(first=FRIDAY) == ["friday", "came"]
    assert of(practitioner=zoe) == ["zoes"]
    assert of(type=week["other"].type) == ["other"]
    assert of(status="cancelled") == ["gone"]
    assert of(status="unconfirmed") == ["request"]
    assert of(online=True) == ["online"]
    assert "online" not in of(online=False)
    assert of(attendance="attended") == ["came"]
    assert of(first=FRIDAY, attendance="unsaid") == ["friday"]
    assert of(online=True, status="cancelled") == []
    assert theirs.pk not in names


def test_an_appointment_over_midnight_stands_on_the_day_on_which_it_starts(
    practice, anne, follow_up, julie
):
    made = book_appointment(follow_up, anne, at(THURSDAY, "23:45"), julie, by=PRACTICE, now=NOW)
    rows = Appointment.objects.all()
    assert list(listed(rows, Wanted(THURSDAY, THURSDAY), practice)) == [made]
    assert not listed(rows, Wanted(FRIDAY, FRIDAY), practice)


def test_a_list_is_a_year_at_most():
    Wanted(date(2026, 1, 1), date(2027, 1, 1))
    for last in (date(2027, 1, 2), date(2025, 12, 31)):
        with pytest.raises(ValueError, match="days"):
            Wanted(date(2026, 1, 1), last)


@pytest.mark.rule("3.12.8")
def test_requests_wait_until_they_are_answered_or_over(practice, week):
    rows = Appointment.objects.filter(practice=practice)
    assert [row.pk for row in to_confirm(rows, NOW)] == [week["request"].pk]
    assert to_confirm(Appointment.objects.all(), NOW).count() == 1
    assert to_confirm(Appointment.objects.all(), at(THURSDAY, "10:30")).count() == 0  # over
    cancel_appointment(week["request"], by=PRACTICE, now=NOW)
    assert to_confirm(Appointment.objects.all(), NOW).count() == 0


@pytest.mark.rule("3.12.9")
def test_who_came_is_said_of_what_has_begun(practice, week):
    rows = Appointment.objects.filter(practice=practice)
    names = {row.pk: name for name, row in week.items()}
    begun = {names[row.pk] for row in may_be_said(rows, at(THURSDAY, "11:00"))}
    assert begun == {"plain", "online", "request", "zoes"}
    said = say_attendance(week["plain"], "no_show", was="", by=PRACTICE, now=AFTER)
    assert (said.attendance, said.version) == ("no_show", week["plain"].version + 1)
    entry = said.history.last()
    assert (entry.action, entry.at) == ("edited", AFTER)
    assert say_attendance(said, "attended", was="no_show", by=PRACTICE, now=AFTER)
    assert said.history.last().action == "attended"


@pytest.mark.rule("3.12.9")
def test_what_somebody_else_said_meanwhile_stays(week):
    say_attendance(week["plain"], "excused", was="", by=PRACTICE, now=AFTER)
    count = week["plain"].history.count()
    with pytest.raises(ChangedMeanwhile):
        say_attendance(week["plain"], "no_show", was="", by=PRACTICE, now=AFTER)
    say_attendance(week["plain"], "excused", was="", by=PRACTICE, now=AFTER)  # they agree
    week["plain"].refresh_from_db()
    assert week["plain"].attendance == "excused"
    assert week["plain"].history.count() == count
    for name, refusal in (("gone", AlreadyCancelled), ("friday", NotBegun)):
        with pytest.raises(refusal):
            say_attendance(week[name], "attended", was="", by=PRACTICE, now=AFTER)


def test_a_list_as_csv_is_no_formula_and_holds_no_notes(practice, anne, follow_up):
    wicked = make_patient(practice, "=cmd", last_name="+1;=2", email="a@b.example")
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:00"), wicked, by=PRACTICE, now=NOW, note="Secret"
    )
    made.practice_notes = "Secret"
    made.save()
    made.event.place = practice.places.create(name="Maison du Quai")
    made.event.save()
    text = appointments_csv(Appointment.objects.with_details(), practice.zone)
    assert "Secret" not in text
    titles, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert len(titles) == len(row) == 14
    assert row[:4] == ["03/12/2026", "09:00", "09:30", "Anne Morel"]
    assert row[5:7] == ["'+1;'=2", "'=cmd"]
    assert row[-1] == "Maison du Quai"
