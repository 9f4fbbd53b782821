"""What an act of the practice tells the patient: with a word, or not at all, and after a drag later."""

from datetime import timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.acts.moving import leave_untold, move_appointment, undo_move
from maia.appointments.agenda import By, Telling
from maia.appointments.exceptions import ChangedMeanwhile, SlotTaken
from maia.appointments.models import Appointment
from maia.messaging.delivery import FIRST_BACKOFF
from maia.messaging.foresight import in_how_long
from maia.messaging.models import Message
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.messaging.test_delivery import work

PRACTICE = By.practice(None)
WAIT = timedelta(seconds=20)
HELD = Telling(wait=WAIT)
MINUTE = NOW + timedelta(minutes=1)


@pytest.fixture
def hers(follow_up, anne, julie, smtp):
    """Booked, and told; what else is taken by the mail server is told of an act on it."""
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=PRACTICE, now=NOW)
    work()
    smtp.taken.clear()
    return made


@pytest.fixture
def lise(practice):
    colleague = Practitioner.objects.create(practice=practice, first_name="Lise", last_name="Roux")
    Schedule.objects.create(practitioner=colleague)
    return colleague


def drag(appointment, text, telling=HELD, now=NOW, **there):
    start = at(THURSDAY, text)
    return move_appointment(appointment, start, by=PRACTICE, now=now, telling=telling, **there)


def undo(appointment, now=NOW, seen=None):
    seen = appointment.version if seen is None else seen
    return undo_move(appointment, by=PRACTICE, now=now, seen=seen, wait=WAIT)


def texts(smtp):
    return [letter.get_body(("plain",)).get_content() for letter in smtp.taken]


def subjects(smtp):
    return [letter["Subject"].strip() for letter in smtp.taken]


@pytest.mark.rule("3.6.16")
@pytest.mark.parametrize("act", [cancel_appointment, confirm_appointment, drag])
def test_a_word_stands_in_the_email_and_nowhere_else(hers, smtp, sms, act):
    Appointment.objects.update(status="unconfirmed" if act is confirm_appointment else "confirmed")
    telling = Telling(words="Je suis désolée, <b>un accouchement</b>.")
    if act is drag:
        drag(hers, "15:00", telling)
    else:
        act(hers, by=PRACTICE, now=NOW, telling=telling)
    work()
    (letter,) = smtp.taken
    plain, html = (letter.get_body((part,)).get_content() for part in ("plain", "html"))
    assert "Cabinet des Tilleuls vous écrit" in plain
    assert "Je suis désolée, <b>un accouchement</b>." in plain
    assert "Je suis désolée, &lt;b&gt;un accouchement&lt;/b&gt;." in html
    assert "désolée" not in letter["Subject"]
    assert all("désolée" not in part.get_content() for part in letter.iter_attachments())
    assert hers.history.last().words == telling.words


@pytest.mark.rule("3.4.6")
def test_a_patients_word_is_read_by_the_practice_and_not_sent_back_to_her(hers, julie, smtp):
    by, word = By.patient(julie.user), Telling(words="Mon fils est <malade>.")
    move_appointment(hers, at(THURSDAY, "15:00"), by=by, now=NOW, telling=word)
    cancel_appointment(hers, by=by, now=NOW, telling=Telling(words="Toujours."))
    work()
    letters = {"julie": [], "anne": []}
    for letter in smtp.taken:
        letters["anne" if "anne" in letter["To"] else "julie"].append(letter)
    to_practice, to_her = (
        " ".join(part.get_content() for letter in told for part in letter.walk()
                 if part.get_content_maintype() == "text")
        for told in (letters["anne"], letters["julie"])
    )  # fmt: skip
    assert "Julie Petit vous écrit" in to_practice
    assert "Toujours." in to_practice
    assert "Toujours." not in to_her
    assert "malade" not in to_her
    assert not any("Toujours" in letter["Subject"] for letter in smtp.taken)


