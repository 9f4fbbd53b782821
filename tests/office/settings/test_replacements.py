"""The owner's page of replacements: who takes over, and what becomes of what is booked then (rule 3.10)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.practices.models import Replacement
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.pages import fields_of, on_one_line, shown

NEW, LIST = "/pro/settings/replacements/new/", "/pro/settings/replacements/"


@pytest.fixture
def typed(anne, ines):
    return {
        "practitioner": anne.pk, "substitute": ines.pk, "first_date": "2026-12-03",
        "last_date": "2026-12-04", "hours": "substitute",
    }  # fmt: skip


@pytest.fixture
def book(anne, julie):
    type = make_type(anne.practice, practitioner=anne)

    def booked(text, patient=julie, who=anne, day=THURSDAY, **how):
        by = By.practice(None)
        return book_appointment(how.pop("type", type), who, at(day, text), patient, by=by, now=NOW)

    return booked


def page_of(answer):
    return on_one_line(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def whose(appointment):
    appointment.event.refresh_from_db()
    return appointment.event.practitioner


@pytest.mark.rule("3.10.1")
def test_a_replacement_is_made_changed_and_ended(owner, typed, anne, ines):
    assert "Aucun remplacement" in page_of(owner.get(LIST))
    answer = owner.post(NEW, typed, follow=True)
    assert "Inès Haddad remplace Anne Morel Du 3 au 4 décembre 2026" in page_of(answer)
    made = Replacement.objects.get()
    path = reverse("office:edit_replacement", args=[made.pk])
    answer = owner.post(path, shown(owner, path) | {"last_date": "2026-12-03", "hours": "replaced"})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert (made.last_date, made.hours) == (THURSDAY, "replaced")
    # Two who would meet: the other one is named at the field.
    again = owner.post(NEW, typed)
    assert again.status_code == 422
    assert "Inès Haddad la remplace déjà à certaines de ces dates." in page_of(again)
    delete = reverse("office:delete_replacement", args=[made.pk])
    asked = owner.post(delete)
    assert "Mettre fin à ce remplacement" in page_of(asked)
    assert Replacement.objects.exists()
    assert owner.post(delete, fields_of(asked.content.decode()) | {"yes": "1"}).status_code == 302
    assert not Replacement.objects.exists()
    acts = JournalEntry.objects.filter(act="settings", detail__contains="remplace Anne Morel")
    assert acts.count() == 3


@pytest.mark.rule("3.10.4")
def test_what_is_booked_is_decided_one_by_one(owner, typed, book, anne, ines, practice):
    nine, ten, eleven = book("09:00"), book("10:00", make_patient(practice, "Maud")), book("11:00")
    own = make_type(practice, "Autre", practitioner=ines)
    book("10:15", make_patient(practice, "Zoé"), ines, type=own)
    asked = owner.post(NEW, typed)
    assert asked.status_code == 409
    words = page_of(asked)
    assert "3 rendez-vous sont notés avec Anne à ces dates." in words
    assert "Inès n’est pas libre à cette heure." in words
    assert not Replacement.objects.exists()
    fields = fields_of(asked.content.decode())
    assert [fields[f"fate-{one.pk}"] for one in (nine, ten, eleven)] == [
        "hand_over", "keep", "hand_over",
    ]  # fmt: skip
    all_gone = owner.post(NEW, fields | {"all": "cancel"})
    assert all_gone.status_code == 409
    assert fields_of(all_gone.content.decode())[f"fate-{ten.pk}"] == "cancel"
    answer = owner.post(
        NEW, fields | {f"fate-{eleven.pk}": "cancel", "word": "À bientôt"}, follow=True
    )
    assert "1 rendez-vous est confié à Inès. 1 rendez-vous est annulé." in page_of(answer)
    assert [whose(one) for one in (nine, ten, eleven)] == [ines, anne, anne]
    entry = nine.history.last()
    assert (entry.action, entry.tells, entry.words) == ("moved", True, "À bientôt")
    assert ten.history.count() == 1
    eleven.refresh_from_db()
    assert eleven.status == "cancelled"


def test_nobody_is_told_where_the_box_is_unticked(owner, typed, book):
    nine = book("09:00")
    fields = fields_of(owner.post(NEW, typed).content.decode())
    fields.pop("tell_patient")
    assert owner.post(NEW, fields).status_code == 302
    assert not nine.history.last().tells


def test_an_answer_is_about_who_and_when_it_was_asked(owner, typed, book, practice, ines):
    nine = book("09:00")
    fields = fields_of(owner.post(NEW, typed).content.decode())
    zoe = practice.practitioners.create(first_name="Zoé", last_name="Roy")
    assert owner.post(NEW, fields | {"substitute": zoe.pk}).status_code == 409
    later = book("11:00")
    asked = owner.post(NEW, fields)
    assert asked.status_code == 409
    assert not Replacement.objects.exists()
    assert owner.post(NEW, fields_of(asked.content.decode())).status_code == 302
    assert [whose(nine), whose(later)] == [ines, ines]


def test_shortened_it_names_what_the_substitute_keeps(owner, typed, book, anne, ines):
    nine = book("09:00")
    owner.post(NEW, fields_of(owner.post(NEW, typed).content.decode()))
    assert whose(nine) == ines
    made = Replacement.objects.get()
    path = reverse("office:edit_replacement", args=[made.pk])
    asked = owner.post(path, shown(owner, path) | {"first_date": "2026-12-04"})
    assert asked.status_code == 409
    assert "09:00 – Julie Petit" in page_of(asked)
    made.refresh_from_db()
    assert made.first_date == THURSDAY
    mark = re.search(r'name="anyway" value="(\w+)"', asked.content.decode())[1]
    answer = owner.post(path, fields_of(asked.content.decode()) | {"anyway": mark})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.first_date == THURSDAY + timedelta(days=1)
    assert whose(nine) == ines


def test_her_absences_are_said(owner, typed, ines):
    ines.absences.create(start=at(THURSDAY, "14:00"), end=at(THURSDAY, "18:00"))
    page = page_of(owner.post(NEW, typed, follow=True))
    assert "Inès Haddad est absente : jeudi 3 décembre 2026, 14:00 – 18:00." in page
    ines.absences.create(start=at(THURSDAY, "00:00"), end=at(THURSDAY + timedelta(days=1), "00:00"))
    Replacement.objects.all().delete()
    refused = owner.post(NEW, typed | {"last_date": "2026-12-03"})
    assert refused.status_code == 422
    assert "Elle est absente tous ces jours-là." in page_of(refused)


def test_alone_in_a_practice_she_invites_somebody_first(sign_in, anne, practice):
    practice.team.create(user=anne.user, role="owner")
    page = page_of(sign_in(anne.user).get(LIST))
    assert "invitez d’abord celle qui vous remplacera" in page
