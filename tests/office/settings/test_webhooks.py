"""Programs in the settings: added, tried, paused, removed, and told why not."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.webhooks.models import Webhook
from tests.conftest import NOW, THURSDAY, at
from tests.messaging.test_delivery import work
from tests.outside.servers import site

PAGE = "/pro/settings/webhooks/"


@pytest.fixture
def program(settings):
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with site() as server:
        yield server


def add(owner, url):
    return owner.post(PAGE, {"url": url})


def read(owner):
    return owner.get(PAGE).content.decode()


def test_a_program_is_added_tried_and_seen(owner, program, practice, time_machine):
    time_machine.move_to(NOW, tick=False)
    assert "Aucun programme" in read(owner)
    assert add(owner, f"{program.base}/maia").status_code == 302
    work()
    ((_method, _path, _headers, body),) = program.asked
    assert b'"type":"test"' in body
    page = read(owner)
    assert "Fonctionne" in page
    assert Webhook.objects.get().secret in page


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://compta.example/", "commence par https://"),
        ("https://192.168.1.4/", "réseau privé"),
        ("compta.example", "pas l’adresse d’une page"),
        ("", "obligatoire"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused_where_it_was_typed(owner, url, words):
    answer = add(owner, url)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert f'value="{url}"' in page or not url
    assert not Webhook.objects.exists()


def test_twice_and_too_many(owner, practice):
    for number in range(5):
        assert add(owner, f"https://compta.example/{number}").status_code == 302
    assert "déjà" in add(owner, "https://compta.example/0").content.decode()
    assert "Cinq programmes" in add(owner, "https://compta.example/9").content.decode()


def test_paused_resumed_removed(owner, program, follow_up, anne, julie):
    add(owner, f"{program.base}/maia")
    pk = Webhook.objects.get().pk
    owner.post(f"{PAGE}{pk}/pause/")
    assert "En pause" in read(owner)
    owner.post(f"{PAGE}{pk}/resume/")
    assert "En pause" not in read(owner)
    owner.post(f"{PAGE}{pk}/test/")
    assert Message.objects.filter(channel="hook", kind="test").count() == 2
    assert owner.post(f"{PAGE}{pk}/other/").status_code == 404
    owner.post(f"{PAGE}{pk}/remove/", {"yes": "1"})
    assert not Webhook.objects.exists()
    assert not Message.objects.filter(channel="hook").exists()


def test_what_programs_are_told_is_not_among_the_messages(owner, program, follow_up, anne, julie):
    add(owner, f"{program.base}/maia")
    program.otherwise = (410, {}, b"")
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW
    )
    work()
    assert Message.objects.filter(channel="hook", status="failed").count() == 2
    for path in ("/pro/messages/", f"/pro/appointments/{made.pk}/"):
        assert "webhook" not in owner.get(path).content.decode()
    message = Message.objects.get(kind="event")
    assert owner.get(f"/pro/messages/{message.pk}/").status_code == 404
    assert "410" in read(owner)
