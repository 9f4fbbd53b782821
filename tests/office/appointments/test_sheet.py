"""The appointment sheet and the agenda's feed: what the practice notes, moves, confirms."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import Boxes, By
from maia.appointments.models import Appointment, Event
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.patients.models import Patient
from maia.patients.search import search_patients
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.messaging.test_delivery import work
from tests.pages import anyway, on_one_line, shown


def note(client, who, what, **typed):
    data = {
        "request_key": uuid4(),
        "patient": "",
        "practitioner": who.pk,
        "type": what.pk,
        "date": "2026-12-03",
        "time": "09:35",
        "send_email": "on",
        **typed,
    }
    return client.post("/pro/appointments/new/", data)


def mark_in(answer):
    return answer.context["mark"]


@pytest.fixture
def hers(follow_up, anne, julie):
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )


def url(name, appointment):
    return reverse(f"office:{name}", args=[appointment.pk])


def test_an_appointment_by_phone_at_any_time(owner, anne, follow_up, julie):
    answer = note(owner, anne, follow_up, patient=julie.pk, time="12:35")  # in the break
    made = Appointment.objects.get()
    assert answer["Location"] == url("sheet", made)
    assert (made.start, made.end) == (at(THURSDAY, "12:35"), at(THURSDAY, "13:05"))
    assert (made.booked_online, made.email_reminder, made.sms_reminder) == (False, True, False)
    assert made.history.get().user == anne.user


def test_a_type_that_is_not_online_is_noted_too(owner, practice, anne, julie):
    internal = make_type(practice, allow_online_booking=False)
    assert note(owner, anne, internal, patient=julie.pk).status_code == 302


def test_a_new_patient_is_made_on_the_spot_or_not_at_all(owner, anne, follow_up):
    wrong = note(owner, anne, follow_up, first_name="Lina", last_name="Roy", mobile="12")
    assert wrong.status_code == 422
    assert "n’est pas un numéro" in wrong.content.decode()
    letters = "FREQ=DAILY;COUNT=999999999"
    wrong = note(owner, anne, follow_up, first_name="Lina", last_name="Roy", mobile=letters)
    assert wrong.status_code == 422
    assert not Patient.objects.exists()
    note(owner, anne, follow_up, first_name="Lina", last_name="Roy", mobile="06 39 98 00 01")
    assert Patient.objects.get().mobile.as_e164 == "+33639980001"
    taken = note(owner, anne, follow_up, first_name="Zoé", last_name="Roy")
    assert taken.status_code == 409
    assert Patient.objects.count() == 1


@pytest.mark.rule("3.12.9")
def test_the_sheet_of_what_has_not_begun_takes_no_attendance(owner, hers):
    typed = {"version": hers.version, "practice_notes": "Vue", "attendance": "no_show"}
    answer = owner.post(url("sheet", hers), typed)
    assert answer.status_code == 409
    assert "pas encore commencé" in answer.content.decode()
    hers.refresh_from_db()
    assert (hers.attendance, hers.practice_notes) == ("", "")


def test_without_a_script_the_search_answers_on_saving(owner, anne, follow_up, practice):
    lina = make_patient(practice, "Lina")
    answer = note(owner, anne, follow_up, patient_search="lin")
    assert answer.status_code == 422
    assert f'type="radio" name="patient" value="{lina.pk}" checked' in on_one_line(
        answer.content.decode()
    )


def test_an_overlap_is_warned_of_then_taken_on_purpose(owner, hers, anne, follow_up, practice):
    lina = make_patient(practice, "Lina")
    answer = note(owner, anne, follow_up, patient=lina.pk)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Vous avez déjà Julie Petit de 09:30 à 10:00." in page
    assert "Si c’est volontaire, enregistrez quand même." in page
    assert "Lina" in page
    note(owner, anne, follow_up, patient=lina.pk, allow_overlap=mark_in(answer))
    urgent = Appointment.objects.get(patient=lina)
    assert not urgent.event.exclusive
    assert Event.objects.count() == 2


def test_an_unticked_email_box_sends_nothing(owner, anne, follow_up, julie):
    note(owner, anne, follow_up, patient=julie.pk, send_email="")
    announce(NOW)
    assert not Message.objects.exists()
    note(owner, anne, follow_up, patient=julie.pk, time="11:00")
    announce(NOW)
    kinds = [(m.kind, m.channel) for m in Message.objects.all()]
    assert kinds == [("confirmation", "email"), ("reminder", "email")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "hier"),
        ("time", "25:00"),
        ("type", "abc"),
        ("practitioner", ""),
        ("patient", "9" * 40),
        ("type", "-1"),
    ],
)
def test_bad_input_is_answered_at_its_field(owner, anne, follow_up, julie, field, value):
    answer = note(owner, anne, follow_up, **{"patient": julie.pk, field: value})
    assert answer.status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.rule("3.5.8")
def test_three_letters_find_a_patient_whatever_the_accents(practice):
    zoe = make_patient(practice, "Zoé", last_name="Lefèvre", email="zl@patiente.example")
    zoe.mobile = "+33639981234"
    zoe.save()
    make_patient(practice, "Anna")
    for typed in ("zoe", "ZOÉ", "lefev", "fevre zo", "zl@PAT", "06 39 98 12", "9981234"):
        assert search_patients(practice.patients.kept(), typed, 8, today=NOW.date()) == [zoe], typed
    for typed in ("", "z", "%%%", "___", "xyz"):
        assert search_patients(practice.patients.kept(), typed, 8, today=NOW.date()) == [], typed


@pytest.mark.rule("3.12.2")
def test_the_next_free_times_without_notice_or_horizon(owner, anne, ines, follow_up):
    path = reverse("office:availability")
    asked = {"type": follow_up.pk, "practitioner": anne.pk}
    far = owner.get(path, asked | {"date": "2029-12-03"}).content.decode()
    assert 'data-date="2029-12-03"' in far
    assert 'data-time="09:00"' in far
    today = owner.get(path, asked | {"date": "2026-12-01"}).content.decode()
    assert 'data-date="2026-12-01" data-time="10:30"' in on_one_line(today)
    assert 'data-date="2026-12-01" data-time="09:00"' not in on_one_line(today)  # it is over
    assert today.count('class="day"') == 5
    later = owner.get(path, asked | {"date": "2026-12-01", "after": "2026-12-06"}).content.decode()
    assert 'data-date="2026-12-05"' not in later
    assert 'data-date="2026-12-06"' in later
    noon = asked | {"date": "2026-12-01", "from": "2026-12-10", "part": "pm"}
    afternoon = owner.get(path, noon).content.decode()
    assert 'data-date="2026-12-10" data-time="14:00"' in on_one_line(afternoon)
    assert "09:00" not in afternoon
    everybody = owner.get(path, asked | {"date": "2026-12-03", "everybody": "1"}).content.decode()
    assert f'data-practitioner="{ines.pk}"' in everybody
    for wrong_day in ("", "demain", "2026-99-99"):
        assert "Choisissez d’abord" in owner.get(path, asked | {"date": wrong_day}).content.decode()
    for wrong in ({"moving": "9999"}, {"moving": "x"}):
        assert owner.get(path, asked | wrong | {"date": "2026-12-03"}).status_code == 404
    nothing = owner.get(path, {"type": follow_up.pk, "practitioner": "x", "date": "2026-12-03"})
    assert "Aucun créneau libre" in nothing.content.decode()


def test_without_a_script_a_free_time_is_taken_into_the_form(owner, anne, ines, follow_up, julie):
    typed = {
        "patient": julie.pk, "practitioner": anne.pk, "type": follow_up.pk, "date": "2026-12-03",
        "time": "12:35", "request_key": uuid4(), "practice_notes": "À relire", "send_sms": "on",
    }  # fmt: skip
    page = owner.post("/pro/appointments/new/", typed | {"look": "1"}).content.decode()
    assert 'value="2026-12-03T09:00 ' in page
    assert "À relire" in page
    assert "Julie Petit" in page
    assert 'class="error"' not in page
    taken = typed | {"take": f"2026-12-03T09:30 {ines.pk}"}
    page = on_one_line(owner.post("/pro/appointments/new/", taken).content.decode())
    assert 'value="09:30"' in page
    assert f'<option value="{ines.pk}" selected>' in page
    assert not Appointment.objects.exists()


def test_while_moving_its_own_place_is_not_offered(owner, hers, anne):
    form = {"date": "2026-12-03", "time": "09:30", "practitioner": anne.pk, "version": 0}
    page = owner.post(url("move", hers), form | {"look": "1"}).content.decode()
    assert 'value="2026-12-03T10:00 ' in page
    assert 'value="2026-12-03T09:30 ' not in page
    path = reverse("office:availability")
    asked = {"moving": hers.pk, "practitioner": anne.pk, "date": "2026-12-03"}
    assert 'data-date="2026-12-03" data-time="09:30"' not in on_one_line(
        owner.get(path, asked).content.decode()
    )
    taken = owner.post(url("move", hers), form | {"take": f"2026-12-04T15:00 {anne.pk}"})
    assert 'value="15:00"' in taken.content.decode()
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")


def test_who_what_and_until_when_are_filled_in_by_the_address(owner, anne, follow_up, julie, hers):
    new = reverse("office:new_appointment")
    asked = f"patient={julie.pk}&type={follow_up.pk}&practitioner={anne.pk}"
    assert asked in owner.get(url("sheet", hers)).content.decode().replace("&amp;", "&")
    assert f"?patient={julie.pk}" in owner.get(f"/pro/patients/{julie.pk}/").content.decode()
    span = "start=2026-12-03T14:00&end=2026-12-03T15:20"
    page = on_one_line(owner.get(f"{new}?{asked}&{span}").content.decode())
    assert f'name="patient" value="{julie.pk}" checked' in page
    assert 'value="15:20"' in page
    for wrong in ("patient=x&type=y&end=z", "start=2026-12-03T14:00&end=2026-12-02T15:20"):
        assert owner.get(f"{new}?{wrong}").status_code == 200


def test_a_cancelled_one_leads_to_another(owner, hers, julie, anne, follow_up):
    cancel_appointment(hers, by=By.practice(anne.user), now=NOW)
    page = owner.get(url("sheet", hers)).content.decode()
    assert f"/pro/appointments/new/?patient={julie.pk}" in page


def test_noted_with_its_own_end_a_note_and_a_word(owner, anne, follow_up, julie, smtp):
    note(
        owner, anne, follow_up, patient=julie.pk, until="11:20", practice_notes="Toxo", word="À jeudi !"
    )  # fmt: skip
    made = Appointment.objects.get()
    assert (made.end, made.practice_notes) == (at(THURSDAY, "11:20"), "Toxo")
    work()
    assert "À jeudi !" in left_in(smtp)[0]
    crooked = note(owner, anne, follow_up, patient=julie.pk, time="15:00", until="14:00")
    assert crooked.status_code == 422


@pytest.mark.rule("3.4.9")
def test_editing_is_seen_by_the_second_editor(owner, hers):
    page = {"version": hers.version, "practice_notes": "Toxo négative", "send_email": "on"}
    assert owner.post(url("sheet", hers), page).status_code == 302
    late = owner.post(url("sheet", hers), page | {"practice_notes": "Autre chose"})
    assert late.status_code == 409
    assert "Autre chose" in late.content.decode()  # nothing typed is lost
    hers.refresh_from_db()
    assert hers.practice_notes == "Toxo négative"
    assert [e.action for e in hers.history.all()] == ["booked", "edited"]


@pytest.mark.rule("3.12.3")
def test_the_patient_never_sees_the_notes_of_the_practice(owner, sign_in, hers, julie):
    Appointment.objects.update(practice_notes="Confidentiel")
    client = sign_in(julie.user)
    for path in (
        "/mes-rendez-vous/",
        f"/mes-rendez-vous/{hers.uid}/",
        f"/a/{hers.link_token}/",
        f"/mes-rendez-vous/{hers.uid}/rendez-vous.ics",
    ):
        assert "Confidentiel" not in client.get(path).content.decode()


def test_moving_by_form_and_by_drag(owner, hers):
    form = {"date": "2026-12-03", "time": "15:00", "version": 0}
    assert owner.post(url("move", hers), form).status_code == 302
    dragged = {"date": "2026-12-04", "time": "10:10", "end": "2026-12-04T11:00", "version": 1}
    json = {"Accept": "application/json"}
    answer = owner.post(url("move", hers), dragged, headers=json)
    assert answer.json() == {
        "version": 2,
        "said": "Julie Petit\u00a0: rendez-vous déplacé au vendredi 4 décembre à 10:10. Un e-mail partira à Julie Petit dans 20 secondes.",
        "undo": url("undo_move", hers),
        "tells": True,
    }
    moved = Appointment.objects.get()
    friday = THURSDAY + timedelta(days=1)
    assert (moved.start, moved.end) == (at(friday, "10:10"), at(friday, "11:00"))
    stale = owner.post(url("move", hers), dragged | {"time": "10:30"}, headers=json)
    assert (stale.status_code, stale.json()["overlaps"]) == (409, False)


def test_an_absence_that_it_falls_in_is_said_on_the_sheet(owner, hers, anne):
    def sheet():
        return owner.get(url("sheet", hers)).content.decode()

    assert "dans une absence" not in sheet()
    anne.absences.create(start=hers.end, end=hers.end + timedelta(hours=1))
    assert "dans une absence" not in sheet()
    over = anne.absences.create(start=hers.start, end=hers.end, title="Agenda de l’hôpital")
    assert "dans une absence : Agenda de l’hôpital." in sheet()
    over.title = ""
    over.save()
    assert "dans une absence." in sheet()
    cancel_appointment(hers, by=By.practice(None), now=NOW)
    assert "dans une absence" not in sheet()


def test_stretching_by_form(owner, hers):
    form = {"date": "2026-12-03", "time": "09:30", "until": "10:45", "version": 0}
    assert owner.post(url("move", hers), form).status_code == 302
    assert Appointment.objects.get().end == at(THURSDAY, "10:45")
    crooked = form | {"until": "09:00", "version": 1}
    assert owner.post(url("move", hers), crooked).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"end": "2026-12-03T08:00"}, {"end": "2027-12-03T08:00"}, {"version": "x"}]
)
def test_a_crooked_drag_is_refused(owner, hers, wrong):
    data = {"date": "2026-12-03", "time": "15:00", "version": 0, **wrong}
    answer = owner.post(url("move", hers), data, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert Appointment.objects.get().start == at(THURSDAY, "09:30")


def test_put_back_to_be_confirmed_it_keeps_its_time(owner, anne, follow_up, julie):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW
    )
    assert owner.post(url("unconfirm", made)).status_code == 409  # from which page?
    assert owner.post(url("unconfirm", made), {"version": made.version}).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.version, made.event.blocking) == ("unconfirmed", 1, True)
    feed = owner.get("/pro/agenda/events/?start=2026-12-03T00:00&end=2026-12-04T00:00").json()
    (drawn,) = [row for row in feed if row.get("title")]
    assert drawn["classNames"] == ["first", "unconfirmed"]
    owner.post(url("confirm", made), {"version": made.version})
    cancel_appointment(made, by=By.practice(None), now=NOW)
    made.refresh_from_db()
    assert owner.post(url("unconfirm", made), {"version": made.version}).status_code == 409


def test_only_the_first_visit_of_a_patient_is_marked(owner, anne, follow_up, julie):
    for time in ("09:30", "10:30"):
        book_appointment(follow_up, anne, at(THURSDAY, time), julie, by=By.practice(None), now=NOW)
    feed = owner.get("/pro/agenda/events/?start=2026-12-03T00:00&end=2026-12-04T00:00").json()
    marks = {row["start"][11:16]: row["classNames"] for row in feed if row.get("title")}
    assert marks == {"09:30": ["first"], "10:30": []}


def test_noted_to_be_confirmed_it_only_holds_the_time(owner, anne, follow_up, julie):
    assert note(owner, anne, follow_up, patient=julie.pk, unconfirmed="on").status_code == 302
    assert Appointment.objects.get().status == "unconfirmed"


@pytest.mark.rule("3.2.6")
def test_confirming_tells_the_patient(owner, practice, anne, julie):
    asked = make_type(practice, needs_confirmation=True)
    waits = book_appointment(
        asked, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )
    for _again in range(2):
        owner.post(url("confirm", waits), {"version": waits.version})
    waits.refresh_from_db()
    assert waits.status == "confirmed"
    announce(NOW)
    kinds = sorted(Message.objects.filter(recipient="patient").values_list("kind", flat=True))
    assert kinds == ["confirmation", "confirmed", "reminder", "reminder"]  # not before the yes


def test_cancelling_frees_the_time(owner, hers, anne, follow_up, julie):
    owner.post(url("cancel", hers), {"version": 0})
    assert note(owner, anne, follow_up, patient=julie.pk).status_code == 302


def test_the_feed_has_the_weeks_events_in_the_practices_time(owner, hers):
    feed = owner.get("/pro/agenda/events/?start=2026-11-30T00:00:00&end=2026-12-07T00:00:00").json()
    (event,) = [e for e in feed if "id" in e]
    assert (event["start"], event["end"]) == ("2026-12-03T09:30:00", "2026-12-03T10:00:00")
    assert event["title"] == "Julie Petit"
    assert event["classNames"] == ["first", "online"]
    closed = [e for e in feed if e.get("display") == "background"]
    assert {"start": "2026-12-03T12:00:00", "end": "2026-12-03T14:00:00"}.items() <= next(
        e for e in closed if e["start"] == "2026-12-03T12:00:00"
    ).items()


@pytest.mark.parametrize(
    "query",
    ["", "?start=x&end=y", "?start=2026-12-07T00:00&end=2026-11-30T00:00",
     "?start=1000-01-01T00:00&end=9999-01-01T00:00"],
)  # fmt: skip
def test_a_bad_range_is_a_400(owner, query):
    assert owner.get(f"/pro/agenda/events/{query}").status_code == 400


def test_the_feed_takes_a_constant_number_of_queries(
    owner, practice, anne, follow_up, django_assert_max_num_queries
):
    events = Event.objects.bulk_create(
        Event(
            practice=practice,
            practitioner=anne,
            type=follow_up,
            kind="appointment",
            start=at(THURSDAY, "00:00") + timedelta(minutes=2 * n),
            end=at(THURSDAY, "00:00") + timedelta(minutes=2 * n + 2),
        )
        for n in range(500)
    )
    patient = make_patient(practice)
    Appointment.objects.bulk_create(
        Appointment(practice=practice, event=e, patient=patient, status="confirmed") for e in events
    )
    with django_assert_max_num_queries(11):
        owner.get("/pro/agenda/events/?start=2026-11-30T00:00:00&end=2026-12-07T00:00:00")


def test_a_visit_at_home_says_where_and_asks_for_what_is_missing(owner, practice, anne, julie):
    visit = make_type(practice, "Visite", place="home")
    note(owner, anne, visit, patient=julie.pk)
    made = Appointment.objects.get()
    assert "pas encore d’adresse" in owner.get(url("sheet", made)).content.decode()
    home = {"street": "5 rue du Port", "postcode": "44000", "city": "Nantes"}
    note(owner, anne, visit, patient=julie.pk, time="10:35", access="Code 1", **home)
    note(owner, anne, visit, patient=julie.pk, time="11:25", access="Code 2")
    page = owner.get(url("sheet", made)).content.decode()
    assert "Au domicile de la patiente" in page
    assert "5 rue du Port, 44000 Nantes" in page
    assert "Code 2" in page
    assert "place du Marché" not in page


@pytest.mark.rule("3.6.10")
@pytest.mark.rule("3.6.7")
@pytest.mark.parametrize(
    ("email", "mobile", "box", "hours", "words", "channels"),
    [
        ("j@patiente.example", "", True, 48, "Un e-mail partira à j@patiente.example.", ["email"]),
        ("", "+33639980001", True, 48, "Un SMS partira au 06 39 98 00 01.", ["sms"]),
        (
            "j@patiente.example",
            "+33639980001",
            True,
            3,
            "Un e-mail partira à j@patiente.example et un SMS au 06 39 98 00 01.",
            ["email", "sms"],
        ),
        ("j@patiente.example", "+33639980001", False, 3, "Un SMS partira au", ["sms"]),
        ("", "+33261914512", True, 3, "ne reçoit aucun message", []),
        ("j@patiente.example", "", False, 3, "ne reçoit aucun message", []),
    ],
)
def test_what_is_said_before_cancelling_is_what_is_sent(
    owner, anne, follow_up, practice, settings, smtp, sms, email, mobile, box, hours, words, channels
):  # fmt: skip
    patient = make_patient(practice, "Lina", email=email, mobile=mobile)
    made = book_appointment(
        follow_up, anne, NOW + timedelta(hours=hours), patient, by=By.practice(None), now=NOW,
        boxes=Boxes(email=box, sms=False),
    )  # fmt: skip
    announce(NOW)
    Message.objects.all().delete()
    assert words in owner.get(url("sheet", made)).content.decode()
    owner.post(url("cancel", made), {"version": made.version})
    work()
    left = Message.objects.filter(recipient="patient", status="sent")
    assert sorted(left.values_list("channel", flat=True)) == channels


def left_in(smtp):
    return [letter.get_body(("plain",)).get_content() for letter in smtp.taken]


@pytest.mark.rule("3.6.16")
def test_she_decides_whether_the_patient_is_told_and_adds_a_word(owner, hers, smtp):
    work()
    smtp.taken.clear()
    page = owner.get(url("sheet", hers)).content.decode()
    assert page.count("Prévenir la patiente") == 2  # moving and cancelling
    assert page.count(f"Un e-mail partira à {hers.patient.email}.") == 2
    shown = {"telling_shown": "True", "date": "2026-12-03"}
    owner.post(url("move", hers), shown | {"time": "15:00", "version": 0})
    work(NOW + timedelta(minutes=1))
    assert smtp.taken == []
    word = "Je vous attends\u202e à\r\nla maternité."
    told = shown | {"time": "16:00", "version": 1, "tell_patient": "on", "word": word}
    owner.post(url("move", hers), told)
    work(NOW + timedelta(minutes=1))
    assert "Je vous attends à\r\nla maternité." in left_in(smtp)[0]
    page = owner.get(url("sheet", hers)).content.decode()
    assert "la patiente n’a pas été prévenue" in page
    assert "la maternité." in page


def test_a_word_that_is_too_long_is_said_where_it_was_typed(owner, hers):
    typed = {"version": 0, "telling_shown": "True", "tell_patient": "on", "word": "x" * 301}
    for name in ("cancel", "move"):
        answer = owner.post(url(name, hers), typed | {"date": "2026-12-03", "time": "15:00"})
        assert answer.status_code == 422
        assert "x" * 301 in answer.content.decode()
    hers.refresh_from_db()
    assert (hers.status, hers.version) == ("confirmed", 0)


JSON = {"Accept": "application/json"}


@pytest.mark.rule("3.6.17")
def test_a_drag_says_what_leaves_and_is_undone(owner, hers, smtp):
    work()
    smtp.taken.clear()
    dragged = {"date": "2026-12-04", "time": "10:10", "end": "2026-12-04T11:00", "version": 0}
    made = owner.post(url("move", hers), dragged, headers=JSON).json()
    assert made["said"].endswith("Un e-mail partira à Julie Petit dans 20 secondes.")
    sheet = owner.get(url("sheet", hers)).content.decode()
    assert sheet.count(f"Un e-mail partira à {hers.patient.email}.") == 2  # moving, cancelling
    assert sheet.count("reçoit un e-mail") == 1  # what is leaving
    undone = owner.post(made["undo"], {"version": made["version"]}, headers=JSON)
    assert undone.json()["said"] == ("Déplacement défait. Julie Petit ne reçoit aucun message.")
    again = owner.post(made["undo"], {"version": made["version"]}, headers=JSON)
    assert (again.status_code, list(again.json())) == (409, ["error"])
    hers.refresh_from_db()
    assert (hers.start, hers.end) == (at(THURSDAY, "09:30"), at(THURSDAY, "10:00"))
    work(NOW + timedelta(minutes=1))
    assert smtp.taken == []


@pytest.mark.rule("3.6.17")
def test_a_move_by_the_form_is_undone_from_the_sheet(owner, hers, smtp):
    work()
    smtp.taken.clear()
    there = {"date": "2026-12-04", "time": "10:10", "version": 0}
    page = owner.post(url("move", hers), there, follow=True).content.decode()
    assert "Déplacé : c’était jeudi 3 décembre à 09:30." in on_one_line(page)
    work()
    assert smtp.taken == []  # twenty seconds
    back = owner.post(url("undo_move", hers), {"version": 1}, follow=True).content.decode()
    assert "Déplacement défait." in back
    assert "c’était" not in back
    again = owner.post(url("undo_move", hers), {"version": 1}, follow=True).content.decode()
    assert "Ce déplacement a déjà été défait." in again
    assert "Quelqu’un a modifié" not in again
    hers.refresh_from_db()
    assert (hers.start, hers.end) == (at(THURSDAY, "09:30"), at(THURSDAY, "10:00"))
    work(NOW + timedelta(minutes=1))
    assert smtp.taken == []


@pytest.mark.rule("3.6.17")
def test_what_has_moved_long_ago_is_not_offered_back(owner, hers):
    owner.post(url("move", hers), {"date": "2026-12-04", "time": "10:10", "version": 0})
    for minutes, offered in ((9, True), (11, False)):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            page = owner.get(url("sheet", hers)).content.decode()
        assert ("c’était" in page) is offered


@pytest.mark.rule("3.6.17")
def test_a_drag_is_kept_and_nothing_told_of_it(owner, hers, smtp):
    work()
    smtp.taken.clear()
    dragged = {"date": "2026-12-04", "time": "10:10", "end": "2026-12-04T11:00", "version": 0}
    made = owner.post(url("move", hers), dragged, headers=JSON).json()
    assert made["tells"] is True
    quiet = {"version": made["version"], "quiet": "1"}
    assert owner.post(made["undo"], quiet, headers=JSON).json()["said"].startswith("La patiente")
    work(NOW + timedelta(minutes=1))
    assert smtp.taken == []
    hers = Appointment.objects.get(pk=hers.pk)
    assert hers.start == at(THURSDAY + timedelta(days=1), "10:10")
    assert "la patiente n’a pas été prévenue" in owner.get(url("sheet", hers)).content.decode()
    too_late = owner.post(made["undo"], quiet, headers=JSON)
    assert (too_late.status_code, list(too_late.json())) == (409, ["error"])
    # Nobody was told, so going back tells nobody either.
    assert owner.post(made["undo"], {"version": made["version"]}, headers=JSON).status_code == 200
    work(NOW + timedelta(minutes=2))
    assert smtp.taken == []


def test_a_drag_to_a_colleagues_column(owner, hers, ines, elsewhere):
    dragged = {"date": "2026-12-03", "time": "09:30", "end": "2026-12-03T10:00", "version": 0}
    stranger = dragged | {"practitioner": elsewhere["practitioner"].pk}
    for crooked in (stranger, dragged | {"practitioner": "x"}):
        assert owner.post(url("move", hers), crooked, headers=JSON).status_code == 422
    given = owner.post(url("move", hers), dragged | {"practitioner": ines.pk}, headers=JSON)
    assert given.status_code == 200
    assert Appointment.objects.get().practitioner == ines
    owner.post(given.json()["undo"], {"version": 1}, headers=JSON)
    assert Appointment.objects.get().practitioner != ines


def test_a_type_that_she_does_not_offer_is_not_dragged_to_her(owner, practice, anne, ines, julie):
    own = make_type(practice, practitioner=anne)
    made = book_appointment(own, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW)
    dragged = {"date": "2026-12-03", "time": "09:30", "version": 0, "practitioner": ines.pk}
    answer = owner.post(url("move", made), dragged, headers=JSON)
    assert (answer.status_code, answer.json()["overlaps"]) == (409, False)
    assert Appointment.objects.get().practitioner == anne


@pytest.mark.rule("3.12.4")
def test_the_sheet_changes_type_and_practitioner_and_keeps_the_duration_rule(
    owner, practice, hers, ines, smtp
):
    long = make_type(practice, "Bilan", duration_minutes=60, buffer_after_minutes=10)
    work()
    smtp.taken.clear()
    shown = {"date": "2026-12-03", "time": "09:30", "until": "10:00", "practitioner": ines.pk}
    answer = owner.post(url("move", hers), shown | {"type": long.pk, "version": 0})
    assert answer.status_code == 302
    made = Appointment.objects.get()
    assert (made.type, made.practitioner, made.end) == (long, ines, at(THURSDAY, "10:30"))
    assert made.event.buffer_after_minutes == 10
    work(NOW + timedelta(minutes=1))
    (letter,) = smtp.taken
    assert (
        letter["Subject"].strip() == "Votre rendez-vous du jeudi 3 décembre 2026 à 09:30 a changé"
    )
    assert "Bilan" not in letter["Subject"]
    assert "Bilan" in left_in(smtp)[0]
    # Moved, it lasts as long; an end that was changed by hand stays with another type.
    owner.post(url("move", hers), shown | {"time": "11:00", "until": "10:30", "version": 1})
    assert Appointment.objects.get().end == at(THURSDAY, "12:00")
    owner.post(url("move", hers), shown | {"time": "11:00", "until": "11:20", "version": 2})
    short = make_type(practice, "Court", duration_minutes=15)
    owner.post(
        url("move", hers),
        shown | {"time": "11:00", "until": "11:20", "type": short.pk, "version": 3},
    )
    made = Appointment.objects.get()
    assert (made.type, made.end) == (short, at(THURSDAY, "11:20"))


def test_a_type_that_nobody_offers_any_more_is_refused_in_words(owner, practice, hers, ines):
    own = make_type(practice, "Propre", practitioner=ines)
    typed = {"date": "2026-12-03", "time": "09:30", "type": own.pk, "version": 0}
    answer = owner.post(url("move", hers), typed)
    assert answer.status_code == 409
    assert "ne propose pas ce type" in answer.content.decode()
    foreign = typed | {"type": "0"}
    assert owner.post(url("move", hers), foreign).status_code == 422


@pytest.mark.rule("3.4.14")
def test_who_is_elsewhere_then_is_named_and_may_be_meant(owner, hers, ines, follow_up, julie):
    told = "Julie Petit a rendez-vous avec Anne Morel de 09:30 à 10:00."
    answer = note(owner, ines, follow_up, patient=julie.pk, time="09:35")
    assert answer.status_code == 409
    assert told in on_one_line(answer.content.decode())
    assert Appointment.objects.count() == 1
    mark = mark_in(answer)
    note(owner, ines, follow_up, patient=julie.pk, time="09:35", allow_overlap=mark)
    other = Appointment.objects.exclude(pk=hers.pk).get()
    cancel_appointment(other, by=By.practice(None), now=NOW)
    note(owner, ines, follow_up, patient=julie.pk, time="11:00")
    other = Appointment.objects.exclude(pk__in=[hers.pk, other.pk]).get()
    typed = {"version": other.version, "date": "2026-12-03", "time": "09:45"}
    answer = owner.post(url("move", other), typed)
    assert answer.status_code == 409
    page = on_one_line(answer.content.decode())
    assert told in page
    assert "Déplacer quand même" in page
    dragged = owner.post(url("move", other), typed, headers={"accept": "application/json"})
    assert dragged.json()["overlaps"] is True
    assert anyway(owner, url("move", other), typed, "allow_overlap").status_code == 302


def test_the_number_is_corrected_from_the_sheet_as_on_the_record(owner, hers, julie):
    assert url("contact", hers) in owner.get(url("sheet", hers)).content.decode()
    page = shown(owner, url("contact", hers))
    wrong = owner.post(url("contact", hers), page | {"mobile": "12"})
    assert wrong.status_code == 422
    assert "n’est pas un numéro" in wrong.content.decode()
    typed = page | {"mobile": "06 39 98 00 01", "email": "j.petit@patiente.example"}
    assert owner.post(url("contact", hers), typed)["Location"] == url("sheet", hers)
    julie.refresh_from_db()
    assert (str(julie.mobile), julie.email) == ("+33639980001", "j.petit@patiente.example")
    line = JournalEntry.objects.filter(act="changed").get()
    assert line.patient == julie
    assert "06" not in line.detail
    julie.mobile = "+33639980077"  # somebody else, meanwhile
    julie.save()
    stale = owner.post(url("contact", hers), page | {"mobile": "06 39 98 00 99"})
    assert stale.status_code == 422
    julie.refresh_from_db()
    assert str(julie.mobile) == "+33639980077"


@pytest.mark.rule("3.12.10")
def test_noted_for_the_wrong_patient_it_is_given_to_the_right_one(
    owner, practice, anne, follow_up, julie, time_machine, elsewhere
):
    stranger = elsewhere["patient"]
    lina = make_patient(practice, "Lina", last_name="Roy", email="lina@patiente.example")
    note(owner, anne, follow_up, patient=julie.pk)
    made = Appointment.objects.get()
    path = url("correct_patient", made)
    assert path in owner.get(url("sheet", made)).content.decode()
    found = owner.post(path, {"version": made.version, "patient_search": "roy"})
    page = on_one_line(found.content.decode())
    assert "Lina Roy" in page
    assert "n’en a pas encore été prévenue" in page
    typed = {"version": made.version, "patient_search": "roy", "patient": lina.pk}
    stale = owner.post(path, typed | {"version": made.version + 1})
    assert stale.status_code == 409
    assert owner.post(path, typed)["Location"] == url("sheet", made)
    made.refresh_from_db()
    assert made.patient == lina
    page = owner.get(url("sheet", made)).content.decode()
    assert "la patiente a été corrigée" in page
    assert "Julie" not in page
    for nobody in (99999, stranger.pk, "x"):
        elsewhere = owner.post(path, typed | {"version": made.version, "patient": nobody})
        assert elsewhere.status_code == 422
        assert "Choisissez une des patientes trouvées" in elsewhere.content.decode()
    time_machine.move_to(NOW + timedelta(minutes=62), tick=False)
    assert path not in owner.get(url("sheet", made)).content.decode()
    assert owner.post(path, typed | {"patient": julie.pk})["Location"] == url("sheet", made)
    made.refresh_from_db()
    assert made.patient == lina


@pytest.mark.parametrize("key", ["x", ""])
def test_nobody_is_told_of_a_field_that_nobody_types(owner, anne, follow_up, julie, key):
    made = note(owner, anne, follow_up, patient=julie.pk, request_key=key)
    assert made.status_code == 302
    gone = note(owner, anne, follow_up, patient="99999", first_name="", time="11:00")
    assert "Patiente" in on_one_line(gone.content.decode()).split('class="refusal"')[1]
    sheet = owner.post(
        url("sheet", Appointment.objects.get()), {"version": key, "send_email": "on"}
    )
    assert sheet.status_code == 409  # it has read nothing


def test_it_may_end_at_midnight(owner, anne, follow_up, julie):
    late = {"patient": julie.pk, "time": "23:00", "until": "00:00"}
    assert note(owner, anne, follow_up, **late).status_code == 302
    made = Appointment.objects.get()
    midnight = at(THURSDAY + timedelta(days=1), "00:00")
    assert made.end == midnight
    page = {"date": "2026-12-03", "time": "22:00", "until": "00:00", "version": made.version}
    assert owner.post(url("move", made), page).status_code == 302
    made = Appointment.objects.get()
    assert (made.start, made.end) == (at(THURSDAY, "22:00"), midnight - timedelta(hours=1))
    page |= {"until": "23:30", "version": made.version}
    owner.post(url("move", made), page)
    owner.post(url("move", made), page | {"until": "00:00", "version": made.version + 1})
    assert Appointment.objects.get().end == midnight


def test_the_sheet_says_which_reminders_leave(owner, hers, julie):
    """Not those of the old time; those of the new one before a worker has written them."""
    announce(NOW)
    assert lines(owner, hers) == [("confirmation", "en attente"), ("rappel", "en attente")]
    friday = {"date": "2026-12-04", "time": "10:00", "end": "2026-12-04T10:30", "version": 0}
    owner.post(url("move", hers), friday, headers={"accept": "application/json"})
    told = lines(owner, hers)
    assert told[1:] == [
        ("rappel", "non envoyé · le rendez-vous a été déplacé"),
        ("rappel", "en attente"),
    ]
    announce(NOW + timedelta(seconds=30))
    assert lines(owner, hers)[1:3] == [told[1], ("rendez-vous déplacé", "en attente")]
    assert lines(owner, hers)[3] == told[2]
    unwritten = Message.objects.filter(kind="reminder").first()
    page = owner.get(reverse("office:message", args=[unwritten.pk])).content.decode()
    assert "le rendez-vous a été déplacé" in page
    hers.refresh_from_db()
    owner.post(url("unconfirm", hers), {"version": hers.version})
    assert "non envoyé · le rendez-vous n’est pas confirmé" in dict(lines(owner, hers))["rappel"]


def lines(client, appointment):
    page = client.get(url("sheet", appointment)).content.decode().split(">Messages</h2>")[1]
    found = []
    for line in re.findall(r"<li.*?</li>", page, re.DOTALL):
        words = re.sub(r"\s+", " ", re.sub(r"<.*?>", " ", line)).strip()
        if "(e-mail)" in words:
            kind, _channel, state = re.split(r"(\(e-mail\)) · ", words.split(" – ", 1)[1])
            found.append((kind.strip(), state))
    return found


@pytest.mark.rule("3.12.2")
def test_moving_begins_with_the_free_times(owner, hers):
    """What is mostly chosen comes before what is typed, on a phone two screens sooner."""
    page = owner.get(f"/pro/appointments/{hers.pk}/").content.decode()
    form = page[page.index('id="moving"') :]
    assert form.index('class="coming"') < form.index('name="date"')


@pytest.mark.rule("3.12.9")
def test_a_visit_moved_to_a_time_to_come_is_said_of_nobody(owner, follow_up, anne, julie):
    """By the sheet's form; its history says so, and *Défaire* brings it back."""
    monday = at(date(2026, 11, 30), "10:00")
    visit = book_appointment(
        follow_up, anne, monday, julie, by=By.practice(None), now=NOW - timedelta(days=3)
    )
    owner.post(url("sheet", visit), {"version": visit.version, "attendance": "attended"})
    visit.refresh_from_db()
    assert visit.attendance == "attended"
    there = {"version": visit.version, "date": "2026-12-04", "time": "10:00"}
    owner.post(url("move", visit), there)
    visit.refresh_from_db()
    assert visit.attendance == ""
    page = on_one_line(owner.get(url("sheet", visit)).content.decode())
    assert "« venue » est effacé" in page
    owner.post(url("undo_move", visit), {"version": visit.version})
    visit.refresh_from_db()
    assert visit.attendance == "attended"


