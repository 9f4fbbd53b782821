"""A person is erased: what goes, what stays without her name, what is refused."""

import json
import threading
from datetime import date, timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.invitations.inviting import invite_patient
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.messaging.worker import work_once
from maia.patients.models import Patient
from maia.practices.models import Membership
from maia.privacy.erasing import CannotErase, delete_account, erase_patient
from maia.privacy.handing_out import data_of_patient, data_of_user
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.messaging.smtp import mail_server
from tests.office.conftest import BACKEND

LATER = NOW + timedelta(days=10)


@pytest.fixture
def lina(practice):
    return make_patient(
        practice, "Lina", make_user("lina@patiente.example"), mobile="+33639980001",
        notes="Allergie", birth_date=date(1990, 5, 4),
        street="5 rue du Port", postcode="44000", city="Nantes", access="Code 4071",
    )  # fmt: skip


@pytest.fixture
def seen(lina, anne, follow_up):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), lina, by=By.patient(lina.user), now=NOW,
        note="Je suis enceinte",
    )  # fmt: skip
    made.practice_notes = "Tension 12/8"
    made.save()
    deliver_all()
    return made


def deliver_all():
    """To a real mail server: what is kept of a message is what left."""
    with mail_server() as server, override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST=server.host, EMAIL_PORT=server.port,
    ):  # fmt: skip
        while work_once("test", lambda: NOW, threading.Event()):
            pass
        assert len(server.taken) == 2  # the confirmation, and the practitioner's notice


def everything_stored():
    """Every text of every table, but those of her account."""
    from django.apps import apps

    found = []
    for model in apps.get_models():
        if model.__module__.startswith("maia.") and model is not User:
            for row in model.objects.values():
                found.append(" ".join(map(str, row.values())))
    return "\n".join(found)


@pytest.mark.rule("3.5.10")
def test_nothing_says_whose_it_was(lina, seen, practice):
    link = seen.link_token
    lina.user = None  # and no account
    lina.save()
    User.objects.filter(email="lina@patiente.example").delete()
    for hers in (
        "Lina",
        "lina@",
        "+33639980001",
        "Allergie",
        "enceinte",
        "Tension",
        "rue du Port",
        "Code 4071",
        link,
    ):
        assert hers in everything_stored(), hers
    notice = Message.objects.get(kind="notice")
    assert "Lina" in notice.body
    erase_patient(lina, now=LATER)
    left = everything_stored()
    for hers in (
        "Lina",
        "lina",
        "639980001",
        "Allergie",
        "enceinte",
        "Tension",
        "1990-05-04",
        "rue du Port",
        "Code 4071",
        link,
    ):
        assert hers not in left, hers
    seen.refresh_from_db()
    assert (seen.start, seen.type.name) == (at(THURSDAY, "09:30"), "Suivi de grossesse")


def test_not_while_she_is_to_come(lina, seen):
    with pytest.raises(CannotErase) as refused:
        erase_patient(lina, now=NOW)
    assert refused.value.code == "appointments_ahead"
    lina.refresh_from_db()
    assert lina.first_name == "Lina"


def test_her_account_no_longer_meets_it_and_may_begin_again(lina, seen, practice):
    user = lina.user
    erase_patient(lina, now=LATER)
    client = Client()
    client.force_login(user, BACKEND)
    page = client.get("/mes-rendez-vous/").content.decode()
    assert "Suivi de grossesse" not in page


def test_what_waited_to_be_sent_is_not(lina, anne, follow_up):
    invited = make_patient(lina.practice, "Zoé", email="zoe@patiente.example")
    invite_patient(invited, by=anne.user, now=NOW)
    announce(NOW)
    assert Message.objects.filter(invitation__patient=invited).exists()
    erase_patient(invited, now=NOW)
    assert not Message.objects.filter(invitation__isnull=False).exists()


@pytest.mark.rule("3.5.10")
def test_an_erased_record_is_nowhere_in_the_office(owner, lina, seen, time_machine):
    time_machine.move_to(LATER, tick=False)
    signed_in(owner, Membership.objects.get(role="owner").user)
    erase_patient(lina, now=LATER)
    assert owner.get(reverse("office:patient", args=[lina.pk])).status_code == 410
    assert "—" not in owner.get("/pro/patients/").content.decode().split("<main")[1].split("</main")[0]  # fmt: skip
    assert "Aucune patiente" in owner.get("/pro/patients/").content.decode()
    csv = owner.get("/pro/patients/export/").content.decode()
    assert len(csv.splitlines()) == 1
    assert owner.get(reverse("office:sheet", args=[seen.pk])).status_code == 200


