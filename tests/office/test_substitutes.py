"""What a substitute sees of the office: whom she replaces, and nothing else (rule 3.10.6)."""

import html
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.calendars.models import Feed
from maia.office.substitutes import OPEN
from maia.office.urls import urlpatterns
from maia.patients.models import Patient
from maia.practices.models import Membership
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user
from tests.office.test_access import call, paths

DAY = timedelta(days=1)


def text_of(answer):
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.fixture
def nadia(practice, team):
    user = make_user("nadia@remplace.example")
    Membership.objects.create(practice=practice, user=user, role="substitute")
    return practice.practitioners.create(user=user, first_name="Nadia", last_name="Roy", position=2)


@pytest.fixture
def replacement(practice, anne, nadia):
    return practice.replacements.create(
        practitioner=anne, substitute=nadia, first_date=NOW.date() + DAY, last_date=THURSDAY
    )


@pytest.fixture
def client_of_nadia(sign_in, nadia, replacement):
    return sign_in(nadia.user)


def noted(practitioner, patient, text="09:30"):
    type = make_type(practitioner.practice, practitioner=practitioner)
    start = at(THURSDAY, text)
    return book_appointment(type, practitioner, start, patient, by=By.practice(None), now=NOW)


@pytest.fixture
def of_anne(practice, anne):
    return noted(anne, make_patient(practice, "Julie", last_name="Camilletienne"))


@pytest.fixture
def of_ines(practice, ines):
    """With the same address: what is said of who shares it."""
    patient = make_patient(
        practice, "Zita", last_name="Cachette", email="julie@exemple.example", mobile="+33612345678"
    )
    return noted(ines, patient)


def test_every_page_that_is_open_to_her_is_one():
    assert {pattern.name for pattern in urlpatterns} >= OPEN


@pytest.mark.rule("3.10.6")
def test_a_page_that_is_not_named_is_closed(client_of_nadia, practice, anne, of_anne):
    for name, path in paths(practice, anne, of_anne.type, of_anne):
        status = call(client_of_nadia, name, path).status_code
        assert (status == 403) is (name not in OPEN), f"{path} {status}"


@pytest.mark.rule("3.10.6")
def test_nothing_of_a_colleague_is_seen(client_of_nadia, practice, ines, of_anne, of_ines):
    """Every page that is open to her, asked of what is a colleague's, and asked of hers."""
    Patient.objects.filter(pk=of_anne.patient_id).update(email=of_ines.patient.email)
    ines.events.create(
        practice=practice, kind="personal", start=at(THURSDAY, "14:00"),
        end=at(THURSDAY, "15:00"), title="Cachette",
    )  # fmt: skip
    for name, path in paths(practice, ines, of_ines.type, of_ines):
        if name not in OPEN:
            continue
        answer = call(client_of_nadia, name, path)
        if f"/{of_ines.pk}/" in path and "practice/" not in path:
            assert answer.status_code == 404, path
        assert "Cachette" not in text_of(answer), path
    asked = [
        f"/pro/?date={THURSDAY}&view=week&practitioner={ines.pk}",
        f"/pro/agenda/events/?start={THURSDAY}T00:00&end={THURSDAY + 7 * DAY}T00:00",
        f"/pro/agenda/events/?start={THURSDAY}T00:00&end={THURSDAY + DAY}T00:00&practitioner={ines.pk}",
        f"/pro/agenda/events/?start={THURSDAY}T00:00&end={THURSDAY + 7 * DAY}T00:00&view=month",
        f"/pro/appointments/?first={THURSDAY}&last={THURSDAY}&practitioner={ines.pk}",
        f"/pro/appointments/?first={THURSDAY}&last={THURSDAY}",
        f"/pro/appointments/attendance/?date={THURSDAY}&practitioner={ines.pk}",
        f"/pro/appointments/attendance/?date={THURSDAY}&practitioner=all",
        f"/pro/appointments/round/?date={THURSDAY}",
        f"/pro/appointments/new/?patient={of_ines.patient_id}&practitioner={ines.pk}",
        f"/pro/appointments/availability/?type={of_ines.type.pk}&practitioner={ines.pk}",
        f"/pro/appointments/{of_anne.pk}/",
        f"/pro/patients/{of_anne.patient_id}/",
    ]
    for path in asked:
        answer = client_of_nadia.get(path)
        assert answer.status_code in (200, 422), path
        assert "Cachette" not in text_of(answer), path
        assert "Haddad" not in text_of(answer), path  # no colleague to choose or to look at
    assert "Camilletienne" in client_of_nadia.get(asked[1]).content.decode()
    for typed in ("Cachette", "Cachete", "0612345678", "julie@exemple.example"):
        answer = client_of_nadia.post("/pro/patients/search/", {"patient_search": typed})
        assert "Zita" not in text_of(answer), typed
    found = client_of_nadia.post("/pro/patients/search/", {"patient_search": "camilletienne"})
    assert "Julie" in text_of(found)


