"""Jobs: asked for, done once, told of, stopped, and never the end of a worker."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from maia.jobs.asking import (
    MOST_AT_ONCE,
    MOST_INPUT,
    Refused,
    ask,
    seen,
    stop,
    waiting,
    why_not_done,
)
from maia.jobs.claims import HOLD
from maia.jobs.models import Job
from maia.jobs.working import (
    CLAIMS,
    KEPT,
    LATER,
    LEASE,
    Failed,
    Gone,
    Progress,
    claim,
    let_go_of_the_lost,
    work_on_jobs,
)
from maia.messaging.models import Message
from maia.messaging.worker import run, run_until_idle
from maia.practices.models import Practice
from maia.privacy.housekeeping import keep_house
from tests.conftest import NOW
from tests.pace import PATIENCE
from tests.workers import environment, start_worker, work_until_idle


@pytest.fixture(autouse=True)
def _each_step_is_told(monkeypatch):
    monkeypatch.setattr("maia.jobs.working.SECONDS_BETWEEN_STEPS", -1)


def work(kinds, now=NOW, worker="one"):
    return work_on_jobs(kinds, worker, lambda: now)


def asked(practice, kind="count", **fields):
    return ask(kind, practice, by=None, now=NOW, **{"arguments": {"n": 3}, **fields})


def now_of(job):
    job.refresh_from_db()
    return job


def count(job, progress):
    for n in range(job.arguments["n"]):
        progress(n + 1, job.arguments["n"])
    return {"counted": job.arguments["n"]}


def test_one_is_done_and_says_what_came_of_it(practice):
    job = asked(practice, input=b"a file")
    assert waiting(NOW + timedelta(seconds=9)) == {"waiting": 1, "oldest_seconds": 9}
    assert work({"count": count}) == 1
    assert work({"count": count}) == 0
    assert seen(now_of(job)) == {
        "id": job.pk, "kind": "count", "state": "done", "done": 3, "of": 3,
        "result": {"counted": 3}, "error": "",
    }  # fmt: skip
    assert (job.input, job.lease_until, job.percent, job.has_ended) == (None, None, 100, True)
    assert (job.started_at, job.finished_at, job.attempts) == (NOW, NOW, 1)
    assert waiting(NOW) == {"waiting": 0, "oldest_seconds": 0}


def test_what_it_is_given_is_bounded_and_counted(practice, elsewhere):
    with pytest.raises(Refused, match="too_large"):
        asked(practice, input=b"x" * (MOST_INPUT + 1))
    with pytest.raises(Refused, match="too_large"):
        asked(practice, arguments={"n": "x" * 20_000})
    for _ in range(MOST_AT_ONCE):
        asked(practice)
    with pytest.raises(Refused, match="too_many"):
        asked(practice)
    asked(elsewhere["practice"])


def test_one_practice_does_not_keep_the_others_waiting(practice, elsewhere):
    asked(practice)
    asked(practice)
    other = asked(elsewhere["practice"])
    first = claim("one", NOW)
    CLAIMS.begin(first, NOW)
    assert claim("two", NOW) == other


def test_a_failure_has_words_and_a_defect_ends_one_job_only(practice, elsewhere):
    def refuse(job, progress):
        raise Failed("not_a_list")

    one, two, three = asked(practice, "refuse"), asked(practice, "defect"), asked(practice, "none")
    kinds = {"refuse": refuse, "defect": lambda job, progress: 1 / 0}
    while work(kinds):
        pass
    assert (now_of(one).state, one.error) == ("failed", "not_a_list")
    assert (now_of(two).state, two.error) == ("failed", "defect")
    assert (now_of(three).state, three.error) == ("failed", "unknown")
    assert "rien n’a changé" in why_not_done(two).lower().replace("'", "’")


def test_a_result_too_large_is_not_kept_and_undoes_the_last_step(practice):
    def large(job, progress):
        with progress.last_step() as result:
            Practice.objects.filter(pk=practice.pk).update(city="Brest")
            result["all"] = "x" * 200_000

    job = asked(practice, "large")
    work({"large": large})
    assert (now_of(job).state, job.error) == ("failed", "too_much")
    practice.refresh_from_db()
    assert practice.city == "Rennes"


def test_waiting_or_running_it_is_stopped_and_nothing_is_written(practice):
    job = asked(practice, input=b"x")
    stop(job, NOW)
    assert (job.state, job.input) == ("stopped", None)
    assert work({"count": count}) == 0

    def stopped_meanwhile(job, progress):
        stop(Job.objects.get(pk=job.pk), NOW)
        with progress.last_step():
            raise AssertionError

    second = asked(practice, "slow")
    assert work({"slow": stopped_meanwhile}) == 1
    assert now_of(second).state == "stopped"
    stop(second, NOW)  # again: nothing
    third = asked(practice, "steps")

    def steps(job, progress):
        progress(1, 9)
        stop(Job.objects.get(pk=job.pk), NOW)
        progress(2, 9)
        raise AssertionError

    work({"steps": steps})
    assert now_of(third).state == "stopped"


def test_it_is_one_workers_and_its_last_step_is_written_once(practice):
    """The first worker was asleep for longer than its lease."""
    job = asked(practice)
    late = NOW + LEASE
    first = claim("one", NOW)
    assert claim("two", NOW) is None
    assert CLAIMS.begin(first, NOW)
    assert let_go_of_the_lost(late) == 1
    assert work({"count": count}, late, "two") == 1
    assert not CLAIMS.record(first, {"done": 99})
    with pytest.raises(Gone), Progress(first, lambda: late).last_step():
        raise AssertionError
    assert (now_of(job).state, job.attempts, job.result) == ("done", 2, {"counted": 3})


def test_claimed_and_not_begun_it_is_with_the_next_in_seconds_and_begun_by_one(practice):
    asked(practice)
    first = claim("one", NOW)
    second = claim("two", NOW + HOLD)
    assert (second.pk, second.attempts) == (first.pk, 1)  # it was never tried
    assert not CLAIMS.begin(first, NOW + HOLD)
    assert CLAIMS.begin(second, NOW + HOLD)
    assert not CLAIMS.release(first)


def test_what_kills_its_process_twice_is_set_aside_with_words(practice):
    job = asked(practice, input=b"bomb")
    for begun in (NOW, NOW + LEASE):
        CLAIMS.begin(claim("one", begun), begun)
        assert let_go_of_the_lost(begun) == 0
        assert let_go_of_the_lost(begun + LEASE) == 1
    assert work({"count": count}, NOW + timedelta(days=1)) == 0
    assert (now_of(job).state, job.error, job.input) == ("set_aside", "killed", None)
    assert why_not_done(job)


@pytest.mark.django_db(transaction=True)
def test_the_database_away_for_a_moment_is_no_failure(practice):
    job = asked(practice)

    def away(job, progress):
        raise OperationalError

    work({"count": away})
    assert now_of(job).state == "waiting"
    assert work({"count": count}) == 0
    assert work({"count": count}, NOW + LATER) == 1
    assert now_of(job).state == "done"


def test_those_of_long_ago_go_with_the_housekeeping(practice):
    old, young = asked(practice), asked(practice)
    while work({"count": count}):
        pass
    Job.objects.filter(pk=old.pk).update(created_at=NOW - KEPT - timedelta(seconds=1))
    assert keep_house(NOW)["jobs"] == 1
    assert list(Job.objects.all()) == [young]


def test_arguments_and_results_are_json_on_both_databases(practice):
    job = asked(practice, arguments={"n": 1, "é": [None, True, "œ"]})
    work({"count": lambda job, progress: dict(job.arguments)})
    assert now_of(job).result == json.loads(json.dumps(job.arguments))


# --- In a worker ------------------------------------------------------------------------------


def mail(practice, anne, key, due=NOW):
    return Message.objects.create(
        practice=practice, practitioner=anne, kind="test", recipient="practitioner",
        channel="email", key=key, due_at=due, try_after=due,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_nobodys_message_waits_for_a_job_and_idle_is_after_jobs(practice, anne, smtp):
    asked(practice, "slow")
    mail(practice, anne, "before")
    sent_while_it_ran = []

    def slow(job, progress):
        deadline = time.monotonic() + PATIENCE
        while not smtp.taken and time.monotonic() < deadline:
            time.sleep(0.05)
        sent_while_it_ran.append(len(smtp.taken))
        mail(practice, anne, "after")
        connection.close()

    def broken(now):
        raise ValueError

    run_until_idle(lambda: NOW, threading.Event(), jobs={"slow": slow}, also=[broken])
    assert sent_while_it_ran == [1]
    assert Job.objects.get().state == "done"
    assert len(smtp.taken) == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_jobs_until_it_is_told_to_end(practice):
    job, ended = asked(practice), threading.Event()

    def last(job, progress):
        ended.set()
        return {"ok": True}

    threading.Timer(60, ended.set).start()
    run(lambda: NOW, ended, jobs={"count": last})
    assert now_of(job).result == {"ok": True}


@pytest.mark.django_db(transaction=True)
def test_messages_that_a_killed_worker_had_not_begun_do_not_wait_for_its_lease(
    practice, anne, smtp
):
    """With the lease of ten minutes; one at a time, so that it dies with a batch in its hands."""
    for n in range(100):
        mail(practice, anne, f"k{n}", timezone.now())
    env = environment(MAIA_EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}")
    worker = start_worker(env)
    while not smtp.taken and worker.poll() is None:
        time.sleep(0.01)
    worker.kill()
    worker.wait()
    in_hand = Message.objects.filter(status="queued").exclude(lease_until=None)
    assert in_hand.exists()
    work_until_idle(env)
    statuses = set(Message.objects.values_list("status", flat=True))
    assert statuses <= {"sent", "sending"}
    assert Message.objects.filter(status="sending").count() <= 1  # that one: nobody knows
    assert len(smtp.taken) <= 100
