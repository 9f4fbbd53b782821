"""What is counted or changed by several at once, in real processes: no limit passed, no change lost."""

from datetime import time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from maia.accounts.limits import Limited, ask
from maia.appointments.acts.booking import book_appointment
from maia.appointments.models import Appointment
from maia.calendars.adding import add_calendar, make_feed
from maia.calendars.models import Feed
from maia.patients.models import Patient
from maia.patients.records import find_record
from maia.practices.models import Membership, Practitioner
from maia.schedules.models import ExternalCalendar, Schedule
from maia.tokens.issuing import make_token
from maia.tokens.models import Token
from maia.webhooks.adding import add_webhook
from maia.webhooks.models import Webhook
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user, signed_in
from tests.faults.test_races import BY, FORK, race
from tests.pages import shown

pytestmark = pytest.mark.django_db(transaction=True)
WEEKS = [{day: [(540, 600 + 30 * n)] for day in range(7)} for n in range(8)]


def colleague_of(anne, name):
    other = Practitioner.objects.create(practice=anne.practice, first_name=name, last_name="Roy")
    Schedule.objects.create(practitioner=other).write(dict.fromkeys(range(7), [(540, 720)]))
    return other


def test_one_appointment_to_come_with_four_practitioners_at_once(practice, anne, follow_up, julie):
    practice.max_open_bookings = 1
    practice.save()
    team = [anne, *(colleague_of(anne, name) for name in ("Léa", "Mia", "Zoé"))]
    for day_hour in ("09:00", "09:30", "10:00", "10:30", "11:00"):
        Appointment.objects.all().delete()

        def take(practitioner, hour=day_hour):
            book_appointment(follow_up, practitioner, at(THURSDAY, hour), julie, by=BY, now=NOW)

        outcomes, _slowest = race([partial(take, one) for one in team for _ in range(3)])
        assert outcomes.pop("won") == 1
        # Of the same one's slot, that it is gone, or gone to herself, is as true and said first.
        why_not = {told.splitlines()[-1].rpartition(".")[2] for told in outcomes}
        assert why_not <= {"SlotTaken", "PatientBusy", "NotBookable: too_many"}, outcomes
        assert Appointment.objects.count() == 1


def week_of_one(anne, type, people):
    """Each wants a day of her own in one week, with the same practitioner."""
    days = [THURSDAY + timedelta(days=n) for n in range(4)]
    hours = ("09:00", "10:00", "11:00", "14:00")
    return [
        partial(book_appointment, type, anne, at(days[n % 4], hours[n // 4]), one, by=BY, now=NOW)
        for n, one in enumerate(people)
    ]


@pytest.mark.rule("3.2.8")
@pytest.mark.rule("3.2.9")
@pytest.mark.parametrize(
    ("limit", "reason"), [("max_a_week", "week_full"), ("max_new_a_week", "new_patients_full")]
)
def test_a_week_takes_no_more_than_its_number_of_many_at_once(practice, anne, limit, reason):
    type = make_type(practice, **{limit: 3})
    people = [make_patient(practice, f"P{n}", origin="online") for n in range(16)]
    outcomes, _slowest = race(week_of_one(anne, type, people))
    assert outcomes.pop("won") == 3
    assert {told.splitlines()[-1].rpartition(".")[2] for told in outcomes} == {
        f"NotBookable: {reason}"
    }
    assert Appointment.objects.count() == 3


@pytest.mark.rule("3.2.10")
@pytest.mark.rule("3.2.11")
@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"one_to_come": True}, "one_to_come"), ({"days_between_two": 28}, "days_between_two")],
)
def test_a_patients_limit_holds_with_four_practitioners_at_once(
    practice, anne, julie, limits, reason
):
    """In four agendas, of which no lock is another's: her record is."""
    type = make_type(practice, **limits)
    team = [anne, *(colleague_of(anne, name) for name in ("Léa", "Mia", "Zoé"))]
    for text in ("09:00", "09:30", "10:00"):
        Appointment.objects.all().delete()
        acts = [
            partial(
                book_appointment, type, who, at(THURSDAY + timedelta(days=n), text), julie,
                by=BY, now=NOW,
            )
            for n, who in enumerate(team)
            for _twice in range(2)
        ]  # fmt: skip
        outcomes, _slowest = race(acts)
        assert outcomes.pop("won") == 1
        # Of the same time of the same one, that it is gone, or gone to herself, is said first.
        told = {words.splitlines()[-1].rpartition(".")[2] for words in outcomes}
        assert told <= {"SlotTaken", "PatientBusy", f"NotBookable: {reason}"}, outcomes
        assert f"NotBookable: {reason}" in told
        assert Appointment.objects.count() == 1


