"""A merge is taken back within the day: all that moved goes back, but what was changed since."""

import json
from datetime import date, timedelta

import pytest
from django.db import models
from django.forms.models import model_to_dict

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.patients.import_models import ImportedRecord, PatientImport
from maia.patients.merging import CannotMerge, merge_patients, relations
from maia.patients.models import Merge, Patient
from maia.patients.prints import print_of
from maia.patients.unmerging import (
    CannotUndo,
    forget_old_merges,
    last_merge,
    undo_merge,
    what_stays,
)
from maia.privacy.erasing import erase_patient
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user

SOON, LATE = NOW + timedelta(hours=1), NOW + timedelta(hours=24)


@pytest.fixture
def kept(practice):
    return make_patient(practice, "Lina", notes="Rh-")


@pytest.fixture
def other(practice):
    return make_patient(
        practice, "Lina", make_user("lina@patiente.example"), last_name="Petit-Roy",
        birth_name="Roy", mobile="+33639981234", phone="+33261914512", contact_name="Paul",
        contact_phone="+33639981299", birth_date=date(1990, 5, 4), street="5 rue du Port",
        postcode="44000", city="Nantes", access="Code 4071", language="fr", notes="Allergie",
        external_id="D-1", online_booking_barred=True, no_sms=True, origin="online",
        undeliverable_email="lina@patiente.example",
    )  # fmt: skip


def everything(record):
    return Patient.objects.filter(pk=record.pk).values().get()


def book(type, anne, patient, text, **more):
    by = more.pop("by", By.practice(None))
    return book_appointment(type, anne, at(THURSDAY, text), patient, by=by, now=NOW, **more)


def code_of(kept, pk, now=SOON):
    with pytest.raises(CannotUndo) as refusal:
        undo_merge(kept, pk, now=now)
    return refusal.value.code


def test_all_that_hangs_from_a_record_is_moved():
    """A new table that points at a record is moved by itself; another kind of pointer is not."""
    for relation in Patient._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            assert isinstance(relation, models.ManyToOneRel), relation
            assert not isinstance(relation, models.OneToOneRel), relation
    assert {label.split(".")[1] for label in relations()} >= {
        "Appointment", "Invitation", "Message", "JournalEntry", "Merge",
    }  # fmt: skip


@pytest.mark.rule("3.5.9")
def test_both_records_are_as_before(practice, anne, follow_up, kept, other):
    key = "3f0c2c2e-5d0f-4f7b-8c5e-2b9a3f1d6e4a"
    here = book(follow_up, anne, kept, "09:00", request_key=key)
    there = book(follow_up, anne, other, "10:00", request_key=key)
    waits = practice.invitations.create(
        patient=other, email=other.email, sent_at=NOW, expires_at=NOW + timedelta(days=9)
    )
    practice.invitations.create(
        patient=kept, email="l@x.example", sent_at=NOW, expires_at=NOW + timedelta(days=9)
    )
    message = practice.messages.create(
        kind="reminder", recipient="patient", channel="email", key="x", patient=other,
        due_at=NOW, try_after=NOW,
    )  # fmt: skip
    line = practice.journal.create(at=NOW, who="anne@tilleuls.example", act="opened", patient=other)
    done = PatientImport.objects.create(practice=practice, state="done", created_at=NOW)
    other.refresh_from_db()
    noted = ImportedRecord.objects.create(
        by=done, patient=other, was_made=False, before={"city": "Brest"}, print=print_of(other)
    )
    before = everything(kept), everything(other)
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    assert not Patient.objects.filter(pk=other.pk).exists()
    assert set(Patient.objects.get(pk=kept.pk).appointments.all()) == {here, there}
    assert (merge.kept.no_sms, merge.kept.undeliverable_email) == (True, other.email)
    undone = undo_merge(kept, merge.pk, now=SOON)
    assert (everything(kept), everything(other)) == before
    assert undone.stays == []
    for row in (there, waits, message, line):
        row.refresh_from_db()
        assert row.patient == other
    assert (str(there.request_key), waits.withdrawn_at) == (key, None)
    here.refresh_from_db()
    assert (here.patient, kept.invitations.waiting().count()) == (kept, 1)
    again = ImportedRecord.objects.get()
    assert model_to_dict(again, exclude=["id"]) == model_to_dict(noted, exclude=["id"])
    assert print_of(Patient.objects.get(pk=other.pk)) == again.print


