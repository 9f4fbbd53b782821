"""One person, several tabs, several practitioners, at once and in real processes: one place."""

from functools import partial

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user
from tests.faults.test_counting_races import colleague_of
from tests.faults.test_races import race

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = ("09:00", "09:30", "10:00", "10:30", "11:00")
TOLD = ("PatientBusy", "SlotTaken")


def told(outcomes):
    """What the others were told, by the last line of what they got."""
    return {outcome.splitlines()[-1].rpartition(".")[2].partition(":")[0] for outcome in outcomes}


@pytest.mark.rule("3.4.14")
def test_four_practitioners_at_one_time_are_one_appointment(practice, anne, follow_up, julie):
    team = [anne, *(colleague_of(anne, name) for name in ("Léa", "Mia", "Zoé"))]
    by = By.patient(julie.user)
    for hour in HOURS:

        def take(who, hour=hour):
            book_appointment(follow_up, who, at(THURSDAY, hour), julie, by=by, now=NOW)

        outcomes, _slowest = race([partial(take, who) for who in team for _ in range(3)])
        assert outcomes.pop("won") == 1
        assert told(outcomes) <= set(TOLD), outcomes
    assert Appointment.objects.count() == len(HOURS)


def test_two_of_hers_moved_to_one_time_are_not_both(practice, anne, follow_up, julie):
    other, by = colleague_of(anne, "Léa"), By.patient(julie.user)
    for number, hour in enumerate(HOURS[:3]):
        Appointment.objects.all().delete()
        make = partial(book_appointment, follow_up, patient=julie, by=by, now=NOW)
        # Each run in a week of its own: what was deleted has left its event.
        day = THURSDAY.replace(day=THURSDAY.day + 7 * (number + 1) - 7)
        both = [
            make(practitioner=anne, start=at(day, "11:00")),
            make(practitioner=other, start=at(day, "11:30")),
        ]
        acts = [
            partial(move_appointment, one, at(day, hour), by=by, now=NOW)
            for one in both
            for _ in range(3)
        ]
        outcomes, _slowest = race(acts)
        assert outcomes.pop("won") >= 1
        assert told(outcomes) <= set(TOLD), outcomes
        starts = {one.start for one in Appointment.objects.with_details()}
        assert len(starts) == 2


def test_crossing_each_other_they_do_not_lock_up(practice, anne, follow_up, julie):
    """Two patients, two agendas, and a practice that moves theirs between the two meanwhile."""
    other = colleague_of(anne, "Léa")
    lina = make_patient(practice, "Lina", make_user("lina@patiente.example"))
    practice_acts = By.practice(None)
    placed = [
        book_appointment(follow_up, who, at(THURSDAY, hour), patient, by=practice_acts, now=NOW)
        for who, hour, patient in ((anne, "09:00", julie), (other, "09:30", lina))
    ]

    def swap(one, who, hour):
        move_appointment(
            one, at(THURSDAY, hour), practitioner=who, by=practice_acts, now=NOW,
            allow_overlap=True,
        )  # fmt: skip

    def take(who, patient, hour):
        by = By.patient(patient.user)
        book_appointment(follow_up, who, at(THURSDAY, hour), patient, by=by, now=NOW)

    acts = [
        partial(swap, placed[0], other, "10:00"), partial(swap, placed[0], anne, "10:30"),
        partial(swap, placed[1], anne, "10:00"), partial(swap, placed[1], other, "10:30"),
        partial(take, anne, julie, "11:00"), partial(take, other, julie, "11:00"),
        partial(take, other, lina, "11:00"), partial(take, anne, lina, "11:00"),
    ]  # fmt: skip
    outcomes, _slowest = race(acts)
    outcomes.pop("won")
    assert told(outcomes) <= {*TOLD, "ChangedMeanwhile"}, outcomes
