"""Time that the practice takes for itself, over appointments or not."""

import pytest

from maia.appointments.acts.blocking import be_absent
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import ChangedMeanwhile
from maia.schedules.models import Absence
from tests.conftest import NOW, THURSDAY, at, make_patient


@pytest.mark.rule("3.12.5")
def test_an_absence_cancels_nothing_that_nobody_decided_about(practice, anne, follow_up):
    by = By.practice(None)
    made = [
        book_appointment(
            follow_up, anne, at(THURSDAY, time), make_patient(practice), by=by, now=NOW
        )
        for time in ("09:30", "10:30")
    ]
    spans, how = (
        [(at(THURSDAY, "09:00"), at(THURSDAY, "12:00"))],
        {"by": by, "now": NOW},
    )
    with pytest.raises(ChangedMeanwhile):
        be_absent(anne, spans, "", decided={made[0].pk: True}, **how)
    assert not Absence.objects.exists()
    decided = {made[0].pk: True, made[1].pk: False}
    assert be_absent(anne, spans, "", decided=decided, **how) == [made[0]]
    assert be_absent(anne, spans, "", decided=None, **how) == []
