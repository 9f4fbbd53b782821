"""An agenda in a calendar application: by its address alone, masked or full, until it is revoked."""

from datetime import timedelta
from time import process_time

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.personal import Change, Text, block_time, change_event
from maia.appointments.agenda import By
from maia.appointments.models import Appointment, Event
from maia.calendars.models import Feed
from maia.practices.models import Membership, Practitioner
from maia.schedules.repeating import Rule
from tests.conftest import NOW, THURSDAY, at, make_patient


@pytest.fixture
def booked(follow_up, anne, julie, time_machine):
    time_machine.move_to(NOW, tick=False)
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(julie.user), now=NOW
    )


@pytest.fixture
def hers(practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    return lambda titles: Feed.objects.create(user=anne.user, practitioner=anne, titles=titles)


def get(feed, **headers):
    path = reverse("feed", args=[feed.uid, feed.secret])
    return Client().get(path, headers=headers)


def lines(feed):
    answer = get(feed)
    assert answer["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_masked_agenda_says_when_and_nothing_else(hers, booked, anne):
    anne.absences.create(start=at(THURSDAY, "14:00"), end=at(THURSDAY, "15:00"), title="Dentiste")
    text = get(hers("masked")).content.decode()
    for secret in ("Julie", "Petit", "grossesse", "Dentiste"):
        assert secret not in text
    appointment, absence = lines(Feed.objects.get())
    assert appointment["DTSTART"].dt == at(THURSDAY, "09:30")
    assert appointment["SUMMARY"] == "Rendez-vous"
    assert absence["SUMMARY"] == "Occupé"


def test_a_full_agenda_says_who_and_what_for(hers, booked, anne):
    anne.absences.create(start=at(THURSDAY, "14:00"), end=at(THURSDAY, "15:00"), title="Dentiste")
    summaries = [str(line["SUMMARY"]) for line in lines(hers("full"))]
    assert summaries == ["Julie Petit · Suivi de grossesse", "Dentiste"]


def test_cancelled_appointments_and_colleagues_are_not_in_it(hers, booked, practice, follow_up):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    book_appointment(
        follow_up,
        ines,
        at(THURSDAY, "20:00"),
        make_patient(practice),
        by=By.practice(None),
        now=NOW,
    )
    feed = hers("full")
    assert len(lines(feed)) == 1
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    assert lines(feed) == []


def test_a_patient_reads_hers_and_never_what_for(booked, julie, practice, follow_up, anne):
    book_appointment(
        follow_up,
        anne,
        at(THURSDAY, "11:00"),
        make_patient(practice),
        by=By.practice(None),
        now=NOW,
    )
    feed = Feed.objects.create(user=julie.user)
    (line,) = lines(feed)
    assert line["SUMMARY"] == "Rendez-vous avec Anne Morel"
    assert line["UID"] == f"{booked.uid}@maia"
    assert "grossesse" not in get(feed).content.decode()


def test_nothing_opens_without_the_whole_address(hers, booked):
    feed = hers("masked")
    other = Feed.objects.create(user=feed.user, practitioner=feed.practitioner)
    for uid, secret in ((feed.uid, other.secret), (feed.uid, "x"), (other.uid, feed.secret)):
        assert Client().get(reverse("feed", args=[uid, secret])).status_code == 404
    assert str(feed.secret) not in str(Feed.objects.filter(pk=feed.pk).values())
    assert get(feed).status_code == 200
    feed.delete()
    assert get(feed).status_code == 404


def test_who_has_left_the_team_reads_nothing_any_more(hers, booked, anne):
    feed = hers("full")
    Membership.objects.filter(user=anne.user).delete()
    assert get(feed).status_code == 404


def test_nothing_is_sent_that_has_not_changed(hers, booked, time_machine):
    feed = hers("masked")
    etag = get(feed)["ETag"]
    time_machine.move_to(NOW + timedelta(hours=3), tick=False)
    assert get(feed, **{"If-None-Match": etag}).status_code == 304
    cancel_appointment(booked, by=By.practice(None), now=NOW)
    assert get(feed, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("appointments", [1, 12])
def test_as_many_queries_for_a_full_agenda(
    hers, booked, follow_up, anne, practice, appointments, django_assert_max_num_queries
):
    for number in range(appointments):
        start = at(THURSDAY, "14:00") + timedelta(days=number)
        book_appointment(
            follow_up, anne, start, make_patient(practice), by=By.practice(None), now=NOW
        )
    feed = hers("full")
    with django_assert_max_num_queries(17):  # the half of them around what is kept
        get(feed)
    with django_assert_max_num_queries(8):
        get(feed)


def test_who_polls_a_full_agenda_is_answered_from_what_is_kept(hers, anne, follow_up, practice):
    """A thousand appointments, written once; anew at the next act, and after five minutes."""
    julie = make_patient(practice)
    half = timedelta(minutes=30)
    events = Event.objects.bulk_create(
        (
            Event(
                practice=practice, practitioner=anne, kind="appointment", type=follow_up,
                start=NOW + half * n, end=NOW + half * (n + 1), exclusive=False,
            )
            for n in range(1_000)
        ),
        batch_size=1_000,
    )  # fmt: skip
    Appointment.objects.bulk_create(
        (
            Appointment(practice=practice, event=event, patient=julie, status="confirmed")
            for event in events
        ),
        batch_size=1_000,
    )
    feed = hers("full")

    def cost():
        started = process_time()
        content = get(feed).content
        return process_time() - started, content

    written, content = cost()
    assert content.count(b"BEGIN:VEVENT") == 1_000
    polled = min(cost()[0] for _ in range(3))
    assert polled < written / 5
    cancel_appointment(Appointment.objects.first(), by=By.practice(None), now=NOW)
    assert get(feed).content.count(b"BEGIN:VEVENT") == 999


def test_who_goes_to_a_patients_home_reads_where_and_nobody_else(hers, booked, julie, follow_up):
    julie.street, julie.city, julie.access = "5 rue du Port", "Nantes", "Code 4071"
    julie.save()
    follow_up.place = "home"
    follow_up.save()
    full = hers("full")
    (line,) = lines(full)
    assert str(line["LOCATION"]) == "Au domicile de la patiente, 5 rue du Port, Nantes; Code 4071"
    full.titles = "masked"
    full.save()
    assert "rue du Port" not in get(full).content.decode()
    (line,) = lines(Feed.objects.create(user=julie.user))
    assert str(line["LOCATION"]) == "À votre domicile"


def test_a_series_is_its_times_of_a_year_and_a_change_is_seen_at_once(hers, anne, time_machine):
    time_machine.move_to(NOW, tick=False)
    made = block_time(
        anne, at(THURSDAY, "14:00"), at(THURSDAY, "15:00"), Text("Staff", "Code 1234"),
        rule=Rule("FREQ=WEEKLY"), now=NOW, allow_overlap=False,
    )  # fmt: skip
    feed = hers("full")
    assert len(lines(feed)) == 52
    assert "1234" not in get(feed).content.decode()  # a note is the team's
    change_event(made[0], Change(title="Bilan"), now=NOW, allow_overlap=False)
    first = lines(feed)[0]
    assert (str(first["SUMMARY"]), first["SEQUENCE"]) == ("Bilan", 1)
    assert "Bilan" not in get(hers("masked")).content.decode()
