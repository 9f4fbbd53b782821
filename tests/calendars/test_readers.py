"""Every kind of calendar file is read alike by four libraries (rule 3.6)."""

import os
import re
import shutil
from datetime import date
from functools import partial

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.calendars.feeds import feed_ics
from maia.calendars.models import Feed
from tests.calendars import readers
from tests.conftest import NOW, at
from tests.messaging.test_delivery import work

pytestmark = pytest.mark.once
SUMMER = date(2027, 7, 1)  # nine in the morning is seven in UTC
PRACTICE = By.practice(None)


@pytest.fixture(scope="session")
def read_by(tmp_path_factory):
    """The readers by name. One that cannot be had is missed loudly, and is a failure in CI."""
    found = {"icalendar": readers.by_icalendar, "vobject": readers.by_vobject}
    if module := readers.install_ical_js(tmp_path_factory.mktemp("ical-js")):
        found["ical.js"] = partial(readers.by_ical_js, module=module)
    if library := readers.find_libical():
        found["libical"] = partial(readers.by_libical, library=library)
    missing = {"ical.js", "libical"} - found.keys()
    if missing and os.environ.get("CI"):
        pytest.fail(f"no {missing}: calendar files are not read by them")
    if missing:
        print(f"\n!!! NO {' AND NO '.join(missing)}: calendar files are not read by them !!!\n")
    return found


@pytest.fixture
def odd_names(anne, practice):
    """All that has to be escaped or folded."""
    anne.last_name = "Morel, née L’Hôtelier; dite \\ “Nana”" + " ééééé" * 6
    anne.user = None
    anne.last_name = anne.last_name[:80]
    anne.save()
    practice.name = 'Maison, "santé"; des\nÉrables'
    practice.street = "3, place du Marché; bât. B"
    practice.save()
    anne.practice = practice
    return anne


def alike(read_by, content):
    """What all readers understand of it, the same."""
    lines = content.split(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"^BEGIN:VTIMEZONE|^RDATE", content, re.MULTILINE)
    answers = {name: read(content) for name, read in read_by.items()}
    first = answers["icalendar"]
    for name, answer in answers.items():
        assert answer == first, name
    return first


def emailed(smtp):
    work()
    mail = [m for m in smtp.taken if "julie" in m["To"]][-1]
    (part,) = mail.iter_attachments()
    return part.get_content().encode()


def one(read_by, content):
    (event,) = alike(read_by, content).values()
    return event


def test_from_the_confirmation_to_the_end(read_by, follow_up, odd_names, julie, smtp, client):
    made = book_appointment(follow_up, odd_names, at(SUMMER, "09:00"), julie, by=PRACTICE, now=NOW)
    booked = emailed(smtp)
    first = one(read_by, booked)
    assert (first.start, first.end) == (at(SUMMER, "09:00"), at(SUMMER, "09:30"))
    assert first.start.hour == 7
    assert first.location == "3, place du Marché; bât. B, 35000 Rennes"
    assert first.summary == f"Rendez-vous avec {odd_names.name}"
    assert (first.status, first.alarms) == ("CONFIRMED", 1)

    file = client.get(reverse("link:ics", args=[made.link_token])).content
    assert one(read_by, file) == first
    for name in (b"UID", b"ORGANIZER", b"DTSTAMP", b"SEQUENCE"):
        both = [
            re.search(rb"^" + name + rb".*(\r\n .*)*", text, re.M)[0] for text in (booked, file)
        ]
        assert both[0] == both[1]

    later = NOW.replace(hour=10)
    moved = move_appointment(made, at(SUMMER, "15:00"), by=PRACTICE, now=later)
    there = emailed(smtp)
    second = one(read_by, there)
    assert second.start == at(SUMMER, "15:00")
    assert int(second.sequence) > int(first.sequence)
    assert b"DTSTAMP:20261201T100000Z" in there

    cancel_appointment(moved, by=PRACTICE, now=later.replace(hour=11))
    gone = emailed(smtp)
    third = one(read_by, gone)
    assert b"METHOD:CANCEL" in gone
    assert (third.status, third.alarms) == ("CANCELLED", 0)
    assert int(third.sequence) > int(second.sequence)


def test_a_request_is_tentative_until_it_is_certain(
    read_by, follow_up, odd_names, julie, smtp, client
):
    made = book_appointment(
        follow_up, odd_names, at(SUMMER, "09:00"), julie, by=PRACTICE, now=NOW, unconfirmed=True
    )
    work()
    file = client.get(reverse("link:ics", args=[made.link_token])).content
    asked = one(read_by, file)
    assert (asked.status, asked.alarms) == ("TENTATIVE", 0)
    assert b"METHOD:PUBLISH" in file
    confirm_appointment(made, by=PRACTICE, now=NOW)
    sure = one(read_by, emailed(smtp))
    assert (sure.status, sure.alarms) == ("CONFIRMED", 1)
    assert int(sure.sequence) > int(asked.sequence)


@pytest.mark.parametrize("place", ["site", "home", "phone", "video"])
def test_feeds(read_by, follow_up, odd_names, julie, place):
    julie.first_name, julie.street, julie.city = "Zoé, Lina;", "5, rue du Port", "Nantes"
    julie.save()
    follow_up.place = place
    follow_up.save()
    when = date(2026, 12, 3)
    sure = book_appointment(follow_up, odd_names, at(when, "09:00"), julie, by=PRACTICE, now=NOW)
    book_appointment(
        follow_up, odd_names, at(when, "10:00"), julie, by=PRACTICE, now=NOW, unconfirmed=True
    )
    odd_names.absences.create(
        start=at(when, "14:00"), end=at(when, "15:00"), title="À, voir;\nbien"
    )
    for feed in (
        Feed(user=julie.user),
        Feed(user=julie.user, practitioner=odd_names, titles="masked"),
        Feed(user=julie.user, practitioner=odd_names, titles="full"),
    ):
        events = alike(read_by, feed_ics(feed, NOW))
        hers = events[f"{sure.uid}@maia"]
        assert hers.start == at(when, "09:00")
        assert sorted(e.status for e in events.values() if e.status) == ["CONFIRMED", "TENTATIVE"]
        assert len(events) == (3 if feed.practitioner else 2)
        assert ("rue du Port" in hers.location) == (place == "home" and feed.titles == "full")


def test_the_tools_are_there_in_ci(read_by):
    if not os.environ.get("CI"):
        pytest.skip(f"outside CI: {'no node' if not shutil.which('node') else 'as found'}")
    assert len(read_by) == 4
