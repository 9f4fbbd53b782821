"""A practice's SMS of a day are bounded; what is over waits, or fails where it can be read."""

from datetime import timedelta
from functools import partial

import pytest

from maia.accounts.models import Allowance
from maia.appointments.agenda import Boxes
from maia.jobs.claims import HOLD
from maia.messaging.models import Message
from maia.messaging.reasons import reason
from maia.messaging.resolving import resend
from maia.messaging.spending import OverTheDay, count, counted_today
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.faults.test_races import race
from tests.messaging.test_delivery import work
from tests.messaging.test_reminders import book

REMINDED = at(THURSDAY - timedelta(days=1), "14:00")  # of an appointment on Thursday
TOMORROW = at(THURSDAY, "08:00")


@pytest.fixture
def two_a_day(settings):
    settings.SMS_A_DAY = 2


def to_remind(follow_up, anne, practice, *hours):
    """One patient an appointment, each with a mobile and the SMS box ticked."""
    for n, hour in enumerate(hours):
        patient = make_patient(practice, f"P{n}", mobile=f"+336399801{n:02}")
        book(follow_up, anne, patient, hour, boxes=Boxes(email=False, sms=True))


def reminders(**wanted):
    return Message.objects.filter(kind="reminder", channel="sms", **wanted)


@pytest.mark.rule("3.6.14")
def test_over_the_bound_it_waits_for_the_morning_and_is_counted_once(
    follow_up, anne, practice, smtp, sms, two_a_day
):
    to_remind(follow_up, anne, practice, "09:00", "09:30", "10:00", "10:30")
    work(REMINDED)
    assert len(sms.taken) == 2 == counted_today(practice, REMINDED)
    waiting = reminders(status="queued")
    assert {(m.try_after, m.error, m.segments) for m in waiting} == {(TOMORROW, "sms_a_day", 0)}
    assert len(waiting) == 2
    work(TOMORROW)
    assert len(sms.taken) == 4
    assert {m.error for m in reminders(status="sent")} == {""}
    assert counted_today(practice, TOMORROW) == 2


def test_where_tomorrow_is_too_late_it_fails_in_words(
    follow_up, anne, practice, smtp, sms, two_a_day
):
    to_remind(follow_up, anne, practice, "07:00", "07:30", "08:00", "08:30")
    work(REMINDED)
    failed = reminders(status="failed")
    assert [m.appointment.start for m in failed] == [at(THURSDAY, "08:00")]
    assert "autant de SMS" in reason(failed[0])
    assert failed[0].is_to_settle
    assert reminders(status="queued").count() == 1


def test_a_retry_is_not_counted_again_and_sending_again_by_hand_is(
    follow_up, anne, practice, smtp, sms, settings
):
    settings.SMS_A_DAY = 10
    to_remind(follow_up, anne, practice, "09:00")
    sms.mood = "later"
    for minutes in (0, 5, 15, 45):
        work(REMINDED + timedelta(minutes=minutes))
    assert (sms.asked, counted_today(practice, REMINDED)) == (4, 1)
    sms.mood = "take"
    work(REMINDED + timedelta(hours=2))
    sent = reminders().get()
    assert (sent.status, counted_today(practice, REMINDED)) == ("sent", 1)
    Message.objects.update(receipt="undelivered")
    resend(reminders().get(), REMINDED + timedelta(hours=3))
    work(REMINDED + timedelta(hours=3))
    assert (len(sms.taken), counted_today(practice, REMINDED)) == (2, 2)


def test_emails_are_not_counted_and_zero_is_no_bound(
    follow_up, anne, practice, smtp, sms, settings
):
    settings.SMS_A_DAY = 0
    to_remind(follow_up, anne, practice, "09:00", "09:30", "10:00")
    work(REMINDED)
    assert len(sms.taken) == 3
    assert not Allowance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_bound_pass_it_by_none(follow_up, anne, practice, smtp, sms, settings):
    settings.SMS_A_DAY = 5
    hours = (9, 10, 11, 14, 15, 16)
    to_remind(follow_up, anne, practice, *(f"{h:02}:{m}" for h in hours for m in ("00", "30")))
    work()
    outcomes, _slowest = race([partial(work, REMINDED)] * 6)
    assert outcomes == {"won": 6}
    work(REMINDED + HOLD)
    assert len(sms.taken) == 5 == counted_today(practice, REMINDED)
    assert reminders(status="sent").count() == 5
    assert reminders(status="queued", error="sms_a_day").count() == 7


@pytest.mark.django_db
def test_a_long_one_counts_as_it_is_billed(practice, settings):
    settings.SMS_A_DAY = 4
    message = Message(practice=practice, segments=0)
    count(message, 3, NOW)
    with pytest.raises(OverTheDay):
        count(message, 2, NOW)
    message.segments = 3  # another try, one longer
    count(message, 4, NOW)
    assert counted_today(practice, NOW) == 4