@pytest.mark.parametrize("act", [cancel_appointment, confirm_appointment, drag])
def test_what_she_is_not_to_be_told_is_not_told(hers, smtp, act):
    Appointment.objects.update(status="unconfirmed" if act is confirm_appointment else "confirmed")
    if act is drag:
        drag(hers, "15:00", Telling(tell=False))
    else:
        act(hers, by=PRACTICE, now=NOW, telling=Telling(tell=False))
    work()
    assert smtp.taken == []


def test_after_a_move_that_she_was_not_told_of_the_time_she_knows_is_struck_out(hers, smtp):
    drag(hers, "15:00", Telling(tell=False))
    drag(hers, "16:00", Telling())
    work()
    (text,) = texts(smtp)
    assert "Avant\xa0: jeudi 3 décembre 2026, 09:30" in text


@pytest.mark.rule("3.6.17")
def test_a_drag_waits_and_then_one_email_leaves(hers, smtp):
    drag(hers, "15:00")
    work(NOW + timedelta(seconds=19))
    assert smtp.taken == []
    work(NOW + WAIT)
    work(MINUTE)
    assert subjects(smtp) == ["Votre rendez-vous est déplacé au jeudi 3 décembre 2026 à 15:00"]


def test_undone_nothing_leaves_and_all_is_as_it_was(hers, smtp):
    moved = drag(hers, "15:00", end=at(THURSDAY, "16:30"))
    back = undo(moved, NOW + timedelta(seconds=10))
    assert (back.start, back.end) == (at(THURSDAY, "09:30"), at(THURSDAY, "10:00"))
    work(MINUTE)
    work(NOW + timedelta(hours=1))
    assert smtp.taken == []
    assert Message.objects.filter(kind="reminder", status="queued").exists()  # of the old time


def test_left_untold_it_stands_and_the_next_move_says_from_where_she_knows(hers, smtp):
    moved = drag(hers, "15:00")
    leave_untold(moved, seen=moved.version)
    work(MINUTE)
    assert smtp.taken == []
    drag(hers, "16:00", Telling())
    work(MINUTE)
    (text,) = texts(smtp)
    assert "Avant\xa0: jeudi 3 décembre 2026, 09:30" in text


def test_what_has_left_is_not_left_untold(hers, smtp):
    moved = drag(hers, "15:00")
    work(MINUTE)
    with pytest.raises(ChangedMeanwhile):
        leave_untold(moved, seen=moved.version)
    assert len(smtp.taken) == 1


def test_a_second_undo_takes_nothing_back(hers):
    moved = drag(hers, "15:00")
    back = undo(moved)
    for seen in (moved.version, back.version):
        with pytest.raises(ChangedMeanwhile):
            undo(hers, seen=seen)
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")


def test_after_a_second_drag_the_first_is_not_undone(hers):
    first = drag(hers, "15:00")
    seen = first.version
    drag(first, "16:00")
    with pytest.raises(ChangedMeanwhile):
        undo(hers, seen=seen)


def test_two_drags_tell_once_from_where_she_knows_to_where_it_stands(hers, smtp):
    drag(hers, "15:00")
    drag(hers, "16:00", now=NOW + timedelta(seconds=5))
    work(MINUTE)
    (text,) = texts(smtp)
    assert "Avant\xa0: jeudi 3 décembre 2026, 09:30" in text
    assert "Quand\xa0: jeudi 3 décembre 2026, 16:00" in text


def test_dragged_back_by_hand_there_is_nothing_to_tell(hers, smtp):
    drag(hers, "15:00")
    drag(hers, "09:30", now=NOW + timedelta(seconds=5))
    work(MINUTE)
    assert smtp.taken == []


def test_the_second_of_two_drags_undone_the_first_is_told(hers, smtp):
    drag(hers, "15:00")
    undo(drag(hers, "16:00", now=NOW + timedelta(seconds=5)), NOW + timedelta(seconds=10))
    work(MINUTE)
    assert subjects(smtp) == ["Votre rendez-vous est déplacé au jeudi 3 décembre 2026 à 15:00"]


def test_undone_too_late_it_is_a_move_that_tells(hers, smtp):
    moved = drag(hers, "15:00")
    work(MINUTE)
    undo(moved, MINUTE)
    work(MINUTE + timedelta(minutes=1))
    assert [s[-5:] for s in subjects(smtp)] == ["15:00", "09:30"]


