"""An error says where it is in what was sent, in the names that were sent."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from tests.conftest import NOW, THURSDAY, at

EVENT = {"start": "2026-12-03T14:00:00+01:00", "end": "2026-12-03T15:00:00+01:00"}


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "office/personal-events", EVENT | {"rrule": "x" * 201}, "rrule"),
        ("POST", "office/personal-events", EVENT | {"rrule": 5}, "rrule"),
        ("POST", "office/personal-events", {"end": EVENT["end"]}, "start"),
        ("POST", "office/personal-events", [], "body"),
        ("POST", "office/personal-events", None, "body"),
        ("POST", "office/appointments/{}/cancel", {"word": "x" * 301}, "word"),
        ("POST", "office/appointments/{}/move", {"start": "x"}, "start"),
        ("POST", "office/appointments/{}/change", {"end": 5}, "end"),
        ("POST", "office/appointments/{}/change", {"end": "2026-12-03T08:00:00+01:00"}, "end"),
        ("PUT", "office/schedule", {"monday": [["9h", "12:00"]]}, "monday"),
        ("PATCH", "office/practitioner", {"booking_horizon_days": 0}, "booking_horizon_days"),
        ("GET", "office/appointments?from=x&to=2026-12-03", None, "from"),
        ("GET", "office/availability?type=x&date=2026-12-03", None, "type"),
        ("GET", "office/personal-events?limit=x", None, "limit"),
        ("GET", "office/personal-events/0", None, "id"),
    ],
)  # fmt: skip
def test_an_error_names_the_field_as_it_was_sent(
    owner, anne, follow_up, julie, method, path, body, field
):
    nine = at(THURSDAY, "09:00")
    booked = book_appointment(follow_up, anne, nine, julie, by=By.practice(None), now=NOW)
    answer = owner.call(method, path.format(booked.uid), body)
    assert answer.status_code == 422, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