def test_an_erased_record_is_not_filled_again(owner, lina, seen, practice, time_machine):
    time_machine.move_to(LATER, tick=False)
    signed_in(owner, Membership.objects.get(role="owner").user)
    other = make_patient(practice, "Zoé")
    erase_patient(lina, now=LATER)
    for name in ("merge", "invite", "hand_out", "erase"):
        path = reverse(f"office:{name}", args=[lina.pk])
        answer = owner.get(path) if name == "hand_out" else owner.post(path, {"other": other.pk})
        assert answer.status_code == 404, name
    assert (
        owner.post(reverse("office:merge", args=[other.pk]), {"other": lina.pk}).status_code == 404
    )
    assert owner.post(reverse("office:patient", args=[lina.pk]), {"notes": "x"}).status_code == 410


def test_the_owner_erases_with_her_eyes_open(owner, lina, seen, time_machine):
    path = reverse("office:erase", args=[lina.pk])
    time_machine.move_to(NOW, tick=False)
    assert "ils sont d’abord annulés" in owner.get(path).content.decode()
    assert owner.post(path, {"understood": "on"}).status_code == 422
    time_machine.move_to(LATER, tick=False)
    signed_in(owner, Membership.objects.get(role="owner").user)
    assert "vingt ans" in owner.get(path).content.decode()
    assert owner.post(path).status_code == 422
    lina.refresh_from_db()
    assert lina.erased_at is None
    assert owner.post(path, {"understood": "on"}).status_code == 302
    lina.refresh_from_db()
    assert lina.erased_at == LATER
    entry = lina.journal.get(act="erased")
    assert entry.who == "anne@tilleuls.example"


# --- Accounts ---------------------------------------------------------------------------------


def test_an_account_goes_and_the_practice_keeps_its_record(lina, seen):
    client = Client()
    client.force_login(lina.user, BACKEND)
    delete_account(lina.user)
    lina.refresh_from_db()
    assert lina.user is None
    assert lina.notes == "Allergie"
    assert not User.objects.filter(email="lina@patiente.example").exists()
    assert client.get("/mes-rendez-vous/").status_code == 302


def test_a_practice_is_not_left_without_an_owner(practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    with pytest.raises(CannotErase):
        delete_account(anne.user)
    other = make_user("ines@tilleuls.example")
    Membership.objects.create(practice=practice, user=other, role="owner")
    delete_account(anne.user)
    anne.refresh_from_db()
    assert (anne.user, anne.is_active) == (None, False)


# --- Handing out ------------------------------------------------------------------------------


def test_she_takes_out_what_is_hers(lina, seen):
    data = json.loads(json.dumps(data_of_user(lina.user)))
    assert data["account"]["email"] == "lina@patiente.example"
    (practice,) = data["practices"]
    assert practice["record"]["mobile"] == "+33639980001"
    assert practice["appointments"][0]["note"] == "Je suis enceinte"
    assert "Bonjour Lina" in practice["messages"][0]["text"]
    assert "Allergie" not in json.dumps(data)
    assert "Tension" not in json.dumps(data)


def test_the_practice_hands_out_its_notes_as_well(owner, lina, seen):
    answer = owner.get(reverse("office:hand_out", args=[lina.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="dossier.json"'
    assert answer.json() == json.loads(json.dumps(data_of_patient(lina, by_practice=True)))
    assert answer.json()["record"]["notes"] == "Allergie"
    assert answer.json()["appointments"][0]["practice_notes"] == "Tension 12/8"
    assert lina.journal.filter(act="exported").count() == 1


def test_of_two_practices_each_stands_apart(lina, elsewhere):
    Patient.objects.filter(pk=elsewhere["patient"].pk).update(user=lina.user)
    names = [p["practice"]["name"] for p in data_of_user(lina.user)["practices"]]
    assert names == ["Cabinet des Tilleuls", "Ailleurs"]
    assert "Ailleurs" not in json.dumps(data_of_patient(lina, by_practice=True))
