"""Programs are told what happens to appointments, from the outbox, over real HTTP."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import Boxes, By
from maia.messaging.claims import LEASE, claim, give_up_on_lost_answers
from maia.messaging.hooks import GIVE_UP_AFTER, trial_of
from maia.messaging.models import ChannelState, Message
from maia.messaging.owed import announce
from maia.webhooks.models import PATIENCE, Webhook
from maia.webhooks.signing import signed_headers
from tests.conftest import NOW, THURSDAY, at
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book
from tests.outside.servers import site


@pytest.fixture
def program(settings, smtp):
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with site() as server:
        yield server


@pytest.fixture
def webhook(practice, program):
    return Webhook.objects.create(practice=practice, url=f"{program.base}/maia")


def told(program):
    return [json.loads(body) for _method, _path, _headers, body in program.asked]


def test_the_example_of_the_standard():
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed_headers(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_everything_that_happens_is_told_signed_and_nameless(
    webhook, program, follow_up, anne, julie
):
    appointment = book(follow_up, anne, julie)
    move_appointment(appointment, at(THURSDAY, "15:00"), by=By.practice(None), now=NOW)
    appointment.refresh_from_db()
    edit_appointment(
        appointment, practice_notes="Allaite", attendance="attended", boxes=Boxes(True, False),
        by=By.practice(None), now=at(THURSDAY, "15:00"), seen=appointment.version,
    )  # fmt: skip
    cancel_appointment(appointment, by=By.practice(None), now=NOW)
    work()
    assert sorted(event["type"] for event in told(program)) == [
        f"appointment.{what}" for what in ("attended", "booked", "cancelled", "moved")
    ]
    moved = next(event for event in told(program) if event["type"] == "appointment.moved")
    assert moved["data"] == {
        "practice": "tilleuls",
        "by": "practice",
        "old_start": "2026-12-03T09:30:00+01:00",
        "appointment": {
            "id": str(appointment.uid),
            "practitioner": anne.pk,
            "type": follow_up.pk,
            "patient": julie.pk,
            "start": "2026-12-03T15:00:00+01:00",
            "end": "2026-12-03T15:30:00+01:00",
            "status": "cancelled",
            "attendance": "attended",
            "booked_online": True,
        },
    }
    for method, path, headers, body in program.asked:
        assert (method, path) == ("POST", "/maia")
        for secret in (b"Julie", b"Petit", b"julie@", b"grossesse", b"Allaite"):
            assert secret not in body
        key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{wanted}"
    assert len({headers["webhook-id"] for _m, _p, headers, _b in program.asked}) == 4
    webhook.refresh_from_db()
    assert (webhook.answered_at, webhook.failing_since) == (NOW, None)


def test_what_was_not_taken_goes_again_under_the_same_id(webhook, program, follow_up, anne, julie):
    program.otherwise = (500, {}, b"")
    book(follow_up, anne, julie)
    work()
    message = Message.objects.get(channel="hook")
    assert (message.status, message.error, message.attempts) == ("queued", "http 500", 1)
    webhook.refresh_from_db()
    assert (webhook.failing_since, webhook.error) == (NOW, "http 500")
    program.otherwise = "hang up"  # perhaps it was taken: told twice rather than never
    work(NOW + timedelta(minutes=1))
    program.otherwise = (204, {}, b"")
    work(NOW + timedelta(minutes=10))
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("sent", 3)
    assert len({headers["webhook-id"] for _m, _p, headers, _b in program.asked}) == 1
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_one_that_is_down_holds_nobody_else(webhook, program, practice, follow_up, anne, julie):
    other = Webhook.objects.create(practice=practice, url=f"{program.base}/other")
    program.answers["/maia"] = (503, {}, b"")
    times = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "14:00")
    for time in times:
        book(follow_up, anne, julie, time)
    work()
    paths = [path for _m, path, _h, _b in program.asked]
    assert paths.count("/other") == len(times)
    assert paths.count("/maia") == 1  # the others of its batch wait
    assert not ChannelState.objects.filter(channel="hook", failures__gt=0).exists()
    assert Message.objects.filter(webhook=other, status="sent").count() == len(times)


def test_after_two_days_it_is_given_up_and_after_five_the_webhook_rests(
    webhook, program, follow_up, anne, julie
):
    program.otherwise = (500, {}, b"")
    book(follow_up, anne, julie, "09:30")
    work()
    work(NOW + GIVE_UP_AFTER + timedelta(minutes=1))
    assert Message.objects.get(channel="hook").status == "failed"
    trial_of(webhook, NOW + PATIENCE, by=anne.user)
    work(NOW + PATIENCE)
    webhook.refresh_from_db()
    assert webhook.is_left_alone
    webhook.resume()
    assert Webhook.objects.get().paused_at is None
    assert not Message.objects.to_settle().exists()  # no banner among the patients' messages


def test_gone_is_for_good(webhook, program, follow_up, anne, julie):
    program.otherwise = (410, {}, b"")
    book(follow_up, anne, julie)
    work()
    webhook.refresh_from_db()
    assert webhook.is_left_alone
    assert Message.objects.get(channel="hook").status == "failed"


def test_one_that_is_paused_or_of_another_practice_is_told_nothing(
    webhook, program, elsewhere, follow_up, anne, julie
):
    Webhook.objects.create(practice=elsewhere["practice"], url=f"{program.base}/else")
    Webhook.objects.update(paused_at=NOW)
    Webhook.objects.filter(practice=elsewhere["practice"]).update(paused_at=None)
    book(follow_up, anne, julie)
    work()
    assert program.asked == []
    assert not Message.objects.filter(channel="hook").exists()


def test_an_address_that_has_become_private_is_not_asked(
    webhook, program, settings, follow_up, anne, julie
):
    settings.ALLOWED_NETWORKS = []
    book(follow_up, anne, julie)
    work()
    assert program.asked == []
    assert Message.objects.get(channel="hook").error == "private"


def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next(
    webhook, program, follow_up, anne, julie
):
    book(follow_up, anne, julie)
    announce(NOW)
    (message,) = claim("hook", "dead", NOW)
    Message.objects.filter(pk=message.pk).update(status="sending")
    give_up_on_lost_answers(NOW + LEASE)
    work(NOW + LEASE)
    message.refresh_from_db()
    assert message.status == "sent"
    assert len(program.asked) == 1
