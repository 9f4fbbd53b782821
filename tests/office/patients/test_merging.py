"""Undoing a merge: from the message and the record, for a day, by who may merge; the journal."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.messaging.models import Message
from maia.patients.models import Merge, Patient
from maia.practices.models import Membership
from maia.privacy.erasing import erase_patient
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user, signed_in
from tests.pages import on_one_line


@pytest.fixture
def kept(practice):
    return make_patient(practice, "Lina")


@pytest.fixture
def other(practice):
    return make_patient(practice, "Lina", make_user("lina@patiente.example"), last_name="Roy")


@pytest.fixture
def path(kept):
    return reverse("office:undo_merge", args=[kept.pk])


@pytest.fixture
def merge(owner, kept, other):
    """By the page; the answer is the record's."""
    return owner.post(
        reverse("office:merge", args=[kept.pk]), {"other": other.pk, "yes": "1"}, follow=True
    )


def test_the_page_says_which_stays_and_both_ways(owner, kept, other, follow_up, anne):
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), other, by=By.practice(None), now=NOW)
    Patient.objects.filter(pk=other.pk).update(phone="+33261914512", street="1 rue Neuve")
    page = owner.post(reverse("office:merge", args=[kept.pk]), {"other": other.pk}).content.decode()
    for words in (
        "Ce dossier, qui reste",
        "02 61 91 45 12",
        "1 rue Neuve",
        "1, le prochain le 03/12/2026",
        "aucun",
    ):
        assert words in page, words
    swapped = reverse("office:merge", args=[other.pk])
    assert f'action="{swapped}"' in page
    assert f'name="other" value="{kept.pk}"' in on_one_line(page)


def test_a_cancelled_visit_is_not_counted(owner, kept, other, follow_up, anne):
    by = By.practice(None)
    for hour in ("09:00", "10:00"):
        made = book_appointment(follow_up, anne, at(THURSDAY, hour), other, by=by, now=NOW)
    cancel_appointment(made, by=by, now=NOW, seen=made.version)
    page = owner.post(reverse("office:merge", args=[kept.pk]), {"other": other.pk}).content.decode()
    assert "1, le prochain le 03/12/2026" in page


def test_one_without_likeness_is_looked_for_and_merged(
    sign_in, team, owner, practice, kept, elsewhere
):
    married = make_patient(practice, "Élodie", last_name="Durand", birth_name="Roy")
    path = reverse("office:merge", args=[kept.pk])
    record = owner.get(reverse("office:patient", args=[kept.pk])).content.decode()
    assert 'name="looked_for"' in record
    page = on_one_line(owner.post(path, {"looked_for": "elodie"}).content.decode())
    assert f'name="other" value="{married.pk}"' in page
    assert f'value="{kept.pk}"' not in page
    asked = on_one_line(owner.post(path, {"other": married.pk}).content.decode())
    assert "Fusionner ces deux dossiers" in asked
    # Not with herself, not with another practice's, and nobody is found for nothing.
    for typed in ("Lina", elsewhere["patient"].first_name, "", "  "):
        page = owner.post(path, {"looked_for": typed}).content.decode()
        assert 'name="other"' not in page, typed
        assert "Aucun autre dossier" in page
    assert Patient.objects.filter(pk=married.pk, erased_at=None).exists()
    assert sign_in(team["assistant"]).post(path, {"looked_for": "elodie"}).status_code == 403


def lines(record):
    return list(record.journal.order_by("pk").values_list("act", "detail", "other"))


@pytest.mark.rule("3.5.9")
def test_the_message_and_the_record_lead_to_it(owner, merge, kept, other, path):
    page = merge.content.decode()
    assert page.count(f'href="{path}"') == 2  # in the message, and in the record
    asked = owner.get(path).content.decode()
    assert "Lina Roy" in asked
    assert "lina@patiente.example" in asked
    row = Merge.objects.get()
    assert not Patient.objects.filter(pk=other.pk).exists()
    undone = owner.post(path, {"merge": row.pk, "yes": "1"}, follow=True).content.decode()
    assert "il y a de nouveau deux dossiers" in undone
    assert path not in undone
    other.refresh_from_db()
    assert other.user is not None
    again = owner.post(path, {"merge": row.pk, "yes": "1"}, follow=True).content.decode()
    assert "ne peut plus être annulée" in again
    assert "ne peut plus être annulée" in owner.get(path, follow=True).content.decode()


@pytest.mark.rule("3.5.13")
def test_the_journal_names_both_and_forgets_who_is_erased(owner, merge, kept, other, path):
    names = "Lina Petit ← Lina Roy"
    assert ("merged", names, None) in lines(kept)
    owner.post(path, {"merge": Merge.objects.get().pk, "yes": "1"})
    assert ("merged", names, other.pk) in lines(kept)
    assert ("unmerged", names, other.pk) in lines(kept)
    for record in (kept, other):  # one line, found from both
        page = owner.get(reverse("office:journal"), {"patient": record.pk, "act": "unmerged"})
        assert page.content.decode().count(names) == 1
    page = owner.get(reverse("office:journal")).content.decode()
    assert page.count(names) == 2
    erase_patient(other, now=NOW)
    assert not JournalEntry.objects.filter(detail__contains="Roy").exists()
    assert ("unmerged", "", other.pk) in lines(kept)


def test_what_was_changed_since_is_said(owner, merge, kept, path):
    Patient.objects.filter(pk=kept.pk).update(email="autre@patiente.example")
    words = "adresse e-mail"
    assert words in owner.get(path).content.decode()
    undone = owner.post(path, {"merge": Merge.objects.get().pk}, follow=True).content.decode()
    assert "Restent ici" in undone
    assert words in undone


def test_not_after_a_day_nor_once_it_is_erased(owner, merge, kept, path, time_machine):
    row = Merge.objects.get()
    time_machine.move_to(NOW + timedelta(hours=24), tick=False)
    signed_in(owner, Membership.objects.get(role="owner").user)
    assert path not in owner.get(reverse("office:patient", args=[kept.pk])).content.decode()
    page = owner.post(path, {"merge": row.pk}, follow=True).content.decode()
    assert "ne peut plus être annulée" in page
    erase_patient(kept, now=NOW)
    for answer in (owner.get(path), owner.post(path, {"merge": row.pk})):
        assert answer.status_code == 410
        assert "a été effacé avec lui" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "x", "²", "9" * 40, "-1"])
def test_no_merge_of_that_number(owner, merge, path, typed):
    page = owner.post(path, {"merge": typed}, follow=True).content.decode()
    assert "ne peut plus être annulée" in page
    assert Merge.objects.exists()


def test_an_assistant_undoes_nothing(sign_in, team, merge, kept, path):
    client = sign_in(team["assistant"])
    assert client.post(path, {"merge": Merge.objects.get().pk}).status_code == 403
    assert path not in client.get(reverse("office:patient", args=[kept.pk])).content.decode()
    assert sign_in(team["practitioner"]).get(path).status_code == 200


def test_too_many_to_be_taken_apart_is_said(owner, practice, kept, other, path, monkeypatch):
    monkeypatch.setattr("maia.patients.merging.MOST_MOVED", 0)
    Message.objects.create(
        practice=practice, kind="reminder", recipient="patient", channel="email", key="x",
        patient=other, due_at=NOW, try_after=NOW,
    )  # fmt: skip
    merging = reverse("office:merge", args=[kept.pk])
    asked = owner.post(merging, {"other": other.pk, "yes": "1"}, follow=True).content.decode()
    assert path not in asked
    page = owner.get(path, follow=True).content.decode()
    assert "trop de rendez-vous" in page
