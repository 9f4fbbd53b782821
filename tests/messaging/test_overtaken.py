"""A message that waits is not lost to a later move that is taken back, or that tells nothing."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.agenda import By, Telling
from maia.messaging.claims import claim
from maia.messaging.delivery import FIRST_BACKOFF, deliver
from maia.messaging.email import Mailer
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.messaging.test_delivery import work
from tests.messaging.test_telling import PRACTICE, WAIT, drag, subjects, texts, undo

SILENT = Telling(tell=False)
SOON = NOW + timedelta(seconds=10)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def noted(follow_up, anne, julie, smtp):
    """Its confirmation is owed, and has not left."""
    return book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=PRACTICE, now=NOW)


def told(**of):
    """What became of what is not a reminder."""
    rows = Message.objects.exclude(kind="reminder").filter(**of).order_by("pk")
    return list(rows.values_list("kind", "status", "error"))


@pytest.mark.rule("3.6.17")
@pytest.mark.parametrize("is_looked_at_meanwhile", [True, False])
def test_a_confirmation_outlives_a_drag_and_its_undo(noted, smtp, is_looked_at_meanwhile):
    moved = drag(noted, "15:00")
    if is_looked_at_meanwhile:
        work(NOW)
        assert smtp.taken == []
    undo(moved, SOON)
    work(LATER)
    assert subjects(smtp) == ["Votre rendez-vous du jeudi 3 décembre 2026 à 09:30"]
    assert told() == [("confirmation", "sent", "")]


def test_a_move_told_outlives_a_drag_and_its_undo(noted, smtp):
    work()
    smtp.taken.clear()
    moved = drag(noted, "14:00", Telling(words="Désolée."))
    moved = drag(moved, "15:00")
    work(NOW)
    undo(moved, SOON)
    work(LATER)
    assert subjects(smtp) == ["Votre rendez-vous est déplacé au jeudi 3 décembre 2026 à 14:00"]
    assert "Désolée." in texts(smtp)[0]


def test_a_yes_with_a_word_outlives_a_drag_and_its_undo(follow_up, anne, julie, smtp):
    asked = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=PRACTICE, now=NOW, unconfirmed=True
    )
    work()
    smtp.taken.clear()
    sure = confirm_appointment(asked, by=PRACTICE, now=NOW, telling=Telling(words="À jeudi !"))
    moved = drag(sure, "15:00")
    work(NOW)
    undo(moved, SOON)
    work(LATER)
    (text,) = texts(smtp)
    assert "À jeudi !" in text
    assert "jeudi 3 décembre 2026, 09:30" in text


def test_an_online_booking_is_told_to_both_after_a_drag_and_its_undo(follow_up, anne, julie, smtp):
    online = By.patient(julie.user)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=online, now=NOW)
    moved = drag(made, "15:00")
    work(NOW)
    assert smtp.taken == []
    undo(moved, SOON)
    work(LATER)
    assert sorted(subjects(smtp)) == [
        "Nouveau rendez-vous le jeudi 3 décembre 2026 à 09:30",
        "Votre rendez-vous du jeudi 3 décembre 2026 à 09:30",
    ]


def test_a_drag_that_stays_is_all_that_she_is_told(noted, smtp):
    drag(noted, "15:00")
    work(NOW)
    work(NOW + WAIT)
    assert subjects(smtp) == ["Votre rendez-vous est déplacé au jeudi 3 décembre 2026 à 15:00"]
    assert told() == [("confirmation", "dropped", "moved_since"), ("moved", "sent", "")]


def test_undone_while_the_mail_server_is_away_the_confirmation_leaves(noted, smtp):
    moved = drag(noted, "15:00")
    smtp.mood = "later"
    work(NOW + WAIT)
    undo(moved, NOW + timedelta(seconds=30))
    smtp.mood = "take"
    smtp.taken.clear()
    for minutes in range(1, 6):
        work(NOW + timedelta(minutes=minutes) + FIRST_BACKOFF)
    assert subjects(smtp) == ["Votre rendez-vous du jeudi 3 décembre 2026 à 09:30"]


def test_to_a_colleague_and_back_it_names_whose_it_is(noted, smtp, practice):
    lise = Practitioner.objects.create(practice=practice, first_name="Lise", last_name="Roux")
    Schedule.objects.create(practitioner=lise)
    moved = drag(noted, "09:30", practitioner=lise)
    work(NOW)
    undo(moved, SOON)
    work(LATER)
    (text,) = texts(smtp)
    assert "Lise" not in text


@pytest.mark.rule("3.6.6")
def test_moved_without_a_word_the_confirmation_says_the_new_time(noted, smtp):
    drag(noted, "15:00", SILENT)
    work()
    assert subjects(smtp) == ["Votre rendez-vous du jeudi 3 décembre 2026 à 15:00"]


def test_moved_and_back_without_a_word_she_is_told_of_no_move(noted, smtp):
    work()
    smtp.taken.clear()
    drag(drag(noted, "15:00", Telling()), "09:30", SILENT)
    work()
    assert smtp.taken == []
    assert told(kind="moved") == [("moved", "dropped", "undone")]


def test_a_drag_back_that_is_undone_is_told(noted, smtp):
    work()
    smtp.taken.clear()
    back = drag(drag(noted, "15:00"), "09:30", now=SOON)
    undo(back, SOON)
    work(LATER)
    assert subjects(smtp) == ["Votre rendez-vous est déplacé au jeudi 3 décembre 2026 à 15:00"]


def test_read_before_it_was_undone_it_is_read_again(noted, smtp):
    """A worker has claimed it during the drag, and comes to it after the undo."""
    moved = drag(noted, "15:00")
    announce(NOW)
    (message,) = claim("email", "slow", NOW)
    undo(moved, SOON)
    assert not deliver(message, SOON, Mailer())
    work(SOON)
    assert subjects(smtp) == ["Votre rendez-vous du jeudi 3 décembre 2026 à 09:30"]


def test_what_leaves_by_another_way_is_waited_for(noted, julie, smtp, sms):
    """An SMS of the first move behind the email of the second: nothing turns in circles."""
    julie.mobile = "+33639980101"
    julie.save()
    type = make_type(noted.practice, "Bilan")
    near = book_appointment(
        type, noted.practitioner, NOW + timedelta(hours=20), julie, by=PRACTICE, now=NOW
    )
    work()
    smtp.taken.clear()
    drag(near, "10:30", Telling())
    smtp.mood = "later"
    drag(near, "16:00", Telling())
    work()
    smtp.mood = "take"
    smtp.taken.clear()
    for minutes in range(1, 6):
        work(NOW + timedelta(minutes=minutes))
    assert not Message.objects.exclude(kind="reminder").filter(status="queued").exists()
    assert subjects(smtp)[-1].endswith("16:00")