def test_moving_says_where_it_goes_in_place_of_where_it_was(owner, hers):
    """Without a script as well: once a free time has been taken, above the button."""
    sheet = owner.get(url("sheet", hers)).content.decode()
    assert will_be(sheet) == ("hidden", "")
    taken = {"version": hers.version, "take": f"2026-12-04T10:00 {hers.practitioner.pk}"}
    page = owner.post(url("move", hers), taken).content.decode()
    words = "vendredi 4 décembre à 10:00, au lieu de jeudi 3 décembre à 09:30"
    assert will_be(page) == ("", words)
    for broken in ("", "25:00", "x"):
        typed = {"version": hers.version, "date": "2026-12-04", "time": broken}
        page = owner.post(url("move", hers), typed).content.decode()
        assert will_be(page) == ("hidden", ""), broken


def will_be(page):
    """Of the line that says where it would be: whether it is hidden, and its words."""
    form = on_one_line(page[page.index('id="moving"') :])
    return re.search(r'class="will-be" ?(\w*)><span id="until"[^>]*>(.*?)</span>', form).groups()


def test_a_new_patients_phone_is_typed_on_keys_of_digits(owner):
    page = owner.get("/pro/appointments/new/").content.decode()
    field = re.search(r'<input[^>]*name="mobile"[^>]*>', page)[0]
    assert 'type="tel"' in field
    assert 'autocomplete="off"' in field
