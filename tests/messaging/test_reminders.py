"""Reminders: whose, when, judged again, once each (rule 3.6)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment, unconfirm_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import Boxes, By
from maia.messaging.foresight import what_waits
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.reminders import reminder_due, reschedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.messaging.test_delivery import work

DAY_BEFORE = at(THURSDAY - timedelta(days=1), "14:00")
BOTH = Boxes(email=True, sms=True)


@pytest.fixture(autouse=True)
def mobile(julie):
    julie.mobile = "+33639980001"
    julie.save()


def book(type, practitioner, patient, text="09:30", boxes=BOTH, now=NOW):
    return book_appointment(
        type, practitioner, at(THURSDAY, text), patient, by=By.practice(None), now=now, boxes=boxes
    )


@pytest.fixture
def booked(follow_up, anne, julie):
    return book(follow_up, anne, julie)


def reminders(**wanted):
    found = Message.objects.filter(kind="reminder", **wanted)
    return {m.channel: (m.status, m.error) for m in found}


def texts(sms):
    return [message["body"]["body"]["text"] for message in sms.taken]


def mails(smtp, subject="Rappel"):
    return [m for m in smtp.taken if m["Subject"].strip().startswith(subject)]


@pytest.mark.rule("3.6.2")
def test_the_day_before_by_email_and_sms(booked, smtp, sms):
    work()
    work(DAY_BEFORE - timedelta(seconds=1))
    assert (mails(smtp), sms.taken) == ([], [])
    work(DAY_BEFORE)
    (mail,) = mails(smtp)
    assert (
        mail["Subject"].strip()
        == "Rappel\u00a0: votre rendez-vous du jeudi 3 décembre 2026 à 09:30"
    )
    assert mail["To"] == "julie@patiente.example"
    text = mail.get_body(("plain",)).get_content()
    assert f"/a/{booked.link_token}/" in text
    assert list(mail.iter_attachments()) == []
    (sent,) = sms.taken
    assert sent["body"]["recipient"]["to"] == "33639980001"
    assert sent["body"]["body"]["text"] == (
        "Rappel : rendez-vous jeudi 3 décembre à 09:30 avec Anne Morel. "
        f"http://127.0.0.1:8000/a/{booked.link_token}/"
    )
    work(DAY_BEFORE + timedelta(hours=3))
    assert (len(mails(smtp)), len(sms.taken)) == (1, 1)
    kept = Message.objects.get(kind="reminder", channel="sms")
    assert (kept.status, kept.provider_id, kept.to) == ("sent", "id-1", "+33639980001")
    assert (kept.segments, kept.body) == (1, texts(sms)[0])


def test_neither_an_sms_nor_a_subject_tells_the_kind_or_a_name(booked, smtp, sms):
    work(DAY_BEFORE)
    (mail,) = mails(smtp)
    for seen in (mail["Subject"], *texts(sms)):
        for secret in ("grossesse", "Julie", "Petit", "sage-femme"):
            assert secret not in seen


@pytest.mark.parametrize("days", [1, 2, 7])
@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe",
                                  "Pacific/Noumea"])  # fmt: skip
def test_days_before_at_the_practices_own_time(anne, practice, zone, days):
    practice.time_zone = zone
    anne.reminder_days_before, anne.reminder_time = days, time(18, 30)
    start = datetime(2026, 12, 10, 9, tzinfo=ZoneInfo(zone))
    due = reminder_due(anne, start.astimezone(UTC))
    assert due == datetime(2026, 12, 10 - days, 18, 30, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("monday", [date(2027, 3, 29), date(2027, 11, 1)])
def test_across_clock_changes_it_keeps_its_local_time(anne, monday):
    paris = ZoneInfo("Europe/Paris")
    nine = datetime.combine(monday, time(9), paris)
    due = reminder_due(anne, nine.astimezone(UTC)).astimezone(paris)
    assert (due.date(), due.time()) == (monday - timedelta(days=1), time(14))
    assert due.utcoffset() == nine.utcoffset()  # the clocks changed that night already
    anne.reminder_days_before = 2
    before = reminder_due(anne, nine.astimezone(UTC)).astimezone(paris)
    assert before.time() == time(14)
    assert before.utcoffset() != nine.utcoffset()


def test_a_time_that_clocks_skip_is_the_hour_after(anne):
    anne.reminder_time = time(2, 30)
    due = reminder_due(anne, datetime(2027, 3, 29, 7, tzinfo=UTC))
    assert due.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_late_the_sms_goes_at_once_and_the_email_says_nothing_new(
    follow_up, anne, julie, smtp, sms
):
    late = DAY_BEFORE + timedelta(hours=1)
    book(follow_up, anne, julie, now=late)
    work(late)
    assert reminders() == {"email": ("dropped", "late"), "sms": ("sent", "")}
    assert mails(smtp) == []
    assert len(mails(smtp, "Votre rendez-vous")) == 1


def test_noted_after_it_began_it_owes_nothing(follow_up, anne, julie):
    book(follow_up, anne, julie, now=at(THURSDAY, "10:00"))
    announce(at(THURSDAY, "10:00"))
    assert reminders() == {}


def test_cancelled_in_the_meantime_it_is_not_sent(booked, smtp, sms):
    work()
    cancel_appointment(booked, by=By.patient(None), now=NOW)
    work(DAY_BEFORE)
    assert reminders() == {
        "email": ("dropped", "cancelled_since"),
        "sms": ("dropped", "cancelled_since"),
    }
    assert sms.taken == []


def test_moved_in_the_meantime_it_is_sent_for_the_new_day(booked, smtp, sms):
    work()
    friday = THURSDAY + timedelta(days=1)
    move_appointment(booked, at(friday, "15:00"), by=By.patient(None), now=NOW)
    work(DAY_BEFORE)
    assert sms.taken == []
    assert reminders(occurrence=at(THURSDAY, "09:30"))["sms"] == ("dropped", "moved_since")
    work(DAY_BEFORE + timedelta(days=1))
    (text,) = texts(sms)
    assert "vendredi 4 décembre à 15:00" in text
    # And back again: it is owed once more.
    move_appointment(booked, at(THURSDAY + timedelta(days=7), "09:30"), by=By.patient(None),
                     now=NOW)  # fmt: skip
    work()
    assert Message.objects.filter(kind="reminder", channel="sms").count() == 3


def test_moved_away_and_back_it_is_reminded_once(booked, smtp, sms):
    work()
    move_appointment(booked, at(THURSDAY, "15:00"), by=By.patient(None), now=NOW)
    work()
    move_appointment(booked, at(THURSDAY, "09:30"), by=By.patient(None), now=NOW)
    work()
    work(DAY_BEFORE)
    assert len(sms.taken) == 1
    assert "09:30" in texts(sms)[0]


def test_unconfirmed_it_waits_for_the_yes(practice, anne, julie, smtp, sms):
    asked = make_type(practice, needs_confirmation=True, send_sms_reminder=True)
    waits = book_appointment(
        asked, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )
    work()
    assert reminders() == {}
    confirm_appointment(waits, by=By.practice(None), now=NOW)
    work()
    waits.refresh_from_db()
    unconfirm_appointment(waits, by=By.practice(None), now=NOW, seen=waits.version)
    work(DAY_BEFORE)
    assert reminders()["sms"] == ("dropped", "unconfirmed")
    confirm_appointment(waits, by=By.practice(None), now=DAY_BEFORE + timedelta(hours=1))
    work(DAY_BEFORE + timedelta(hours=1))
    assert reminders()["sms"] == ("sent", "")  # late, so at once


def tick(appointment, boxes, now=NOW):
    appointment.refresh_from_db()
    edit_appointment(
        appointment, practice_notes="", attendance="", boxes=boxes, by=By.practice(None), now=now,
        seen=appointment.version,
    )  # fmt: skip


@pytest.mark.rule("3.6.3")
def test_boxes_decide_until_the_last_moment(booked, smtp, sms):
    work()
    tick(booked, Boxes(email=True, sms=False))
    work(DAY_BEFORE)
    assert reminders() == {"email": ("sent", ""), "sms": ("dropped", "box_unticked")}
    tick(booked, BOTH, now=DAY_BEFORE + timedelta(hours=1))
    work(DAY_BEFORE + timedelta(hours=1))
    assert reminders()["sms"] == ("sent", "")


def test_a_box_ticked_later_owes_a_reminder(follow_up, anne, julie, smtp, sms):
    made = book(follow_up, anne, julie, boxes=Boxes(email=False, sms=False))
    work()
    assert reminders() == {}
    tick(made, Boxes(email=False, sms=True))
    work(DAY_BEFORE)
    assert reminders() == {"sms": ("sent", "")}


@pytest.mark.rule("3.6.15")
@pytest.mark.parametrize(("number", "reason"), [("", "no_mobile"), ("+33261914512", "not_mobile")])
def test_no_sms_without_a_mobile_and_the_reason_is_seen(booked, julie, smtp, sms, number, reason):
    work()
    julie.mobile = number
    julie.save()
    work(DAY_BEFORE)
    assert reminders()["sms"] == ("dropped", reason)


def test_a_number_changed_in_the_meantime_is_the_one_used(booked, julie, smtp, sms):
    work()
    julie.mobile = "+262692001234"  # a mobile of La Réunion
    julie.save()
    work(DAY_BEFORE)
    assert sms.taken[0]["body"]["recipient"]["to"] == "262692001234"


def test_without_a_provider_it_says_so(booked, smtp, settings):
    settings.SMS_URL = ""
    work(DAY_BEFORE)
    assert reminders()["sms"] == ("dropped", "no_sms_provider")


def test_a_barred_patient_is_reminded_of_what_stands(booked, julie, smtp, sms):
    julie.online_booking_barred = True
    julie.save()
    work(DAY_BEFORE)
    assert reminders()["sms"] == ("sent", "")


@pytest.mark.rule("3.6.13")
def test_two_on_one_day_are_one_sms(follow_up, anne, julie, smtp, sms):
    later = book(follow_up, anne, julie, "15:00")
    first = book(follow_up, anne, julie, "09:30")
    work(DAY_BEFORE)
    (text,) = texts(sms)
    assert "jeudi 3 décembre à 09:30 et 15:00 avec Anne Morel" in text
    assert f"09:30 http://127.0.0.1:8000/a/{first.link_token}/" in text
    assert f"15:00 http://127.0.0.1:8000/a/{later.link_token}/" in text
    assert len(mails(smtp)) == 2  # each email has its own link
    outcome = {
        m.appointment_id: (m.status, m.error)
        for m in Message.objects.filter(kind="reminder", channel="sms")
    }
    assert outcome == {first.pk: ("sent", ""), later.pk: ("dropped", "grouped")}


def test_one_that_was_counted_on_and_is_cancelled_leaves_nobody_out(
    follow_up, anne, julie, smtp, sms
):
    first = book(follow_up, anne, julie, "09:30")
    later = book(follow_up, anne, julie, "15:00")
    work()
    # The later one is judged first: it counts on the first, which is then cancelled.
    hers = Message.objects.get(appointment=later, kind="reminder", channel="sms")
    Message.objects.filter(pk=hers.pk).update(status="dropped", error="grouped")
    cancel_appointment(first, by=By.practice(None), now=NOW)
    work()
    # The practice sees at once that nobody is reminded of it.
    reminders = Message.objects.filter(appointment=first, kind="reminder")
    assert {(one.status, one.error) for one in reminders} == {("dropped", "cancelled_since")}
    work(DAY_BEFORE)
    assert [text for text in texts(sms) if "Rappel" in text and "15:00" in text]


def test_one_booked_after_the_sms_left_has_its_own(follow_up, anne, julie, smtp, sms):
    book(follow_up, anne, julie, "09:30")
    work(DAY_BEFORE)
    book(follow_up, anne, julie, "15:00", now=DAY_BEFORE + timedelta(hours=1))
    work(DAY_BEFORE + timedelta(hours=1))
    assert ["15:00" in text for text in texts(sms)] == [False, True]


def test_another_patient_or_day_is_not_grouped(follow_up, anne, julie, practice, smtp, sms):
    book(follow_up, anne, julie, "09:30")
    book(follow_up, anne, make_patient(practice, "Lina", mobile="+33639980002"), "10:30")
    work(DAY_BEFORE)
    assert len(sms.taken) == 2


def test_her_own_words_in_her_own_alphabet(booked, anne, smtp, sms):
    anne.sms_template = "Ça approche : {date}, {time}. {practice}"
    anne.sms_sender_name = "Tilleuls"
    anne.save()
    work(DAY_BEFORE)
    assert texts(sms) == ["Ça approche : jeudi 3 décembre, 09:30. Cabinet des Tilleuls"]
    assert sms.taken[0]["body"]["from"] == "Tilleuls"


def test_it_speaks_the_patients_language(booked, julie, smtp, sms):
    julie.language = "en"
    julie.save()
    work(DAY_BEFORE)
    assert texts(sms)[0].startswith("Reminder: appointment on Thursday 3 December at 09:30 with")


def test_a_new_time_of_day_moves_those_that_wait(booked, anne, smtp, sms):
    work()
    anne.reminder_days_before, anne.reminder_time = 2, time(9)
    anne.save()
    reschedule(anne, NOW)
    two_days = at(THURSDAY - timedelta(days=2), "09:00")
    due = set(Message.objects.filter(kind="reminder").values_list("due_at", flat=True))
    # Already past at the time of saving: they keep their day.
    assert due == ({two_days} if two_days > NOW else {DAY_BEFORE})
    anne.reminder_days_before, anne.reminder_time = 1, time(20)
    reschedule(anne, NOW)
    work(at(THURSDAY - timedelta(days=1), "19:59"))
    assert sms.taken == []
    work(at(THURSDAY - timedelta(days=1), "20:00"))
    assert len(sms.taken) == 1


def change(appointment, how, now):
    if how == "cancelled":
        cancel_appointment(appointment, by=By.practice(None), now=now)
    else:
        move_appointment(appointment, at(THURSDAY, "16:00"), by=By.practice(None), now=now)


@pytest.mark.rule("3.6.10")
@pytest.mark.parametrize("how", ["cancelled", "moved"])
def test_the_practice_changes_it_at_short_notice_an_sms_says_so(booked, smtp, sms, how):
    work()
    now = at(THURSDAY, "08:00")
    work(DAY_BEFORE)
    sms.taken.clear()
    change(booked, how, now)
    work(now)
    (text,) = texts(sms)  # and not a late reminder besides
    assert text.startswith("Cabinet des Tilleuls : votre rendez-vous")
    assert ("annulé" if how == "cancelled" else "16:00") in text


@pytest.mark.parametrize("how", ["cancelled", "moved"])
def test_in_good_time_an_email_is_enough_if_she_has_one(booked, julie, smtp, sms, how):
    work()
    change(booked, how, NOW)
    work()
    assert sms.taken == []


def test_without_an_address_an_sms_says_it(booked, julie, smtp, sms):
    julie.email = ""
    julie.save()
    change(booked, "moved", NOW)
    work()
    assert len(sms.taken) == 1


def test_what_the_patient_does_herself_needs_no_sms(booked, julie, smtp, sms):
    cancel_appointment(booked, by=By.patient(None), now=NOW)
    work()
    assert sms.taken == []


@pytest.mark.rule("3.2.7")
def test_what_to_bring_is_in_the_emails_and_in_no_sms(booked, follow_up, smtp, sms):
    follow_up.instructions = "- votre **carte Vitale**"
    follow_up.save()
    work()
    work(DAY_BEFORE)
    letters = [m for m in smtp.taken if "julie" in m["To"]]
    assert len(letters) == 2  # confirmation, reminder
    for letter in letters:
        assert "- votre carte Vitale" in letter.get_body(("plain",)).get_content()
        assert "<strong>carte Vitale</strong>" in letter.get_body(("html",)).get_content()
        assert "Vitale" not in letter["Subject"]
    assert all("Vitale" not in str(taken) for taken in sms.taken)


@pytest.mark.rule("3.6.7")
@pytest.mark.parametrize("hours", [0, 12, 24, 48])
def test_a_reminder_promises_only_what_is_not_over(booked, practice, anne, smtp, sms, hours):
    practice.phone = "+33261914512"
    practice.save()
    anne.cancellation_deadline_hours = hours
    anne.save()
    work()
    work(DAY_BEFORE)
    mail = mails(smtp)[0]
    over = booked.change_deadline < DAY_BEFORE
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert ("jusqu’au" in text or "Jusqu’au" in text) != over
        assert ("trop tard" in text) == over
        assert "02 61 91 45 12" in text
        assert booked.link_token in text
    (text,) = texts(sms)
    assert ("Déplacer" in text) != over
    assert ("02 61 91 45 12" in text) == over
    assert booked.link_token in text


def test_her_own_words_lose_the_sentence_that_is_over(booked, practice, anne, smtp, sms):
    practice.phone = "+33261914512"
    practice.save()
    anne.sms_template = "RDV {date} {time}. A changer en ligne : {link} Bonne journee."
    anne.save()
    work()
    work(DAY_BEFORE)
    (text,) = texts(sms)
    assert "changer en ligne" not in text
    assert "02 61 91 45 12" in text


def test_what_cannot_be_moved_online_is_not_said_to_be(follow_up, anne, julie, smtp, sms):
    follow_up.allow_online_booking = False
    follow_up.save()
    anne.cancellation_deadline_hours = 0
    anne.save()
    book(follow_up, anne, julie)
    work()
    work(DAY_BEFORE)
    for mail in smtp.taken:
        if "julie" in mail["To"]:
            text = mail.get_body(("plain",)).get_content()
            assert "Vous pouvez l’annuler en ligne" in text
            assert "déplacer" not in text
    assert ["Annuler" in text and "Déplacer" not in text for text in texts(sms)] == [True]


def test_reminders_of_an_old_time_are_dropped_at_once_and_owed_again_when_it_is_back(
    booked, smtp, sms
):
    work()
    practice = By.practice(None)
    moved = move_appointment(booked, at(THURSDAY, "15:00"), by=practice, now=NOW)
    waiting = Message.objects.filter(kind="reminder", status="queued")
    assert {one.occurrence for one in waiting} == {booked.start}
    foretold = what_waits(moved, NOW)  # before a worker has looked
    leave = [m for m in foretold if m.kind == "reminder" and m.status == "queued"]
    assert {(m.channel, m.occurrence) for m in leave} == {
        ("email", moved.start), ("sms", moved.start),
    }  # fmt: skip
    work()
    assert reminders(occurrence=booked.start) == {
        "email": ("dropped", "moved_since"), "sms": ("dropped", "moved_since"),
    }  # fmt: skip
    assert reminders(occurrence=moved.start) == {"email": ("queued", ""), "sms": ("queued", "")}
    move_appointment(moved, booked.start, by=practice, now=NOW)
    work()
    assert reminders(occurrence=booked.start) == {"email": ("queued", ""), "sms": ("queued", "")}
    assert reminders(occurrence=moved.start)["sms"] == ("dropped", "moved_since")
    work(DAY_BEFORE)
    assert [text[:45] for text in texts(sms)] == ["Rappel : rendez-vous jeudi 3 décembre à 09:30"]
