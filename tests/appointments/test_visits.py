"""The last and the next visit of each of some patients."""

from datetime import timedelta

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.appointments.visits import Visits, visits_of
from tests.conftest import NOW, THURSDAY, at, make_patient


def test_the_last_and_the_next_visit(practice, anne, follow_up, julie, django_assert_num_queries):
    nobody = make_patient(practice, "Lina")
    by = By.practice(None)
    made = {
        text: book_appointment(follow_up, anne, at(THURSDAY, text), julie, by=by, now=NOW)
        for text in ("09:00", "10:00", "11:00", "14:00", "15:00", "16:00")
    }
    Appointment.objects.filter(pk=made["11:00"].pk).update(attendance="no_show")
    cancel_appointment(made["14:00"], by=by, now=NOW)
    with django_assert_num_queries(1):
        visits = visits_of(
            [julie.pk, nobody.pk], at(THURSDAY, "12:00"), among=Appointment.objects.all()
        )
    assert visits == {julie.pk: Visits(made["10:00"].start, made["15:00"].start)}
    assert visits_of([julie.pk], NOW, among=Appointment.objects.all())[julie.pk] == Visits(
        None, made["09:00"].start
    )
    later = visits_of([julie.pk], NOW + timedelta(days=9), among=Appointment.objects.all())
    assert later[julie.pk] == Visits(made["16:00"].start, None)
