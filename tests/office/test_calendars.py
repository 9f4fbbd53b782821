"""Calendars in the settings: hers elsewhere, others here, and what is wrong said where it was typed."""

import json

import pytest

from maia.calendars.models import Feed
from maia.schedules.models import ExternalCalendar
from tests.calendars.test_external import thursday
from tests.conftest import NOW


def add(owner, anne, url, name="Maternité"):
    return owner.post(
        f"/pro/settings/practitioners/{anne.pk}/calendars/", {"name": name, "url": url}
    )


def test_adding_one_reads_it_at_once(owner, anne, hospital, follow_up, time_machine):
    time_machine.move_to(NOW, tick=False)
    assert add(owner, anne, f"{hospital.base}/a.ics").status_code == 302
    assert thursday(follow_up, anne)[0] == "14:00"
    pages = (
        "/pro/absences/",
        "/pro/settings/",
        f"/pro/settings/practitioners/{anne.pk}/calendars/",
    )
    texts = [owner.get(page).content.decode() for page in pages]
    assert "Maternité" not in texts[0]
    assert "Lu le 01/12/2026" in texts[2]
    closed = json.loads(
        owner.get("/pro/agenda/events/?start=2026-12-03T00:00&end=2026-12-04T00:00").content
    )
    assert any(row["start"] <= "2026-12-03T09:00:00" <= row["end"] for row in closed)
    found = ExternalCalendar.objects.get()
    owner.post(f"/pro/settings/calendars/{found.pk}/refresh/")
    assert len(hospital.asked) == 2
    owner.post(f"/pro/settings/calendars/{found.pk}/remove/")
    assert thursday(follow_up, anne)[0] == "09:00"


@pytest.mark.parametrize(
    ("path", "words"),
    [("/page", "pas un agenda"), ("/nothing", "404"), ("/big", "trop longue")],
)
def test_an_address_that_does_not_work_is_said_where_it_was_typed(
    owner, anne, hospital, path, words
):
    hospital.answers["/page"] = (200, {}, b"<html>")
    hospital.answers["/nothing"] = (404, {}, b"")
    hospital.answers["/big"] = (200, {}, b"x" * 2_000_001)
    answer = add(owner, anne, hospital.base + path)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="Maternité"' in answer.content.decode()
    assert not ExternalCalendar.objects.exists()


def test_webcal_is_https_and_private_is_refused(owner, anne):
    answer = add(owner, anne, "webcal://192.168.1.10/a.ics")
    assert "réseau privé" in answer.content.decode()
    assert "https://" in add(owner, anne, "http://agenda.example/a.ics").content.decode()


def test_her_addresses_are_made_shown_and_revoked(owner, anne):
    page = f"/pro/settings/practitioners/{anne.pk}/calendars/"
    owner.post(f"{page}feed/", {"titles": "full"})
    text = owner.get(page).content.decode()
    assert "le nom de la patiente" in text
    assert "/feeds/" in text
    owner.post(f"/pro/settings/feeds/{Feed.objects.get().pk}/revoke/", {"yes": "1"})
    assert "/feeds/" not in owner.get(page).content.decode()


def test_no_more_than_five_and_none_twice(owner, anne):
    for number in range(5):
        anne.calendars.create(name="x", url=f"https://agenda.example/{number}.ics")
    assert "déjà lu" in add(owner, anne, "https://agenda.example/0.ics").content.decode()
    assert "Cinq agendas" in add(owner, anne, "https://agenda.example/9.ics").content.decode()
