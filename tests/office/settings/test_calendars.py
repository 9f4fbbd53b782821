"""Calendars in the settings: hers elsewhere, others here, and what is wrong said where it was typed."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from maia.calendars.models import Feed
from maia.calendars.refreshing import refresh_due
from maia.schedules.models import ExternalCalendar
from tests.calendars.fixtures import SHIFT, ics
from tests.calendars.test_external import thursday
from tests.conftest import NOW
from tests.pages import on_one_line


def add(owner, anne, url, name="Maternité"):
    return owner.post(
        f"/pro/settings/practitioners/{anne.pk}/calendars/", {"name": name, "url": url}
    )


def page_of(owner, anne):
    return owner.get(f"/pro/settings/practitioners/{anne.pk}/calendars/").content.decode()


def test_adding_one_asks_nobody_and_a_worker_reads_it(
    owner, anne, hospital, follow_up, time_machine
):
    time_machine.move_to(NOW, tick=False)
    assert add(owner, anne, f"{hospital.base}/a.ics").status_code == 302
    assert hospital.asked == []
    assert "Lecture en cours" in page_of(owner, anne)
    assert 'hx-trigger="every 3s"' in page_of(owner, anne), "it shows by itself what came of it"
    assert f'<a href="/pro/settings/practitioners/{anne.pk}/calendars/">' in on_one_line(
        page_of(owner, anne)
    )
    assert refresh_due(NOW) == 1
    assert thursday(follow_up, anne)[0] == "14:00"
    assert "Maternité" not in owner.get("/pro/absences/").content.decode()
    assert "Lu le 1er décembre 2026" in page_of(owner, anne)
    assert "Lecture en cours" not in page_of(owner, anne)
    assert "hx-trigger" not in page_of(owner, anne), "it asks no more"
    closed = json.loads(
        owner.get("/pro/agenda/events/?start=2026-12-03T00:00&end=2026-12-04T00:00").content
    )
    assert any(row["start"] <= "2026-12-03T09:00:00" <= row["end"] for row in closed)
    found = ExternalCalendar.objects.get()
    owner.post(f"/pro/settings/calendars/{found.pk}/refresh/")
    assert refresh_due(NOW) == 1
    assert len(hospital.asked) == 2
    owner.post(f"/pro/settings/calendars/{found.pk}/remove/", {"yes": "1"})
    assert thursday(follow_up, anne)[0] == "09:00"


def test_a_series_that_goes_on_otherwise_is_read_and_nothing_is_unread(
    owner, anne, hospital, follow_up
):
    weeks = ["UID:w", "DTSTART:20261126T080000Z", "DTEND:20261126T100000Z", "RRULE:FREQ=WEEKLY"]
    later = ["UID:w", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203T080000Z",
             "DTSTART:20261203T130000Z", "DTEND:20261203T170000Z"]  # fmt: skip
    hospital.answers["/a.ics"] = (200, {}, ics(weeks, later))
    add(owner, anne, f"{hospital.base}/a.ics")
    refresh_due(timezone.now())
    assert "pas pu être lu" not in page_of(owner, anne)
    free = thursday(follow_up, anne)
    assert free[0] == "09:00"
    assert "14:00" not in free


@pytest.mark.parametrize(
    ("path", "words"),
    [("/page", "pas un agenda"), ("/nothing", "404"), ("/big", "trop longue")],
)
def test_what_came_of_it_is_said_on_the_page(owner, anne, hospital, path, words):
    hospital.answers["/page"] = (200, {}, b"<html>")
    hospital.answers["/nothing"] = (404, {}, b"")
    hospital.answers["/big"] = (200, {}, b"x" * 20_000_001)
    add(owner, anne, hospital.base + path)
    refresh_due(timezone.now())
    assert words in page_of(owner, anne)
    assert "Jamais lu" in page_of(owner, anne)


def test_events_that_could_not_be_read_are_shown_by_their_days(owner, anne, hospital):
    hospital.answers["/a.ics"] = (200, {}, ics([*SHIFT, "RRULE:FREQ=WEEKLY;BYDAY=;"], SHIFT))
    add(owner, anne, f"{hospital.base}/a.ics")
    refresh_due(NOW)
    text = page_of(owner, anne)
    assert "1 événement n’a pas pu être lu" in text
    assert "3 décembre 2026" in text
    assert "Garde secrète" not in text


def test_one_that_kills_its_reader_twice_is_left_alone_until_she_says(
    owner, anne, hospital, monkeypatch
):
    monkeypatch.setattr("maia.calendars.refreshing.CHILD_SECONDS", 0.001)
    add(owner, anne, f"{hospital.base}/a.ics")
    found = ExternalCalendar.objects.get()
    start = timezone.now()
    for hours in (0, 5, 10):
        refresh_due(start + timedelta(hours=hours))
    assert len(hospital.asked) == 2
    assert "Réessayer" in page_of(owner, anne)
    monkeypatch.undo()
    owner.post(f"/pro/settings/calendars/{found.pk}/refresh/")
    assert refresh_due(start + timedelta(hours=11)) == 1
    found.refresh_from_db()
    assert (found.paused_at, found.deaths, found.error) == (None, 0, "")


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
    assert 'href="webcal://' in text
    owner.post(f"/pro/settings/feeds/{Feed.objects.get().pk}/revoke/", {"yes": "1"})
    assert "/feeds/" not in owner.get(page).content.decode()


def test_no_more_than_five_and_none_twice(owner, anne):
    for number in range(5):
        anne.calendars.create(name="x", url=f"https://agenda.example/{number}.ics")
    assert "déjà lu" in add(owner, anne, "https://agenda.example/0.ics").content.decode()
    assert "Cinq agendas" in add(owner, anne, "https://agenda.example/9.ics").content.decode()
