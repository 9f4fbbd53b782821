"""The calendar file: what a patient's own calendar understands."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.ics import Method, ics
from tests.conftest import NOW, THURSDAY, at

BY = By.patient(None)


def read(appointment, method=Method.REQUEST):
    calendar = Calendar.from_ical(ics(appointment, method, "rdv@maia.example"))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@pytest.mark.rule("3.6.9")
def test_booked_moved_cancelled_are_one_entry_that_grows(follow_up, anne, julie):
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=BY, now=NOW)
    calendar, first = read(made)
    assert calendar["method"] == "REQUEST"
    assert first["dtstart"].dt == at(THURSDAY, "09:30")
    assert len(calendar.walk("VTIMEZONE")) == 0  # UTC: every reader reads it alike
    assert len(calendar.walk("VALARM")) == 1
    moved = move_appointment(made, at(THURSDAY, "15:00"), by=BY, now=NOW)
    second = read(moved)[1]
    cancelled = cancel_appointment(moved, by=BY, now=NOW)
    calendar, third = read(cancelled, Method.CANCEL)
    assert calendar["method"] == "CANCEL"
    assert third["status"] == "CANCELLED"
    assert first["uid"] == second["uid"] == third["uid"]
    assert [e["sequence"] for e in (first, second, third)] == [0, 1, 2]
    assert second["dtstart"].dt - first["dtstart"].dt == timedelta(hours=5, minutes=30)


def test_it_does_not_say_what_for_and_nothing_can_be_injected(follow_up, anne, julie):
    anne.last_name = "Morel\r\nATTENDEE:mailto:x@evil.example"
    anne.save()
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=BY, now=NOW)
    content = ics(made, Method.REQUEST, "rdv@maia.example").decode()
    assert follow_up.name not in content
    assert "\r\nATTENDEE:mailto:x" not in content.replace("\r\n ", "")
