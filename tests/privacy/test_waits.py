"""What a clock of 2061 wrote does not sleep until then: each table, each door."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import models
from django.urls import reverse
from django.utils import timezone

from maia.accounts.allowances import ends_at, is_used_up, take, taken
from maia.accounts.limits import Limited, TooOften, ask
from maia.accounts.models import Allowance, Posted
from maia.accounts.waits import APART, has_come
from maia.calendars.refreshing import refresh_due
from maia.config.waking import wake_what_sleeps
from maia.jobs import asking
from maia.jobs.models import Job
from maia.jobs.working import LEASE as JOB_LEASE
from maia.jobs.working import work_on_jobs
from maia.messaging import flow
from maia.messaging.beats import Beat
from maia.messaging.claims import LEASE, claim
from maia.messaging.models import ChannelState, Message, WorkerBeat
from maia.messaging.owed import announce
from maia.privacy.housekeeping import keep_house
from maia.schedules.models import ExternalCalendar
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LEAPS = [DAY, 400 * DAY, 35 * 365 * DAY]

# Columns that somebody waits for, each with a test here. All others are facts: when something
# happened, when an appointment is, until when a person said that a thing holds.
WAITED_FOR = {
    *("accounts.Allowance.until", "accounts.Posted.until"),
    *("jobs.Job.try_after", "jobs.Job.lease_until"),
    *("messaging.Message.due_at", "messaging.Message.try_after", "messaging.Message.lease_until"),
    *("messaging.ChannelState.broken_until", "messaging.ChannelState.filled_at"),
    "messaging.WorkerBeat.seen_at",
    *("schedules.ExternalCalendar.next_try_at", "schedules.ExternalCalendar.read_at"),
    "privacy.Housekeeping.done_at",  # see test_clock
    "appointments.HistoryEntry.owed_from",  # see tests/messaging/test_telling.py
}
FACTS = {
    "emailaddress", "session.expire_date", "authenticator", "usersession", "last_login", "_at", ".at",
    ".start", ".end", "start_time", ".occurrence", "failing_since", "waits_since", "date_joined", "added", "new_start",
    "old_start", "old_end",
}  # fmt: skip


def test_each_moment_of_the_database_is_a_fact_or_is_waited_for_no_longer_than_its_wait():
    columns = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.DateTimeField)
        if model.__module__.startswith("maia.")
    }
    assert columns >= WAITED_FOR
    said = {name for name in columns if any(name.endswith(end) for end in FACTS)}
    assert columns - WAITED_FOR - said == set(), "is it waited for? then `waits` is asked"


def test_a_moment_has_come_when_it_is_past_or_lies_too_far_ahead():
    assert has_come(NOW, NOW, MINUTE)
    assert not has_come(NOW + MINUTE, NOW, MINUTE)
    # Another machine's clock, which is a little ahead, wrote it.
    assert not has_come(NOW + MINUTE + APART, NOW, MINUTE)
    assert has_come(NOW + MINUTE + APART + MINUTE, NOW, MINUTE)


@pytest.mark.parametrize("leap", LEAPS)
class TestAfterALeap:
    def test_an_allowance_is_not_used_up_until_then(self, db, leap):
        assert take("x", 1, MINUTE, now=NOW + leap)
        assert taken("x", MINUTE, now=NOW) == 0
        assert ends_at("x", MINUTE, now=NOW) is None
        assert not is_used_up("x", 1, MINUTE, now=NOW)
        assert take("x", 1, MINUTE, now=NOW)
        assert not take("x", 1, MINUTE, now=NOW)

    def test_nor_any_limit(self, db, leap):
        for now in (NOW + leap, NOW):
            for _ in range(5):
                ask(Limited.INVITE_ADDRESS, "anne", now=now)
            with pytest.raises(TooOften) as refused:
                ask(Limited.INVITE_ADDRESS, "anne", now=now)
            assert refused.value.retry_after <= DAY.total_seconds()

    def test_a_provider_rests_minutes(self, db, leap):
        ChannelState.objects.create(channel="sms", failures=9)
        flow.failed("sms", NOW + leap)
        assert flow.allowance("sms", 10, NOW + leap) == 0
        assert flow.allowance("sms", 10, NOW) == 1

    def test_a_rate_fills_again(self, db, leap, settings):
        settings.MESSAGE_RATES = {"sms": 4}
        while flow.allowance("sms", 4, NOW + leap):
            pass
        assert flow.allowance("sms", 4, NOW) == 4

    def test_a_job_that_was_put_off_or_in_hand_runs(self, practice, leap):
        asking.ask("count", practice, by=None, now=NOW + leap)  # put off until then
        in_hand = asking.ask("count", practice, by=None, now=NOW)
        Job.objects.filter(pk=in_hand.pk).update(
            state="running", worker="dead", lease_until=NOW + leap + JOB_LEASE, attempts=1
        )
        wake_what_sleeps(NOW)
        while work_on_jobs({"count": lambda job, progress: {}}, "one", lambda: NOW):
            pass
        assert set(Job.objects.values_list("state", flat=True)) == {"done"}

    def test_a_letter_that_was_written_or_put_off_then_leaves(
        self, follow_up, anne, julie, smtp, leap
    ):
        """Also where a reminder to the same patient waits for its day."""
        book(follow_up, anne, julie)
        announce(NOW + leap)
        letters = Message.objects.exclude(kind="reminder")
        reminder = Message.objects.get(kind="reminder", channel="email")
        Message.objects.filter(pk=letters[0].pk).update(due_at=NOW)
        wake_what_sleeps(NOW)
        work()
        assert set(letters.values_list("status", flat=True)) == {"sent"}
        reminder.refresh_from_db()
        assert (reminder.status, reminder.try_after) == ("queued", reminder.due_at), "at its time"

    def test_a_reminder_that_was_put_off_leaves_at_its_time(
        self, follow_up, anne, julie, smtp, leap
    ):
        book(follow_up, anne, julie)
        work()
        reminders = Message.objects.filter(kind="reminder")
        for reminder in reminders:
            reminder.try_after = reminder.due_at + leap + 3 * DAY
            reminder.save()
        wake_what_sleeps(NOW)
        assert [m.try_after for m in reminders.all()] == [m.due_at for m in reminders.all()]
        sent = len(smtp.taken)
        work(NOW + MINUTE)
        assert len(smtp.taken) == sent
        work(at(THURSDAY - DAY, "14:01"))
        assert len(smtp.taken) == sent + 1

    def test_one_in_the_hands_of_a_dead_worker_is_found(self, follow_up, anne, julie, leap):
        book(follow_up, anne, julie)
        announce(NOW)
        held, begun = Message.objects.exclude(kind="reminder")
        Message.objects.filter(pk=held.pk).update(worker="dead", lease_until=NOW + leap)
        Message.objects.filter(pk=begun.pk).update(
            worker="dead", status="sending", attempts=1, lease_until=NOW + leap + LEASE
        )
        assert held in claim("email", "one", NOW)
        work()
        begun.refresh_from_db()
        assert begun.status == "uncertain"

    def test_a_calendar_is_read(self, anne, hospital, leap):
        calendar = ExternalCalendar.objects.create(
            practitioner=anne, name="Hôpital", url=f"{hospital.base}/a.ics", next_try_at=NOW + leap
        )
        refresh_due(NOW)
        calendar.refresh_from_db()
        assert calendar.refreshed_at == NOW
        assert calendar.is_fresh(NOW)
        calendar.read_at = NOW + leap
        assert not calendar.is_fresh(NOW), "the same file is read anew"

    def test_a_worker_of_then_is_not_alive_now(self, client, db, leap):
        now = timezone.now()
        Beat("leapt").tell(now + leap)
        assert client.get("/healthz").json()["workers"]["alive"] == 0
        Beat("right").tell(now)
        assert client.get("/healthz").json()["workers"]["alive"] == 1
        assert list(WorkerBeat.objects.filter(name="leapt")) == [] or leap <= DAY

    def test_housekeeping_forgets_them(self, practice, leap):
        take("x", 1, MINUTE, now=NOW + 2 * leap)
        Posted.objects.create(digest="x", until=NOW + 3 * leap)
        keep_house(NOW)
        assert not Allowance.objects.exists()
        assert not Posted.objects.exists()


def test_what_is_right_is_left_alone(follow_up, anne, julie, practice):
    book(follow_up, anne, julie)
    announce(NOW)
    asking.ask("count", practice, by=None, now=NOW)
    before = [list(model.objects.order_by("pk").values()) for model in (Message, Job)]
    caches["default"].set("x", 1, 7 * 86400)
    assert wake_what_sleeps(NOW) == 0
    assert wake_what_sleeps(timezone.now()) == 0
    assert [list(model.objects.order_by("pk").values()) for model in (Message, Job)] == before


def test_nor_does_what_a_cache_counted(db):
    """allauth counts sign-ins in it, by the clock."""
    caches["default"].set("leapt", [1], 35 * 365 * 86400)
    caches["default"].set("right", [1], 3600)
    assert wake_what_sleeps(timezone.now()) == 1
    assert caches["default"].get("right") == [1]


def test_what_a_process_counts_knows_no_wall_clock(monkeypatch):
    import time

    moved, real = [35 * 365 * 86400.0], time.time
    monkeypatch.setattr(time, "time", lambda: real() + moved[0])
    caches["process"].set("counted", 1, 0.05)
    moved[0] = 0.0
    assert caches["process"].get("counted") == 1
    time.sleep(0.1)
    assert caches["process"].get("counted") is None


def test_an_owner_may_search_again(owner, team, practice):
    """Through the page: her hour was used up by a clock of 2061."""
    make_patient(practice, "Zoé")
    ask(Limited.SEARCH, team["owner"].pk, now=NOW)
    for until, status in ((NOW + 30 * MINUTE, 429), (NOW + 400 * DAY, 200)):
        Allowance.objects.update(until=until, taken=1500)
        answer = owner.post(reverse("office:patient_search"), {"patient_search": "Zoé"})
        assert answer.status_code == status