@pytest.mark.rule("3.10.6")
def test_of_a_patient_of_both_she_sees_what_is_of_whom_she_replaces(
    client_of_nadia, practice, ines, anne, of_anne
):
    patient = of_anne.patient
    with_ines = noted(ines, patient, "11:10")
    practice.messages.create(
        kind="confirmation", recipient="patient", channel="email", key="of ines", due_at=NOW,
        try_after=NOW, status="sent", appointment=with_ines, patient=patient, error="3.1.4 x",
    )  # fmt: skip
    record = text_of(client_of_nadia.get(f"/pro/patients/{patient.pk}/"))
    assert "09:30" in record
    assert "11:10" not in record
    assert f"/pro/appointments/{with_ines.pk}/" not in record
    assert "3.1.4 x" not in record
    patients = text_of(client_of_nadia.get("/pro/patients/"))
    assert "3 déc" in patients
    Appointment.objects.filter(pk=of_anne.pk).update(status="cancelled")
    patients = text_of(client_of_nadia.get("/pro/patients/"))
    assert "Camilletienne" in patients
    assert "3 déc" not in patients
    noting = {
        "practitioner": anne.pk, "type": of_anne.type.pk, "date": THURSDAY, "time": "11:10",
        "patient": patient.pk, "request_key": "8d7e6f0c-2b32-4a53-9b4f-0f5a6a0c8b11",
    }  # fmt: skip
    met = client_of_nadia.post("/pro/appointments/new/", noting)
    assert met.status_code == 409
    assert "a un autre rendez-vous de 11:10 à 11:40" in text_of(met)
    assert "Haddad" not in text_of(met)


@pytest.mark.rule("3.10.6")
def test_what_is_asked_beside_a_form_says_nothing_of_a_colleague(
    client_of_nadia, practice, ines, of_anne, of_ines
):
    Appointment.objects.filter(pk=of_ines.pk).update(status="unconfirmed")
    assert 'class="count"' not in text_of(client_of_nadia.get("/pro/patients/"))
    typed = {
        "patient": of_ines.patient_id, "practitioner": of_anne.event.practitioner_id,
        "type": of_anne.type.pk, "date": THURSDAY, "time": "11:30", "send_email": "on",
    }  # fmt: skip
    told = client_of_nadia.post("/pro/appointments/new/told/", typed).json()
    assert "julie@" not in told["said"]
    of_a_colleague = typed | {"patient": "", "practitioner": ines.pk, "time": "20:00"}
    told = client_of_nadia.post("/pro/appointments/new/told/", of_a_colleague).json()
    assert told == {"said": "", "outside": ""}
    for_all = make_type(practice, "Pour toutes")
    path = f"/pro/appointments/availability/?type={for_all.pk}&everybody=on&from={THURSDAY}"
    free = text_of(client_of_nadia.get(path))
    assert "09:00" in free  # Anne's
    assert "Inès" not in free
    given = client_of_nadia.post(
        f"/pro/appointments/{of_anne.pk}/patient/",
        {"patient": of_ines.patient_id, "version": of_anne.version},
    )
    assert given.status_code == 422
    alike = {
        "first_name": "Zita",
        "last_name": "Cachette",
        "own_practitioner": typed["practitioner"],
    }
    assert client_of_nadia.post("/pro/patients/new/", alike).status_code == 302