def test_undone_while_the_mail_server_is_away_neither_leaves(hers, smtp):
    moved = drag(hers, "15:00")
    smtp.mood = "later"
    work(MINUTE)
    undo(moved, MINUTE)
    smtp.mood = "take"
    smtp.taken.clear()
    work(MINUTE + timedelta(minutes=1) + 2 * FIRST_BACKOFF)
    told = Message.objects.filter(kind="moved")
    assert smtp.taken == []
    assert sorted(told.values_list("status", "error")) == [("dropped", "undone")] * 2


def test_cancelled_meanwhile_it_is_the_time_that_she_knows_that_is_cancelled(hers, smtp):
    drag(hers, "15:00")
    cancel_appointment(hers, by=PRACTICE, now=NOW + timedelta(seconds=5))
    work(MINUTE)
    assert subjects(smtp) == [
        "Votre rendez-vous du jeudi 3 décembre 2026 à 09:30 est annulé",
    ]
    assert "15:00" not in texts(smtp)[0]


def test_its_old_time_taken_meanwhile_it_stays(hers, follow_up, anne, practice):
    moved = drag(hers, "15:00")
    lina = make_patient(practice, "Lina")
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), lina, by=PRACTICE, now=NOW)
    with pytest.raises(SlotTaken):
        undo(moved)
    assert Appointment.objects.get(pk=hers.pk).start == at(THURSDAY, "15:00")


def test_what_stood_over_something_on_purpose_goes_back_over_it(hers, follow_up, anne, practice):
    lina = make_patient(practice, "Lina")
    over = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), lina, by=PRACTICE, now=NOW, allow_overlap=True
    )
    back = undo(drag(over, "15:00"))
    assert (back.start, back.event.exclusive) == (at(THURSDAY, "09:30"), False)


def test_to_a_colleague_and_back(hers, smtp, anne, lise):
    moved = drag(hers, "09:30", practitioner=lise)
    assert Appointment.objects.get().practitioner == lise
    assert in_how_long(moved.history.last()) == (
        "Un e-mail partira à Julie Petit dans 20 secondes."
    )
    undo(moved)
    assert Appointment.objects.get().practitioner == anne
    work(MINUTE)
    assert smtp.taken == []


def test_who_is_given_to_a_colleague_is_told_with_whom(hers, smtp, lise):
    drag(hers, "09:30", practitioner=lise)
    work(MINUTE)
    assert subjects(smtp) == ["Votre rendez-vous du jeudi 3 décembre 2026 à 09:30 a changé"]
    (text,) = texts(smtp)
    assert "Votre rendez-vous est désormais avec Lise Roux." in text
    assert "Avant :" not in text
    (calendar,) = smtp.taken[0].iter_attachments()
    assert "SEQUENCE:1" in calendar.get_content()


def test_a_clock_that_was_wrong_keeps_no_message_back(hers, smtp):
    drag(hers, "15:00", now=NOW + timedelta(days=400))
    work(MINUTE)
    assert len(smtp.taken) == 1


@pytest.mark.rule("3.12.4")
def test_another_type_brings_its_duration_and_is_not_undone(hers, practice, lise):
    long = make_type(practice, "Bilan", duration_minutes=60)
    changed = move_appointment(hers, hers.start, by=PRACTICE, now=NOW, type=long, practitioner=lise)
    assert (changed.type, changed.practitioner) == (long, lise)
    assert changed.end == at(THURSDAY, "10:30")
    assert changed.sequence == 1
    with pytest.raises(ChangedMeanwhile):
        undo(changed)


def test_who_has_no_address_reads_in_an_sms_with_whom_it_is(follow_up, anne, lise, practice, sms):
    maud = make_patient(practice, "Maud", mobile="+33639980001")
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), maud, by=PRACTICE, now=NOW)
    work()
    sms.taken.clear()
    drag(made, "09:30", practitioner=lise)
    work(MINUTE)
    (text,) = [message["body"]["body"]["text"] for message in sms.taken]
    assert "votre rendez-vous du jeudi 3 décembre à 09:30 est désormais avec Lise Roux" in text