def test_what_was_changed_since_stays_and_is_named(practice, anne, follow_up, kept, other):
    moved = book(follow_up, anne, other, "10:00")
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    Patient.objects.filter(pk=kept.pk).update(city="Rennes", notes="Rh- Allergie au latex")
    since = book(follow_up, anne, Patient.objects.get(pk=kept.pk), "11:00")
    type(moved).objects.filter(pk=moved.pk).update(practice_notes="Vue")
    assert what_stays(Patient.objects.get(pk=kept.pk), merge) == ["ville", "notes du cabinet"]
    undone = undo_merge(kept, merge.pk, now=SOON)
    assert undone.stays == ["ville", "notes du cabinet"]
    now_kept, now_other = everything(kept), everything(other)
    assert (now_kept["city"], now_kept["street"], now_kept["mobile"]) == ("Rennes", "", "")
    assert now_kept["notes"] == "Rh- Allergie au latex"
    assert (now_other["city"], now_other["notes"]) == ("Nantes", "Allergie")
    moved.refresh_from_db()
    since.refresh_from_db()
    assert (moved.patient, moved.practice_notes) == (other, "Vue")
    assert since.patient == kept


def test_what_the_account_booked_since_goes_with_it(practice, anne, follow_up, kept, other):
    user = other.user
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    Patient.objects.filter(pk=kept.pk).update(online_booking_barred=False)
    taken = book(
        follow_up, anne, Patient.objects.get(pk=kept.pk), "11:00", by=By.patient(user)
    )  # fmt: skip
    undo_merge(kept, merge.pk, now=SOON)
    taken.refresh_from_db()
    assert (taken.patient, taken.patient.user) == (other, user)
    assert everything(kept)["user_id"] is None


@pytest.mark.parametrize(("address", "goes"), [("lina@patiente.example", True), ("l@x.example", False)])  # fmt: skip
def test_an_account_that_came_by_the_others_address_goes_with_it(practice, kept, address, goes):
    other = make_patient(practice, "Lina", email="lina@patiente.example")
    merge = merge_patients(kept, other, now=NOW)
    Patient.objects.filter(pk=kept.pk).update(user=make_user(address))
    undo_merge(kept, merge.pk, now=SOON)
    users = everything(kept)["user_id"], everything(other)["user_id"]
    assert [user is not None for user in users] == [not goes, goes]


def test_an_account_that_was_taken_off_since_does_not_come_back(practice, kept, other):
    user = other.user
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    user.delete()
    undo_merge(kept, merge.pk, now=SOON)
    assert everything(other)["user_id"] is None


def test_one_after_the_other_the_last_first(practice, kept, other):
    first = merge_patients(kept, other, agreed=True, now=NOW)
    third = make_patient(practice, "Lina", city="Brest")
    second = merge_patients(kept, third, agreed=True, now=NOW + timedelta(minutes=1))
    assert code_of(kept, first.pk) == "newer"
    last = merge_patients(
        make_patient(practice, "Line"), Patient.objects.get(pk=kept.pk), agreed=True, now=SOON
    )
    assert code_of(kept, second.pk) == "gone"
    undo_merge(last.kept, last.pk, now=SOON)
    undo_merge(kept, second.pk, now=SOON)
    assert code_of(kept, second.pk) == "gone"  # once
    undo_merge(kept, first.pk, now=SOON)
    assert {r.name for r in (kept, third, other)} <= {r.name for r in Patient.objects.all()}
    assert (everything(kept)["city"], everything(third)["city"]) == ("", "Brest")


def test_for_a_day_and_not_once_it_is_erased(practice, kept, other):
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    assert forget_old_merges(LATE - timedelta(seconds=1)) == 0
    assert last_merge(kept, LATE - timedelta(seconds=1)) == merge
    assert code_of(kept, merge.pk, LATE) == "gone"
    erase_patient(kept, now=SOON)
    assert code_of(kept, merge.pk) == "erased"
    assert not Merge.objects.exists()
    again = merge_patients(make_patient(practice, "Zoé"), make_patient(practice, "Zoé"), now=NOW)
    assert forget_old_merges(LATE) == 1
    assert code_of(again.kept, again.pk) == "gone"


def test_the_way_back_is_bounded(practice, kept, other, monkeypatch):
    for n in range(3):
        practice.journal.create(at=NOW, who="a@x.example", act="changed", patient=other, detail=n)
    monkeypatch.setattr("maia.patients.merging.MOST_MOVED", 2)
    merge = merge_patients(kept, other, agreed=True, now=NOW)
    assert merge.way_back == {}
    assert code_of(kept, merge.pk) == "too_large"


def test_the_way_back_is_small(practice, kept, other):
    Patient.objects.filter(pk=other.pk).update(notes="x" * 9_000)
    merge = merge_patients(kept, Patient.objects.get(pk=other.pk), agreed=True, now=NOW)
    assert len(json.dumps(merge.way_back)) < 25_000


def test_notes_that_are_too_long_together_are_not_cut(practice, kept):
    Patient.objects.filter(pk=kept.pk).update(notes="x" * 6_000)
    other = make_patient(practice, "Lina", notes="y" * 6_000)
    with pytest.raises(CannotMerge) as refusal:
        merge_patients(kept, other, now=NOW)
    assert refusal.value.code == "notes_too_long"
    assert everything(other)["notes"] == "y" * 6_000
    assert everything(kept)["notes"] == "x" * 6_000