@pytest.mark.rule("3.10.6")
def test_no_calendar_is_fed_in_her_name(client, nadia, replacement, anne):
    membership = Membership.objects.get(user=nadia.user)
    feed = Feed.objects.create(user=nadia.user, practitioner=anne, membership=membership)
    address = reverse("feed", args=[feed.uid, feed.secret])
    assert client.get(address).status_code == 404
    Membership.objects.filter(pk=membership.pk).update(role="practitioner")
    assert client.get(address).status_code == 200


@pytest.mark.rule("3.10.6")
def test_she_writes_into_no_colleague_s_agenda(client_of_nadia, ines, of_anne, of_ines):
    there = {"practitioner": ines.pk, "date": THURSDAY, "time": "10:30", "version": of_anne.version}
    answer = client_of_nadia.post(f"/pro/appointments/{of_anne.pk}/move/", there)
    assert answer.status_code == 422
    noting = {
        "practitioner": ines.pk, "type": of_ines.type.pk, "date": THURSDAY, "time": "11:30",
        "patient": of_anne.patient_id, "request_key": "8d7e6f0c-2b32-4a53-9b4f-0f5a6a0c8b11",
    }  # fmt: skip
    assert client_of_nadia.post("/pro/appointments/new/", noting).status_code == 422
    cancelled = client_of_nadia.post(
        f"/pro/appointments/{of_ines.pk}/cancel/", {"version": of_ines.version}
    )
    assert cancelled.status_code == 404
    of_anne.refresh_from_db()
    assert of_anne.event.practitioner != ines
    assert Appointment.objects.count() == 2


def test_she_notes_for_whom_she_replaces(client_of_nadia, anne, of_anne):
    noting = {
        "practitioner": anne.pk, "type": of_anne.type.pk, "date": THURSDAY, "time": "11:30",
        "patient": of_anne.patient_id, "request_key": "8d7e6f0c-2b32-4a53-9b4f-0f5a6a0c8b11",
    }  # fmt: skip
    assert client_of_nadia.post("/pro/appointments/new/", noting).status_code == 302
    assert Appointment.objects.filter(event__practitioner=anne).count() == 2


def test_who_is_new_gets_the_midwife_that_she_replaces(client_of_nadia, anne):
    page = client_of_nadia.get("/pro/patients/new/")
    assert f'<option value="{anne.pk}" selected>' in page.content.decode()
    typed = {"first_name": "Lina", "last_name": "Berger"}
    assert client_of_nadia.post("/pro/patients/new/", typed).status_code == 422
    made = client_of_nadia.post("/pro/patients/new/", typed | {"own_practitioner": anne.pk})
    assert client_of_nadia.get(made["Location"]).status_code == 200


@pytest.mark.rule("3.10.6")
def test_it_closes_by_itself(client_of_nadia, sign_in, nadia, replacement):
    assert client_of_nadia.get("/pro/").status_code == 200
    closes = NOW + timedelta(days=(replacement.last_date - NOW.date()).days + 31)
    with time_machine.travel(closes, tick=False):
        sign_in(nadia.user)
        answer = client_of_nadia.get("/pro/patients/")
        assert answer.status_code == 403
        assert "Votre accès est fermé" in text_of(answer)
        assert "Aucun remplacement n’est prévu" in text_of(answer)
        later = closes.date() + 30 * DAY
        replacement.first_date, replacement.last_date = later, later
        replacement.save()
        opens = text_of(client_of_nadia.get("/pro/"))
        assert "Il s’ouvrira de lui-même le mardi 26 janvier 2027" in opens


def test_the_team_says_until_when(owner, replacement, nadia):
    page = text_of(owner.get("/pro/settings/team/"))
    assert "accès ouvert jusqu’au samedi 2 janvier 2027" in page
    replacement.delete()
    assert "aucun remplacement n’est prévu" in text_of(owner.get("/pro/settings/team/"))


def test_becoming_one_asks_first_and_takes_what_opens_the_practice(owner, team, ines):
    seat = Membership.objects.get(user=ines.user)
    Feed.objects.create(user=ines.user, practitioner=ines, membership=seat)
    page = f"/pro/settings/team/{seat.pk}/role/"
    asked = owner.post(page, {"role": "substitute"})
    assert "n’exporte" in text_of(asked)
    owner.post(page, {"role": "substitute", "yes": "1"})
    seat.refresh_from_db()
    assert seat.role == "substitute"
    assert not seat.feeds.exists()
    ines.refresh_from_db()
    assert ines.is_active
