"""A provider that is down is left alone, then tried; one with a rate is not given more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from maia.messaging import flow
from maia.messaging.claims import claim, release
from maia.messaging.models import ChannelState, Message
from tests.conftest import NOW, make_patient
from tests.messaging.test_delivery import work


@pytest.fixture
def twelve(practice, anne):
    """Twelve SMS to twelve mobiles, due now."""
    anne.phone = "+33639980001"
    anne.save()
    for n in range(12):
        patient = make_patient(practice, f"P{n}", mobile=f"+336399800{n:02}")
        Message.objects.create(
            practice=practice, practitioner=anne, patient=patient, kind="test",
            recipient="practitioner", channel="sms", key=f"k{n}", due_at=NOW, try_after=NOW,
        )  # fmt: skip


def state():
    return ChannelState.objects.get(channel="sms")


def test_after_five_failures_it_is_left_alone_and_then_tried_once(twelve, sms):
    sms.mood = "later"
    work()
    assert (sms.asked, state().failures) == (5, 5)
    untouched = Message.objects.filter(status="queued", attempts=0, lease_until=None)
    assert untouched.count() == 7  # as if nobody had taken them
    work(NOW + timedelta(seconds=29))
    assert sms.asked == 5
    work(NOW + timedelta(seconds=31))
    assert sms.asked == 6  # one, to see
    sms.mood = "take"
    work(NOW + timedelta(hours=1))
    assert state().failures == 0
    assert len(sms.taken) == 12


def test_its_rest_grows_up_to_five_minutes(twelve, sms):
    sms.mood = "later"
    now, rests = NOW, []
    for _ in range(8):
        work(now)
        rests.append(state().broken_until - now)
        now = state().broken_until
    assert rests[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert max(rests) == timedelta(minutes=5)


def test_a_refusal_is_an_answer(twelve, sms):
    sms.mood = "refuse"
    work()
    assert sms.asked == 12
    assert set(Message.objects.values_list("status", "error")) == {("failed", "http 400")}


def test_one_channel_down_does_not_stop_the_other(twelve, sms, smtp, anne):
    sms.mood = "later"
    Message.objects.create(
        practice=anne.practice, practitioner=anne, kind="test", recipient="practitioner",
        channel="email", key="mail", due_at=NOW, try_after=NOW,
    )  # fmt: skip
    work()
    assert len(smtp.taken) == 1


def test_a_rate_is_kept_by_all_workers_together(twelve, sms, settings):
    settings.MESSAGE_RATES = {"sms": 4}
    first = claim("sms", "one", NOW)
    second = claim("sms", "two", NOW)
    assert (len(first), len(second)) == (4, 0)
    assert len(claim("sms", "two", NOW + timedelta(seconds=0.5))) == 2
    assert len(claim("sms", "one", NOW + timedelta(minutes=1))) == 4  # nothing is saved up


def test_what_is_not_there_is_not_spent(twelve, sms, settings):
    settings.MESSAGE_RATES = {"sms": 20}
    assert len(claim("sms", "one", NOW)) == 12
    assert state().tokens == 8


def test_released_it_is_as_before(twelve, sms):
    for message in claim("sms", "one", NOW):
        release(message)
    assert Message.objects.filter(attempts=0, lease_until=None, status="queued").count() == 12
    assert len(claim("sms", "two", NOW)) == 12


def test_messages_to_one_patient_leave_in_order(practice, anne, smtp):
    julie = make_patient(practice, "Julie", email="julie@patiente.example")
    for n, due in enumerate((2, 0, 1)):
        Message.objects.create(
            practice=practice, practitioner=anne, patient=julie, kind="test",
            recipient="practitioner", channel="email", key=f"k{n}",
            due_at=NOW + timedelta(minutes=due), try_after=NOW,
        )  # fmt: skip
    assert [m.key for m in claim("email", "one", NOW)] == ["k1"]
    work(NOW + timedelta(hours=1))  # after the lease of the first
    sent = Message.objects.filter(status="sent").order_by("sent_at", "due_at")
    assert [m.key for m in sent] == ["k1", "k2", "k0"]


def test_allowance_needs_no_row_to_begin_with(db):
    assert flow.allowance("sms", 20, timezone.now()) == 20
