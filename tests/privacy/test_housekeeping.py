"""What is past its term goes, and nothing else."""

from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.seats import Seat
from maia.privacy.housekeeping import keep_house
from maia.privacy.journal import Act, note
from maia.privacy.models import JournalEntry, Terms
from maia.schedules.repeating import Rule
from maia.tokens.issuing import make_token
from maia.tokens.models import Answer
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user
from tests.security.conftest import code_in

IN_20_YEARS = NOW + relativedelta(years=20)


@pytest.fixture
def lina(practice, anne, follow_up):
    record = make_patient(practice, "Lina", birth_date=date(1990, 1, 1))
    Patient.objects.filter(pk=record.pk).update(created_at=NOW - timedelta(days=400))
    start = NOW.replace(hour=8, minute=30)
    book_appointment(follow_up, anne, start, record, by=By.practice(None), now=NOW)
    return record


def is_erased(record):
    record.refresh_from_db()
    return record.erased_at is not None


def test_a_record_goes_twenty_years_after_the_last_appointment(lina):
    assert keep_house(IN_20_YEARS - timedelta(days=1))["records"] == 0
    assert not is_erased(lina)
    assert keep_house(IN_20_YEARS + timedelta(days=1))["records"] == 1
    assert is_erased(lina)
    assert keep_house(IN_20_YEARS + timedelta(days=2))["records"] == 0


def test_a_practice_keeps_less_if_it_says_so(lina, practice):
    Terms.objects.create(practice=practice, records_years=3)
    keep_house(NOW + relativedelta(years=3, days=1))
    assert is_erased(lina)


def test_a_childs_waits_until_she_is_28(lina):
    Patient.objects.filter(pk=lina.pk).update(birth_date=date(2026, 11, 1))
    keep_house(NOW + relativedelta(years=27))
    assert not is_erased(lina)
    keep_house(NOW + relativedelta(years=28, days=1))
    assert is_erased(lina)


def test_one_who_never_came_counts_from_her_first_day(practice):
    record = make_patient(practice, "Zoé")
    Patient.objects.filter(pk=record.pk).update(created_at=NOW)
    keep_house(IN_20_YEARS - timedelta(days=1))
    assert not is_erased(record)
    keep_house(IN_20_YEARS + timedelta(days=1))
    assert is_erased(record)


def test_texts_of_messages_go_after_a_year_and_that_they_were_sent_stays(lina, practice):
    sent = Message.objects.create(
        practice=practice, kind="reminder", channel="sms", recipient="patient", key="k",
        due_at=NOW, try_after=NOW, sent_at=NOW, status="sent", patient=lina,
        to="+33639980001", body="Rappel",
    )  # fmt: skip
    keep_house(NOW + timedelta(days=360))
    sent.refresh_from_db()
    assert sent.body == "Rappel"
    assert keep_house(NOW + timedelta(days=370))["messages"] == 1
    sent.refresh_from_db()
    assert (sent.to, sent.body, sent.status, sent.sent_at) == ("", "", "sent", NOW)


def test_the_journal_goes_after_a_year(practice, anne):
    note(Act.ALL_EXPORTED, Seat(anne.user, practice, "owner"), now=NOW)
    keep_house(NOW + timedelta(days=360))
    assert JournalEntry.objects.count() == 1
    assert keep_house(NOW + timedelta(days=370))["journal"] == 1


def test_accounts_that_nobody_uses_go(practice, anne, lina):
    def account(email, *, verified, joined, last=None, **more):
        user = make_user(email, verified=verified)
        User.objects.filter(pk=user.pk).update(date_joined=joined, last_login=last, **more)
        return user

    old, recent = NOW - timedelta(days=8), NOW - timedelta(days=6)
    asleep = NOW - relativedelta(years=3, days=1)
    account("typed@x.example", verified=False, joined=old)
    account("asleep@x.example", verified=True, joined=asleep, last=asleep)
    kept = {
        account("yesterday@x.example", verified=False, joined=recent),
        account("used@x.example", verified=True, joined=asleep, last=recent),
        account("operator@x.example", verified=True, joined=asleep, last=asleep, is_staff=True),
    }
    member = account("member@x.example", verified=True, joined=asleep, last=asleep)
    practice.team.create(user=member, role="assistant")
    to_come = account("to-come@x.example", verified=True, joined=asleep, last=asleep)
    Patient.objects.filter(pk=lina.pk).update(user=to_come)
    keep_house(NOW - timedelta(hours=2))  # before her appointment ends
    assert set(User.objects.exclude(pk=anne.user.pk)) == kept | {member, to_come}


def test_what_a_script_was_answered_goes_after_a_day(julie):
    token, _secret = make_token(julie.user, "x", now=NOW)
    Answer.objects.create(token=token, key="k", digest="d", made=["1"], created_at=NOW)
    keep_house(NOW + timedelta(hours=23))
    assert Answer.objects.count() == 1
    assert keep_house(NOW + timedelta(hours=25))["answers"] == 1


def test_where_she_signed_in_is_kept_as_long_as_she_is(client, julie, mailoutbox):
    client.post("/accounts/login/code/", {"email": julie.email})
    client.post("/accounts/login/code/confirm/", {"code": code_in(mailoutbox[0])})
    assert UserSession.objects.count() == 1
    keep_house(timezone.now())
    assert UserSession.objects.count() == 1
    client.logout()
    keep_house(timezone.now())
    assert UserSession.objects.count() == 0


@pytest.mark.rule("3.12.16")
def test_a_series_with_no_end_is_prolonged(anne):
    span = (at(THURSDAY, "14:00"), at(THURSDAY, "15:00"))
    rule = Rule("FREQ=WEEKLY")
    block_time(anne, *span, Text("Staff"), rule=rule, now=NOW, allow_overlap=False)
    assert keep_house(NOW)["prolonged"] == 0
    assert keep_house(NOW + timedelta(days=60))["prolonged"] == 9


@pytest.mark.rule("3.9.4")
def test_the_dates_of_a_pregnancy_end_a_year_after_the_birth(lina, practice):
    born = NOW.date() - timedelta(days=10)
    Patient.objects.filter(pk=lina.pk).update(due_date=NOW.date(), child_birth_date=born)
    other = make_patient(practice, "Ana", due_date=NOW.date())  # nobody wrote a birth
    next_one = make_patient(
        practice, "Zoé", due_date=NOW.date() + relativedelta(months=20), child_birth_date=born
    )

    def dates(record):
        record.refresh_from_db()
        return record.due_date, record.child_birth_date

    assert keep_house(NOW + relativedelta(months=12) - timedelta(days=11))["pregnancies"] == 0
    assert dates(lina) == (NOW.date(), born)
    assert keep_house(NOW + relativedelta(months=12, days=1))["pregnancies"] == 2
    assert dates(lina) == dates(other) == (None, None)
    assert dates(next_one)[0] is not None
    Terms.objects.create(practice=practice, pregnancy_months=3)
    assert keep_house(NOW + relativedelta(months=24))["pregnancies"] == 1
