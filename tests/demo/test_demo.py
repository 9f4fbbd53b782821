"""The demo practice: believable, the same for the same day, and read in its mailbox."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from maia.accounts.models import User
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.demo.models import Mail
from maia.demo.practice import load_demo
from maia.messaging.models import Message
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import AppointmentType

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def snapshot():
    return list(
        Appointment.objects.order_by("event__start", "event__practitioner__position").values_list(
            "event__start", "event__type__name", "patient__email", "status"
        )
    )


def test_the_agenda_is_two_thirds_full(db):
    practice = load_demo(MONDAY)
    assert practice.slug == "cabinet-des-lilas"
    weeks = 6
    booked = timedelta()
    until = MONDAY + timedelta(weeks=weeks)
    camille = Practitioner.objects.get(position=0)
    for event in camille.events.filter(start__gt=MONDAY, end__lt=until, type__isnull=False):
        booked += event.end - event.start
    opened = timedelta()
    for line in camille.schedule.lines.all():
        for start, end in line.ranges:
            opened += timedelta(minutes=end - start)
    assert 0.55 < booked / (opened * weeks) < 0.8
    assert len(snapshot()) > 500
    assert HistoryEntry.objects.filter(announced=False).count() == 0


def test_the_same_day_gives_the_same_demo(db):
    load_demo(MONDAY)
    first = snapshot()
    Appointment.objects.all().delete()
    Event.objects.all().delete()
    Practice.objects.all().delete()
    User.objects.all().delete()
    load_demo(MONDAY + timedelta(hours=3))
    # Who moves from "to come" to "past" within the day does not change the plan.
    assert Counter(row[:2] for row in snapshot()) == Counter(row[:2] for row in first)


def test_lea_and_sofia_have_something_to_come_and_something_behind(db):
    load_demo(MONDAY)
    for email in ("lea@patiente.example", "sofia@patiente.example"):
        hers = Appointment.objects.filter(patient__user__email=email)
        assert hers.filter(event__start__gt=MONDAY).count() == 1
        assert hers.filter(event__end__lt=MONDAY).count() == 1


@pytest.mark.parametrize("day", [MONDAY, MONDAY + timedelta(days=4), MONDAY + timedelta(days=40)])
def test_nobody_is_in_two_places(db, day):
    load_demo(day)
    rows = Appointment.objects.values_list("patient", "event__start", "event__end")
    by_patient = sorted(rows.order_by("patient", "event__start"))
    for one, two in itertools.pairwise(by_patient):
        assert one[0] != two[0] or one[2] <= two[1]


def test_every_kind_of_type_is_there(db):
    load_demo(MONDAY)
    types = AppointmentType.objects
    assert types.count() >= 7
    assert types.filter(allow_online_booking=False).exists()
    assert types.filter(needs_confirmation=True).exists()
    assert types.filter(known_patients_only=True).exists()
    assert types.filter(own_schedule__isnull=False).exists()


def test_the_demo_stays_away_from_real_patients(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not Practice.objects.exists()


def test_the_mailbox_keeps_what_would_have_been_sent(db, settings):
    settings.EMAIL_BACKEND = "maia.demo.mailbox.MailboxBackend"
    mail.send_mail("Bonjour", "Texte", "a@maia.example", ["x@y.example", "z@y.example"])
    assert [m.to for m in Mail.objects.all()] == ["z@y.example", "x@y.example"]
    assert b"Subject: Bonjour" in bytes(Mail.objects.first().raw)


@pytest.mark.parametrize("day", range(7))
def test_a_patient_says_why_and_a_drag_is_left_untold(db, day):
    load_demo(MONDAY + timedelta(days=day))
    word = HistoryEntry.objects.get(action="cancelled", actor="patient")
    assert word.words.startswith("Mon bébé est arrivé")
    assert word.appointment.event.start > MONDAY + timedelta(days=day)
    move = HistoryEntry.objects.get(action="moved")
    assert (move.actor, move.tells) == ("practice", False)
    reminders = Message.objects.filter(appointment=move.appointment)
    assert {one.occurrence for one in reminders} == {move.new_start}
