"""Erased at the moment at which somebody writes on her record, or books for her: nothing of her stays,
and nothing hangs from nobody. In threads with a connection of their own, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import Boxes, By
from maia.invitations.inviting import InvitationRefused, accept, invite_patient
from maia.patients.addresses import Address, write_address
from maia.patients.merging import CannotMerge, merge_patients
from maia.patients.models import Patient, RecordErased
from maia.patients.records import find_record
from maia.practices.models import Membership
from maia.privacy.erasing import CannotErase, erase_patient
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.pace import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=30)
REFUSED = (RecordErased, InvitationRefused, CannotMerge, CannotErase)


def together(*acts):
    """Each act's answer, or the refusal that it raised."""
    gate = threading.Barrier(len(acts))

    def run(act):
        try:
            Patient.objects.first()  # connected already
            gate.wait(PATIENCE)
            return act()
        except REFUSED as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def is_nobody(record):
    now = Patient.objects.get(pk=record.pk)
    assert now.erased_at is not None
    told = (now.first_name, now.email, now.notes, now.street, now.mobile, now.undeliverable_email)
    assert (now.last_name, now.user_id, *map(str, told)) == ("—", None, *[""] * len(told))
    assert "nina" not in now.search_text
    assert not now.invitations.exists()
    assert not now.appointments.upcoming(LATER).exists()
    assert not now.appointments.exclude(note="", practice_notes="").exists()
    return True


@pytest.fixture
def nina(practice):
    return make_patient(practice, "Nina", email="nina@patiente.example")


@pytest.fixture
def owner(practice, anne):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    return anne.user


def test_who_has_read_the_record_before_it_was_erased_writes_nothing(
    practice, anne, follow_up, nina, owner
):
    by = By.practice(owner)
    seen = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), nina, by=by, now=NOW)
    invitation = invite_patient(nina, by=owner, now=NOW)
    reader = make_user("nina@patiente.example")
    other = make_patient(practice, "Nina", email="nina@autre.example")
    stale = Patient.objects.get(pk=nina.pk)
    erase_patient(nina, now=LATER)
    stale.notes = "note"
    edit = partial(
        edit_appointment, seen, attendance="", boxes=Boxes(email=True, sms=False), by=by, now=LATER,
        seen=seen.version,
    )  # fmt: skip
    soon = LATER + timedelta(days=1)
    for act in (
        stale.save,
        partial(stale.save, update_fields=["notes"]),
        partial(write_address, stale, Address(street="1 rue X")),
        partial(book_appointment, follow_up, anne, soon, stale, by=by, now=LATER),
        partial(book_appointment, follow_up, anne, soon, stale, by=By.patient(None), now=LATER),
        partial(move_appointment, seen, soon, by=by, now=LATER),
        partial(edit, practice_notes="note"),
        partial(invite_patient, stale, by=owner, now=LATER),
        partial(accept, invitation, reader, now=NOW),
        partial(merge_patients, stale, other, now=LATER),
        partial(merge_patients, other, stale, now=LATER),
    ):
        with pytest.raises(REFUSED):
            act()
        assert is_nobody(nina)
    edit(practice_notes=None)  # whether somebody came is for the practice's figures
    cancel_appointment(seen, by=by, now=LATER)
    assert is_nobody(nina)


def test_what_is_written_at_once_is_erased_or_refused(practice, anne, follow_up, owner):
    for n in range(6):
        email = f"nina{n}@patiente.example"
        nina = make_patient(practice, "Nina", email=email)
        user = make_user(email)
        start = LATER + timedelta(days=n + 1)

        def write(pk=nina.pk):
            with transaction.atomic():
                record = Patient.objects.get(pk=pk)
                record.notes, record.first_name = "note", "Nina"
                record.save(update_fields=["notes", "first_name"])

        by = By.practice(owner)
        told = together(
            partial(erase_patient, nina, now=LATER),
            write,
            partial(write_address, nina, Address(street="1 rue X")),
            partial(book_appointment, follow_up, anne, start, nina, by=by, now=LATER),
            partial(invite_patient, nina, by=owner, now=LATER),
            partial(find_record, user, practice),
        )
        if isinstance(told[0], CannotErase):  # she was booked for first
            assert not isinstance(told[3], Exception)
            cancel_appointment(told[3], by=by, now=LATER)
            erase_patient(nina, now=LATER)
        else:
            assert isinstance(told[3], RecordErased), told
        assert is_nobody(nina)


def test_a_page_and_a_program_at_once_with_erasing(practice, anne, follow_up, owner):
    _token, secret = make_token(owner, "x", now=timezone.now(), practice=practice)
    bearer = {"Authorization": f"Bearer {secret}"}
    clients = [Client(), Client()]
    for client in clients:
        signed_in(client, owner)
    start = (timezone.now() + timedelta(days=20)).replace(microsecond=0)
    for n in range(4):
        nina = make_patient(practice, "Nina", email=f"nina{n}@patiente.example")
        record = f"/api/v1/office/patients/{nina.pk}"
        booking = {
            "patient": nina.pk, "type": follow_up.pk, "notes": "note",
            "start": (start + timedelta(days=n)).isoformat(),
        }  # fmt: skip
        typed = {
            "first_name": "Nina",
            "last_name": "Roy",
            "notes": "note",
            "email": f"n{n}@x.example",
        }
        page = reverse("office:patient", args=[nina.pk])
        erase = partial(
            clients[0].post, reverse("office:erase", args=[nina.pk]), {"understood": "1"}
        )
        if n % 2:
            erase = partial(Client().delete, record, headers=bearer)
        json = {"content_type": "application/json", "headers": bearer}
        erased, saved, patched, booked = (
            answer.status_code
            for answer in together(
                erase,
                partial(clients[1].post, page, typed),
                partial(Client().patch, record, {"notes": "note"}, **json),
                partial(Client().post, "/api/v1/office/appointments", booking, **json),
            )
        )
        assert (saved, patched) in {(a, b) for a in (302, 410) for b in (200, 404)}
        if booked == 201:
            assert erased in (409, 422)
            assert Patient.objects.get(pk=nina.pk).erased_at is None
        else:
            assert (booked, erased) in {(404, 302), (404, 204)}
            assert is_nobody(nina)
