"""Appointments of Julie's with Anne, on any day."""

from datetime import date

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import Boxes, By
from tests.conftest import NOW, at


@pytest.fixture
def booked_in(follow_up, anne, julie):
    """Notes one on the day and hour named, and gives it."""

    def book(day, hour="09:30", **how):
        return book_appointment(
            follow_up,
            how.pop("practitioner", anne),
            at(date.fromisoformat(day), hour),
            julie,
            by=By.practice(anne.user),
            now=NOW,
            boxes=Boxes(email=False, sms=False),
            allow_overlap=True,
            **how,
        )

    return book
