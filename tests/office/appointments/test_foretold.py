"""While she notes an appointment, the form says what saving it will send, and to whom."""

import html

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment, Event
from maia.messaging.foresight import noting_in_words
from maia.messaging.models import Message
from maia.messaging.owed import announce
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.office.appointments.test_sheet import note

PATH = "/pro/appointments/new/told/"


@pytest.fixture(autouse=True)
def sms(settings):
    settings.SMS_URL = "log://"


@pytest.fixture
def nina(practice):
    return make_patient(practice, "Nina", email="nina@exemple.example", mobile="+33639980001")


@pytest.fixture
def hers(follow_up, anne, nina):
    return book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), nina, by=By.patient(None), now=NOW
    )


@pytest.fixture
def said(owner, anne, follow_up, nina):
    def asked(**typed):
        form = {
            "patient": nina.pk,
            "practitioner": anne.pk,
            "type": follow_up.pk,
            "date": "2026-12-10",
            "time": "09:30",
            "send_email": "on",
            **typed,
        }
        answer = owner.post(PATH, {name: value for name, value in form.items() if value})
        assert answer.status_code == 200
        return answer.json()["said"]

    return asked


def test_it_says_the_address_and_what_follows(said):
    whole = "Un e-mail partira à nina@exemple.example. Un rappel par e-mail suivra."
    assert said() == whole
    assert said(send_sms="on") == f"{whole} Un rappel par SMS suivra, au 06 39 98 00 01."
    assert said(unconfirmed="on", send_sms="on") == "Un e-mail partira à nina@exemple.example."
    assert said(send_email="") == "La patiente ne reçoit aucun message."
    assert (
        said(date="2026-11-02") == "Cette heure est passée : aucun message ne part à la patiente."
    )


def test_it_follows_whom_and_says_nothing_too_early(said, practice):
    assert said(patient="", email="lina@exemple.example").startswith(
        "Un e-mail partira à lina@exemple.example."
    )
    assert said(patient="") == "La patiente ne reçoit aucun message."
    for missing in ("type", "date", "time", "practitioner"):
        assert said(**{missing: ""}) == ""
    for odd in ("x", "9" * 40, "-1", "\0"):
        assert said(type=odd) == said(practitioner=odd) == said(time=odd) == ""
        said(patient=odd, mobile=odd)


def test_nobody_of_another_practice_is_said(said, elsewhere):
    there = elsewhere["patient"]
    type(there).objects.filter(pk=there.pk).update(email="ailleurs@exemple.example")
    assert "ailleurs" not in said(patient=there.pk)


@pytest.mark.parametrize(
    "typed",
    [
        {"send_email": "on"},
        {"send_email": "on", "send_sms": "on"},
        {"send_email": ""},
        {"send_email": "on", "send_sms": "on", "unconfirmed": "on"},
        {"send_email": "", "send_sms": "on"},
        {"send_email": "on", "send_sms": "on", "date": "2026-12-02"},
    ],
)
def test_what_is_said_is_what_leaves(said, owner, anne, follow_up, nina, typed):
    form = {"date": "2026-12-10", **typed}
    words = said(**form)
    answer = note(owner, anne, follow_up, patient=nina.pk, **{"time": "09:30", **form})
    assert answer.status_code == 302, answer.content.decode()[:1500]
    announce(NOW)
    made = Appointment.objects.get()
    left = made.messages.to_people().exclude(status=Message.Status.DROPPED)
    kinds = {(message.kind, message.channel) for message in left}
    assert ("partira à nina@" in words) is (("confirmation", "email") in kinds)
    assert ("rappel par e-mail" in words) is (("reminder", "email") in kinds)
    assert ("rappel par SMS" in words) is (("reminder", "sms") in kinds)


def test_the_page_says_it_before_any_script(owner, anne, follow_up, nina):
    query = f"patient={nina.pk}&type={follow_up.pk}&practitioner={anne.pk}&start=2026-12-10T09:30"
    page = owner.get(f"/pro/appointments/new/?{query}").content.decode()
    assert "Un e-mail partira à nina@exemple.example." in page


def test_in_the_domain_an_address_that_refused_is_not_promised(follow_up, anne, nina):
    start = at(THURSDAY, "09:30")
    event = Event(practitioner=anne, type=follow_up, start=start, end=start + follow_up.duration)
    one = Appointment(patient=nina, event=event, email_reminder=True, sms_reminder=False)
    assert "nina@" in noting_in_words(one, NOW)
    nina.email = ""
    assert "@" not in noting_in_words(one, NOW)


@pytest.mark.rule("3.12.2")
def test_a_time_outside_of_the_hours_is_said_while_moving_as_while_noting(
    owner, anne, follow_up, hers
):
    """One computation: the end that was shown stays beside a new beginning."""
    local = hers.start.astimezone(anne.practice.zone)
    shown = {"until": f"{local + hers.duration:%H:%M}", "type": follow_up.pk, "date": "2026-12-10"}

    def moving(**typed):
        form = {"moving": hers.pk, "practitioner": anne.pk, **shown, **typed}
        return owner.post(PATH, form).json()["outside"]

    noted = owner.post(PATH, {"practitioner": anne.pk, **shown, "time": "22:00", "until": ""})
    assert noted.json()["outside"]
    assert moving(time="22:00") == noted.json()["outside"]
    assert not moving(time="10:00")
    assert not moving(time="")
    page = owner.post(
        f"/pro/appointments/{hers.pk}/move/", {**shown, "time": "22:00", "version": -1}
    )
    assert page.status_code == 422
    assert noted.json()["outside"] in html.unescape(page.content.decode())


def test_an_appointment_that_is_nowhere_is_said_nothing_of(owner):
    assert owner.post(PATH, {"moving": 999_999}).status_code == 404


@pytest.mark.rule("3.2.11")
def test_a_limit_that_it_passes_is_said_and_the_practice_books_all_the_same(
    owner, anne, follow_up, nina, hers
):
    limits = {"max_a_day": 1, "max_a_week": 1, "one_to_come": True, "days_between_two": 28}
    type(follow_up).objects.update(**limits)
    form = {"patient": nina.pk, "practitioner": anne.pk, "type": follow_up.pk}

    def outside(day):
        return owner.post(PATH, form | {"date": day, "time": "10:00"}).json()["outside"]

    assert outside("2026-12-03") == (
        "Ce jour-là, vous avez autant de rendez-vous de ce type que vous en prenez. "
        "Elle a déjà un rendez-vous de ce type à venir. "
        "Elle a un rendez-vous de ce type à moins de 28\u00a0jours, contrairement à votre règle."
    )
    assert "Cette semaine-là" in outside("2026-12-04")
    assert "moins de 28" not in outside("2026-12-31")
    page = note(owner, anne, follow_up, patient=nina.pk, date="2026-12-04", time="10:00")
    assert page.status_code == 302
    assert Appointment.objects.count() == 2