def test_four_first_requests_of_a_new_patient_all_meet_her_record(practice):
    for n in range(6):
        user = make_user(f"lina{n}@patiente.example")
        record = make_patient(practice, "Lina", email=user.email)

        def meet(user=user, record=record):
            assert find_record(user, practice) == record

        outcomes, _slowest = race([meet] * 8)
        assert outcomes == {"won": 8}


def test_eight_schedules_at_once_are_one_of_them(anne):
    def write(week):
        try:
            Schedule.set_for(anne, week)
        except IntegrityError as error:
            raise AssertionError("half a schedule") from error

    outcomes, _slowest = race([partial(write, week) for week in WEEKS * 2])
    assert outcomes == {"won": 16}
    lines = Schedule.objects.get(practitioner=anne).lines.all()
    assert {line.weekday: line.ranges for line in lines} in WEEKS


def test_two_who_change_different_fields_both_do(practice, anne, follow_up, julie):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    _token, secret = make_token(anne.user, "x", now=timezone.now(), practice=practice)

    def patch(path, body):
        answer = Client().patch(
            path,
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == 200, answer.content

    record, type = (
        f"/api/v1/office/patients/{julie.pk}",
        f"/api/v1/office/appointment-types/{follow_up.pk}",
    )
    for n in range(5):
        acts = [
            (record, {"notes": f"note {n}"}), (record, {"last_name": f"Petit {'ABCDE'[n]}"}),
            (type, {"name": f"Suivi {'ABCDE'[n]}"}), (type, {"duration_minutes": 30 + n}),
            ("/api/v1/office/practitioner", {"booking_horizon_days": 30 + n}),
            ("/api/v1/office/practitioner", {"reminder_time": f"1{n}:00"}),
        ]  # fmt: skip
        outcomes, _slowest = race([partial(patch, *act) for act in acts])
        assert outcomes == {"won": 6}
        julie.refresh_from_db()
        follow_up.refresh_from_db()
        anne.refresh_from_db()
        assert (julie.notes, julie.last_name) == (f"note {n}", f"Petit {'ABCDE'[n]}")
        assert (follow_up.name, follow_up.duration_minutes) == (f"Suivi {'ABCDE'[n]}", 30 + n)
        assert (anne.booking_horizon_days, anne.reminder_time) == (30 + n, time(10 + n))
    assert Patient.objects.count() == 1


def add_programs(practice, anne):
    return [partial(add_webhook, practice, f"https://compta.example/{n}") for n in range(24)]


def make_feeds(practice, anne):
    return [partial(make_feed, anne.user, anne, "masked")] * 24


def add_calendars(practice, anne):
    when = {"by": anne.user, "now": NOW}
    address = "https://hopital.example/{}.ics"
    return [partial(add_calendar, anne, "x", address.format(n), **when) for n in range(24)]


def make_tokens(practice, anne):
    return [partial(make_token, anne.user, "x", now=NOW)] * 24


@pytest.mark.parametrize(
    ("acts_of", "model", "most"),
    [
        (add_programs, Webhook, 5),
        (make_feeds, Feed, 10),
        (add_calendars, ExternalCalendar, 5),
        (make_tokens, Token, 20),
    ],
)
def test_many_at_once_pass_no_maximum(practice, anne, acts_of, model, most):
    outcomes, _slowest = race(acts_of(practice, anne))
    assert model.objects.count() == outcomes.pop("won") == most
    assert all("TooMany" in told.splitlines()[-1] for told in outcomes), outcomes


def test_the_same_one_added_many_times_at_once_is_one(practice, anne):
    url = "https://compta.example/"
    outcomes, _slowest = race([partial(add_webhook, practice, url)] * 12)
    assert outcomes.pop("won") == 1
    assert all("ToldAlready" in told.splitlines()[-1] for told in outcomes), outcomes
    calendar = partial(add_calendar, anne, "x", url, by=anne.user, now=NOW)
    outcomes, _slowest = race([calendar] * 12)
    assert outcomes.pop("won") == 1
    assert all("ReadAlready" in told.splitlines()[-1] for told in outcomes), outcomes


def test_many_at_once_are_no_more_than_the_limit_of_an_act(db):
    outcomes, _slowest = race([partial(ask, Limited.TEST_SMS, 1, now=NOW)] * 24)
    assert outcomes.pop("won") == 5
    assert all("TooOften" in told.splitlines()[-1] for told in outcomes), outcomes


def browsers_of(user):
    """Of one session, as many as are asked for."""
    cookie = signed_in(Client(), user).cookies["sessionid"].value

    def browser():
        client = Client()
        client.cookies["sessionid"] = cookie
        return client

    return browser


KEY = "8f14e45f-ceea-467f-9d1b-2f6a4a1f3c55"


@pytest.mark.rule("3.4.3")
def test_one_form_posted_by_many_at_once_makes_one_thing(practice, anne, follow_up):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    browser = browsers_of(anne.user)
    away = {
        "practitioner": anne.pk, "title": "", "repeat": "never",
        "first_date": "2026-12-07", "last_date": "2026-12-07", "request_key": KEY,
    }  # fmt: skip
    newcomer = {
        "first_name": "Zoé", "last_name": "Neuve", "practitioner": anne.pk, "type": follow_up.pk,
        "date": "2026-12-08", "time": "10:00", "allow_overlap": "on", "request_key": KEY,
    }  # fmt: skip

    def post(path, typed):
        answer = browser().post(path, typed)
        assert answer.status_code == 302
        assert answer["Location"].startswith(path.removesuffix("new/"))

    for path, typed in (("/pro/absences/new/", away), ("/pro/appointments/new/", newcomer)):
        outcomes, _slowest = race([partial(post, path, typed)] * 12)
        assert outcomes == {"won": 12}
    assert anne.absences.count() == 1
    assert (Patient.objects.count(), Appointment.objects.count()) == (1, 1)


@pytest.mark.rule("3.1.9")
def test_of_two_who_change_one_field_at_once_the_second_is_asked(practice, anne, follow_up, julie):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    browser = browsers_of(anne.user)
    forms = {
        f"/pro/patients/{julie.pk}/": "first_name",
        f"/pro/settings/types/{follow_up.pk}/": "name",
        f"/pro/settings/practitioners/{anne.pk}/": "title",
        f"/pro/settings/practitioners/{anne.pk}/schedule/": "start_0",
        "/pro/settings/practice/": "city",
        "/pro/settings/privacy/": "notice",
    }

    def post(path, typed, answers):
        answers.put(browser().post(path, typed).status_code)

    for path, field in forms.items():
        for n in range(2):
            page = shown(browser(), path)
            words = [f"08:{n}{m}" if field == "start_0" else f"Mot {n} {m}" for m in range(4)]
            answers = FORK.SimpleQueue()
            outcomes, _slowest = race(
                [partial(post, path, page | {field: word}, answers) for word in words]
            )
            assert outcomes == {"won": 4}
            assert sorted(answers.get() for _ in words) == [302, 422, 422, 422], path
            assert shown(browser(), path)[field] in words
