"""A mark is put into every field through every door; she is erased; it is looked for everywhere."""

import base64
import json
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maia.accounts import short_memory
from maia.config.jobs import KINDS
from maia.jobs.working import work_on_jobs
from maia.patients.models import Merge, Patient
from maia.practices.models import Membership
from maia.privacy.erasing import erase_patient
from maia.privacy.housekeeping import keep_house
from maia.tokens.issuing import make_token
from tests.conftest import NOW, make_patient, signed_in

MARK = "Zwrkxq"
NUMBER = "639987654"


def everywhere():
    """Every value of every table, whoever made it: sessions and caches unpacked as well."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                told.append(f"{table} {row!r}")
                if table in ("maia_cache", "maia_short_memory"):
                    told.append(f"{table} {base64.b64decode(row[1])!r}")
    told += [f"session {session.get_decoded()}" for session in Session.objects.all()]
    return told


def marks():
    return [
        row for row in everywhere() if any(mark in row for mark in (MARK, MARK.lower(), NUMBER))
    ]


@pytest.fixture
def owner(practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    client = Client()
    signed_in(client, anne.user)
    return client


def test_nothing_of_her_is_left_anywhere(owner, practice, anne, follow_up, time_machine):
    time_machine.move_to(NOW)
    _token, secret = make_token(anne.user, "t", now=timezone.now(), practice=practice)
    details = {
        "first_name": MARK, "last_name": f"{MARK} Le", "birth_name": f"{MARK} Bn",
        "email": f"{MARK}@patiente.example", "mobile": f"0{NUMBER}", "phone": f"0{NUMBER}",
        "contact_name": f"{MARK} C", "contact_phone": f"0{NUMBER}", "external_id": f"{MARK}-1",
        "street": f"1 rue {MARK}", "postcode": "44000", "city": MARK, "access": f"code {MARK}",
        "notes": f"note {MARK}",
    }  # fmt: skip
    bearer = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "k1"}
    made = Client().post(
        "/api/v1/office/patients", details, content_type="application/json", headers=bearer
    )
    assert made.status_code == 201, made.content
    record = Patient.objects.get()
    replayed = Client().post(
        "/api/v1/office/patients", details, content_type="application/json", headers=bearer
    )
    assert replayed.json() == made.json()
    assert replayed["Idempotency-Replayed"] == "true"
    booked = Client().post(
        "/api/v1/office/appointments",
        {"patient": record.pk, "type": follow_up.pk, "start": "2026-12-03T09:00:00+01:00", "notes": MARK, "word": MARK},
        content_type="application/json",
        headers=bearer | {"Idempotency-Key": "k2"},
    )  # fmt: skip
    assert booked.status_code == 201, booked.content
    # Looked for, opened, and typed into a page that was left.
    owner.post("/pro/patients/", {"q": MARK})
    assert MARK in owner.get("/pro/patients/found/").content.decode()
    owner.post("/pro/patients/search/", {"patient_search": MARK})
    owner.get(reverse("office:patient", args=[record.pk]))
    stale = Client()
    signed_in(stale, anne.user, ago=86_400)
    stale.post(reverse("office:erase", args=[record.pk]), {"word": MARK})
    visitor = Client()
    confirm = f"/{practice.slug}/book/{follow_up.pk}/{anne.pk}/20261204T0800Z/"
    visitor.post(confirm, {"first_name": MARK, "last_name": MARK, "mobile": NUMBER, "note": MARK})
    # Merged with another of her name, taken apart, and merged again.
    other = make_patient(practice, MARK, last_name=MARK, notes=MARK, city=MARK)
    merging = reverse("office:merge", args=[record.pk])
    undoing = reverse("office:undo_merge", args=[record.pk])
    for _turn in range(2):
        owner.post(merging, {"other": other.pk, "yes": "1"})
        assert [row for row in marks() if "patients_merge" in row]
        owner.post(undoing, {"merge": Merge.objects.get().pk, "yes": "1"})
        assert not [row for row in marks() if "patients_merge" in row]
    owner.post(merging, {"other": other.pk, "yes": "1"})
    assert [row for row in marks() if "privacy_journal" in row]
    assert len(marks()) >= 5
    assert not [row for row in marks() if "session" in row.split()[0]]
    erase_patient(record, now=NOW + timedelta(days=30))
    assert marks() == []


def test_the_other_record_of_a_merge_is_left_nowhere(owner, practice, time_machine):
    """Erased after the merge was undone, and after another one; and after its day nothing is kept."""
    time_machine.move_to(NOW)
    kept, third = make_patient(practice, "Nina"), make_patient(practice, "Nina")
    other = make_patient(practice, MARK, last_name=MARK, notes=MARK)
    path = reverse("office:merge", args=[kept.pk])
    owner.post(path, {"other": other.pk, "yes": "1"})
    undoing = reverse("office:undo_merge", args=[kept.pk])
    owner.post(undoing, {"merge": Merge.objects.get().pk, "yes": "1"})
    owner.post(reverse("office:merge", args=[third.pk]), {"other": other.pk, "yes": "1"})
    assert Merge.objects.count() == 1
    keep_house(NOW + timedelta(hours=25))
    assert Merge.objects.count() == 0
    erase_patient(third, now=NOW + timedelta(days=2))
    assert marks() == []


def column_choices(page):
    picked = {}
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        found = re.search(r'value="([^"]*)" selected', body)
        picked[name] = found[1] if found else ""
    return picked | {"existing": "keep"}


def import_list(owner, content, *, confirms):
    """The address of the import."""
    file = SimpleUploadedFile("liste.csv", content.encode())
    address = owner.post("/pro/patients/import/", {"file": file})["Location"]
    while work_on_jobs(KINDS, "one", timezone.now):
        pass
    if confirms:
        owner.post(address, {**column_choices(owner.get(address).content.decode()), "import": "1"})
        while work_on_jobs(KINDS, "one", timezone.now):
            pass
    return address


LIST = (
    "Nom;Prénom;Email;Portable;Date de naissance\n"
    f"{MARK};Nina;pas-un-email;NC;32/13/1990\n"
    "Petit;Zoé;aussi-pas-un-email;;\n"
)


@pytest.mark.parametrize("was_changed", [False, True])
def test_an_import_forgets_her_lines(owner, practice, was_changed):
    address = import_list(owner, LIST, confirms=True)
    record = Patient.objects.get(last_name=MARK)
    assert MARK in owner.get(address).content.decode()
    assert MARK in owner.get(f"{address}remarks.csv").content.decode()
    if was_changed:  # nobody can tell which lines were about her
        record.last_name = "Autre"
        record.save()
    erase_patient(record, now=timezone.now())
    assert marks() == []
    assert MARK not in owner.get(address).content.decode()
    rest = owner.get(f"{address}remarks.csv")
    assert rest.status_code == (404 if was_changed else 200)
    assert was_changed or "aussi-pas-un-email" in rest.content.decode()


def test_a_list_that_waits_and_has_her_in_it_is_left(owner, practice):
    address = import_list(owner, LIST, confirms=False)
    another = import_list(owner, LIST.replace(MARK, "Roy"), confirms=False)
    erase_patient(make_patient(practice, "Nina", last_name=MARK), now=timezone.now())
    assert marks() == []
    assert owner.get(address).status_code == 200
    assert "Roy" in owner.get(another).content.decode()


def test_what_was_typed_is_an_hours(owner, practice, time_machine):
    time_machine.move_to(NOW, tick=False)
    owner.post("/pro/patients/", {"q": MARK})
    assert marks()
    time_machine.shift(timedelta(minutes=61))
    assert owner.get("/pro/patients/found/").status_code == 302
    keep_house(timezone.now())
    caches["short"].get("x")
    assert not [row for row in marks() if "short_memory" in row]


def test_a_message_is_not_kept_over_a_sign_in(practice, anne, follow_up, time_machine):
    time_machine.move_to(NOW)
    visitor = Client()
    confirm = f"/{practice.slug}/book/{follow_up.pk}/{anne.pk}/20261204T0800Z/"
    answer = visitor.post(confirm, {"first_name": "Nina", "note": MARK})
    assert answer.status_code == 302
    assert not marks()
    assert "Nina" in json.dumps(short_memory.recall(visitor.session, "booking_draft"))
    page = visitor.get(answer["Location"]).content.decode()
    assert "Votre message n’est pas conservé" in page
