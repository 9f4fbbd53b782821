"""`/metrics`: what `/healthz` says, for Prometheus, to who shows the token; nobody's name in it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from maia import __version__
from maia.config.health import ALARMS
from maia.messaging.beats import Beat
from maia.messaging.models import Message

TOKEN = "a-token-that-was-drawn-by-chance"


@pytest.fixture
def ask(client, settings):
    settings.METRICS_TOKEN = TOKEN

    def ask():
        page = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert page.status_code == 200
        families = text_string_to_metric_families(page.content.decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return ask


def test_there_is_no_such_page_until_a_token_is_set(client, db):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_it_is_for_who_shows_the_token(client, settings, db):
    settings.METRICS_TOKEN = TOKEN
    for shown in (
        {},
        {"authorization": "Bearer x"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
    ):
        assert client.get("/metrics", headers=shown).status_code == 401
    assert client.get(f"/metrics?token={TOKEN}").status_code == 401
    assert client.post("/metrics").status_code == 405


def test_it_says_what_healthz_says(ask, client, practice, anne, julie):
    now = timezone.now()
    Beat("one").tell(now)
    for n, error in enumerate(("", "no_mail_server", "no_sms_provider")):
        Message.objects.create(
            practice=practice, kind="test", recipient="practitioner", key=f"k{n}", error=error,
            channel="sms" if n == 2 else "email", due_at=now, try_after=now - timedelta(minutes=6),
        )  # fmt: skip
    said, figures = client.get("/healthz").json(), ask()
    assert figures["maia_up",] == 1
    assert figures["maia_info", __version__] == 1
    assert figures["maia_workers_alive",] == said["workers"]["alive"] == 1
    assert figures["maia_messages_late",] == said["workers"]["late_messages"] == 3
    assert figures["maia_messages_held", "email"] == 1
    assert figures["maia_messages_held", "sms"] == 1
    assert figures["maia_jobs_waiting",] == said["jobs"]["waiting"] == 0
    raised = {name for name in ALARMS if figures["maia_alarm", name]}
    assert raised == set(said["alarms"])
    assert "messages" in raised


def test_nobody_is_in_it(client, settings, practice, anne, julie):
    settings.METRICS_TOKEN = TOKEN
    page = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    for shown in ("tilleuls", "morel", "julie", "petit", "@", TOKEN):
        assert shown not in page.lower()


def test_held_sms_are_no_alarm(client, practice):
    """Many practices do without a provider."""
    now = timezone.now()
    Message.objects.create(
        practice=practice, kind="test", recipient="practitioner", key="k", channel="sms",
        error="no_sms_provider", due_at=now, try_after=now + timedelta(minutes=5),
    )  # fmt: skip
    said = client.get("/healthz").json()
    assert said["workers"]["held_messages"] == {"sms": 1}
    assert "messages" not in said["alarms"]
