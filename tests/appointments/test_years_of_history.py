"""Years of appointments behind her: no look, booking, move or absence reads them."""

import re
from datetime import timedelta
from itertools import cycle

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.models import Appointment, Event
from maia.appointments.preference import one_a_time
from maia.appointments.slots import free_slots, offered_slots
from maia.patients.models import Patient
from maia.practices.models import Membership, Practitioner
from maia.schedules.models import Schedule
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.office.conftest import BACKEND

PAST, AHEAD = 10_000, 300
A_FEW = 2_000  # rows of the agenda, in one statement


@pytest.fixture
def years(practice, anne, follow_up, julie):
    half = timedelta(minutes=30)

    def appointment(start):
        return Event(
            practice=practice, practitioner=anne, kind="appointment", type=follow_up,
            start=start, end=start + half, exclusive=False,  # quick to insert on SQLite
        )  # fmt: skip

    behind = [appointment(NOW - half * n) for n in range(1, PAST)]
    ahead = [appointment(at(THURSDAY, "18:00") + half * n) for n in range(AHEAD)]
    made = Event.objects.bulk_create(behind + ahead, batch_size=2000)
    Patient.objects.bulk_create(
        Patient(practice=practice, first_name="P", last_name=str(n), email="") for n in range(999)
    )
    patients = [julie, *Patient.objects.exclude(pk=julie.pk)]
    Appointment.objects.bulk_create(
        (
            Appointment(practice=practice, event=event, patient=patient, status="confirmed")
            for event, patient in zip(made, cycle(patients), strict=False)
        ),
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def too_much(queries):
    """Of the statements that were asked, those that read far into the agenda's tables."""
    read = {"postgresql": rows_read, "sqlite": guessed_rows}[connection.vendor]
    asked = [q["sql"] for q in queries if q["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert len(asked) > 10
    with connection.cursor() as cursor:
        return [(rows, sql) for sql in asked if (rows := read(cursor, sql)) > A_FEW]


def rows_read(cursor, sql):
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
    ((((top,),),),) = [cursor.fetchall()]
    nodes = [top["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    return sum(
        node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for node in nodes
        if node.get("Relation Name", "").startswith("appointments_")
    )


def guessed_rows(cursor, sql):
    """SQLite counts no rows: whether it goes through a table, or through a practice's part of it."""
    cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
    plan = " ".join(line[3] for line in cursor.fetchall())
    far = re.search(r"SCAN appointments_|SEARCH appointments_\w+ USING INDEX \w*practice_id", plan)
    return PAST if far else 0


@pytest.fixture
def a_day(years, practice, anne, follow_up, julie):
    """A call that does what happens every day."""
    patient, hers = By.patient(None), By.practice(None)
    nine, newcomer = at(THURSDAY, "09:00"), make_patient(practice)
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    Schedule.objects.create(practitioner=ines).write({THURSDAY.weekday(): [(540, 1080)]})

    def live():
        both = free_slots(follow_up, [anne, ines], THURSDAY, THURSDAY, now=NOW)[THURSDAY]
        assert one_a_time(both, zone=practice.zone)
        assert offered_slots(practice.slug, follow_up.pk, None, THURSDAY, THURSDAY, now=NOW).slots
        made = book_appointment(follow_up, anne, nine, newcomer, by=patient, now=NOW)
        made = move_appointment(made, at(THURSDAY, "10:00"), by=patient, now=NOW)
        cancel_appointment(made, by=patient, now=NOW)
        book_appointment(follow_up, anne, at(THURSDAY, "12:10"), julie, by=hers, now=NOW)
        span = (at(THURSDAY, "16:00"), at(THURSDAY, "17:00"))
        block_time(anne, *span, Text("Réunion"), now=NOW, allow_overlap=False)

    return live


def test_nothing_that_happens_every_day_reads_them(a_day):
    with CaptureQueriesContext(connection) as captured:
        a_day()
    assert too_much(captured.captured_queries) == []


def test_plans_that_are_kept_for_any_dates_read_no_more(a_day):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's plans do not look at the dates")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        # All of a transaction so far, as the tables count it.
        reads = (
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables "
            "WHERE relname LIKE 'appointments_%'"
        )
        cursor.execute(reads)
        (before,) = cursor.fetchone()
        was, connection.connection.prepare_threshold = connection.connection.prepare_threshold, 0
        try:
            a_day()
        finally:
            connection.connection.prepare_threshold = was
        cursor.execute(reads)
        (after,) = cursor.fetchone()
    assert after - before < PAST


def test_a_look_is_planned_once(years, practice, follow_up):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite plans in no time")
    for _ in range(20):
        offered_slots(practice.slug, follow_up.pk, None, THURSDAY, THURSDAY, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT custom_plans, generic_plans FROM pg_prepared_statements "
            "WHERE statement LIKE '%offered.*%'"
        )
        ((planned_each_time, planned_once),) = cursor.fetchall()
    assert planned_each_time <= 5 < planned_once


def test_no_page_of_every_day_reads_them(
    years, practice, anne, follow_up, julie, client, time_machine
):
    time_machine.move_to(NOW, tick=False)
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    _token, secret = make_token(anne.user, "t", now=NOW, practice=practice)
    day = "from=2026-12-09&to=2026-12-09"
    (first,) = Appointment.objects.filter(patient=julie).order_by("-event__start")[:1]
    with CaptureQueriesContext(connection) as captured:
        for page in (
            f"/{practice.slug}/book/{follow_up.pk}/",
            f"/{practice.slug}/book/{follow_up.pk}/?from=2026-12-14",
        ):
            assert client.get(page).status_code == 200, page
        client.force_login(anne.user, BACKEND)
        for page in (
            "/pro/?view=day&date=2026-12-09",
            "/pro/agenda/events/?start=2026-12-09T00:00&end=2026-12-10T00:00",
            f"/pro/appointments/{first.pk}/",
            f"/pro/patients/{julie.pk}/",
            "/pro/absences/",
        ):
            assert client.get(page).status_code == 200, page
        bearer = {"Authorization": f"Bearer {secret}"}
        listed = client.get(f"/api/v1/office/appointments?{day}", headers=bearer).json()["items"]
        assert len(listed) > 40
    assert too_much(captured.captured_queries) == []
