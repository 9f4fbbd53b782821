"""Patients' records: changed, merged without losing anything, exported without danger."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.patients.merging import CannotMerge, merge_patients
from maia.patients.models import Patient
from maia.patients.spreadsheet import patients_csv
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user


def form(record, **typed):
    return {"first_name": record.first_name, "last_name": record.last_name, **typed}


def look_for(client, typed):
    return client.post("/pro/patients/", {"q": typed}, follow=True).content.decode()


def test_what_is_looked_for_is_in_no_address(owner, practice):
    make_patient(practice, "Lina")
    answer = owner.post("/pro/patients/", {"q": "lina"})
    assert answer["Location"] == "/pro/patients/found/"
    assert "Lina" in owner.get("/pro/patients/found/").content.decode()
    assert owner.get("/pro/patients/search/?patient_search=lina").status_code == 405
    assert owner.post("/pro/patients/", {"q": ""}, follow=True).redirect_chain[-1][0] == (
        "/pro/patients/"
    )


def test_a_record_is_changed(owner, practice):
    record = make_patient(practice, "Lina")
    path = reverse("office:patient", args=[record.pk])
    typed = form(record, mobile="06 39 98 12 34", email="lina@patiente.example", notes="Rh-")
    assert owner.post(path, typed).status_code == 302
    record.refresh_from_db()
    assert (record.mobile.as_e164, record.notes) == ("+33639981234", "Rh-")
    assert 'value="06 39 98 12 34"' in owner.get(path).content.decode()
    assert "Lina" in look_for(owner, "lina@pat")


@pytest.mark.parametrize(
    "wrong",
    [{"mobile": "12"}, {"email": "x"}, {"last_name": "12"}, {"birth_date": "hier"},
     {"notes": "x" * 10_001}],
)  # fmt: skip
def test_bad_input_changes_nothing(owner, practice, wrong):
    record = make_patient(practice, "Lina")
    answer = owner.post(reverse("office:patient", args=[record.pk]), form(record, **wrong))
    assert answer.status_code == 422
    assert "<h1>Lina Petit</h1>" in answer.content.decode()


@pytest.mark.rule("3.5.7")
def test_a_landline_is_kept_and_gets_no_sms(owner, practice):
    record = make_patient(practice, "Lina", mobile="+33261914512")
    page = owner.get(reverse("office:patient", args=[record.pk])).content.decode()
    assert "aucun SMS" in page


def test_a_barred_patient_cannot_book(owner, practice, anne, follow_up):
    record = make_patient(practice, "Lina")
    path = reverse("office:patient", args=[record.pk])
    owner.post(path, form(record, online_booking_barred="on"))
    record.refresh_from_db()
    assert record.online_booking_barred


def test_merging_loses_nothing(owner, practice, anne, follow_up):
    julie = make_patient(practice, "Julie", email="julie@patiente.example")
    other = make_patient(
        practice, "Julie", last_name="Petit-Roy", email="jp@patiente.example", notes="Allergie",
        mobile="+33639981234", online_booking_barred=True,
    )  # fmt: skip
    for patient, text in ((julie, "09:00"), (other, "10:00")):
        book_appointment(
            follow_up, anne, at(THURSDAY, text), patient, by=By.practice(None), now=NOW
        )
    page = owner.get(reverse("office:patient", args=[julie.pk])).content.decode()
    assert "Peut-être la même personne" in page
    path = reverse("office:merge", args=[julie.pk])
    asked = owner.post(path, {"other": other.pk}).content.decode()
    assert "jp@patiente.example" in asked
    assert Patient.objects.filter(pk=other.pk).exists()
    owner.post(path, {"other": other.pk, "yes": "1"})
    julie.refresh_from_db()
    assert not Patient.objects.filter(pk=other.pk).exists()
    assert julie.appointments.count() == 2
    assert (julie.email, str(julie.mobile)) == ("julie@patiente.example", "+33639981234")
    assert julie.online_booking_barred
    for kept in ("Allergie", "Petit-Roy", "jp@patiente.example"):
        assert kept in julie.notes


def test_the_account_of_the_other_record_is_kept(practice):
    kept = make_patient(practice, "Lina")
    user = make_user("lina@patiente.example")
    with pytest.raises(CannotMerge, match="not_agreed"):
        merge_patients(kept, make_patient(practice, "Lina", user), now=NOW)
    merge_patients(kept, Patient.objects.get(user=user), agreed=True, now=NOW)
    kept.refresh_from_db()
    assert kept.user == user


def test_what_cannot_be_merged(practice, elsewhere, julie):
    two = make_patient(practice, "Lina", make_user("lina@patiente.example"))
    for other, code in (
        (julie, "same"),
        (elsewhere["patient"], "other_practice"),
        (two, "two_accounts"),
    ):
        with pytest.raises(CannotMerge) as refusal:
            merge_patients(julie, other, now=NOW)
        assert refusal.value.code == code
    assert Patient.objects.count() == 3


def test_the_export_holds_no_formula(owner, practice):
    for n, name in enumerate(("=HYPERLINK(1)", "+33", "-1", "@SUM", "\tx", "a;b", 'a"b', "Zoé")):
        make_patient(practice, f"P{n}", last_name=name)
    answer = owner.get("/pro/patients/export/")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "last_name"
    assert len(rows) == 9
    for row in rows[1:]:
        assert not row[0].startswith(("=", "+", "-", "@", "\t"))
    assert {"a;b", 'a"b', "Zoé", "'=HYPERLINK(1)"} <= {row[0] for row in rows}


def test_a_long_list_comes_in_pages_with_constant_queries(
    owner, practice, django_assert_max_num_queries
):
    for n in range(120):
        make_patient(practice, f"Patiente{n}")
    with django_assert_max_num_queries(11):
        page = owner.get("/pro/patients/").content.decode()
    assert page.count('class="card"') == 50
    assert owner.get("/pro/patients/?page=99").status_code == 200
    assert patients_csv(practice.patients.all()).count("\n") == 121


@pytest.fixture
def victim(practice):
    return make_patient(practice, "Lina", email="lina@patiente.example", notes="Secret")


@pytest.fixture
def namesake(practice):
    """Registered by herself, under the victim's name."""
    return make_patient(practice, "Lina", make_user("autre@x.example"), origin="online")


@pytest.mark.rule("3.5.2")
@pytest.mark.parametrize("swapped", [False, True])
def test_an_account_meets_no_record_whose_address_it_has_not_verified(
    owner, victim, namesake, swapped
):
    kept, other = (namesake, victim) if swapped else (victim, namesake)
    for agreed in (False, True):
        with pytest.raises(CannotMerge, match="not_verified"):
            merge_patients(kept, other, agreed=agreed, now=NOW)
    path = reverse("office:merge", args=[kept.pk])
    page = owner.post(path, {"other": other.pk, "yes": "1"}, follow=True).content.decode()
    assert "n’a pas montré" in page
    victim.refresh_from_db()
    assert victim.user is None


def test_a_record_without_address_says_whose_account_will_see_it(owner, victim, namesake, practice):
    Patient.objects.filter(pk=victim.pk).update(email="")
    path = reverse("office:merge", args=[victim.pk])
    page = owner.post(path, {"other": namesake.pk}).content.decode()
    assert "autre@x.example" in page
    assert "demandez-lui" in page
    victim.refresh_from_db()
    assert victim.user is None
    owner.get(reverse("office:patient", args=[namesake.pk]))  # leaves a line
    owner.post(path, {"other": namesake.pk, "yes": "1"})
    victim.refresh_from_db()
    assert victim.user == namesake.user
    lines = list(victim.journal.order_by("pk").values_list("act", "detail"))
    assert lines == [("opened", ""), ("opened", ""), ("merged", "Lina Petit ← Lina Petit")]


def test_an_invitation_to_another_address_does_not_open_the_kept_record(victim, practice):
    invited = make_patient(practice, "Lina", email="autre@x.example")
    practice.invitations.create(
        patient=invited, email="autre@x.example", sent_at=NOW, expires_at=NOW + timedelta(days=9)
    )
    merge_patients(victim, invited, now=NOW)
    assert not victim.invitations.waiting().exists()


def test_an_assistant_merges_nothing(sign_in, team, victim, namesake):
    path = reverse("office:merge", args=[victim.pk])
    typed = {"other": namesake.pk, "yes": "1"}
    assert sign_in(team["assistant"]).post(path, typed).status_code == 403


@pytest.mark.parametrize("other", ["²", "9" * 40, "-1", "x", ""])
def test_no_record_of_that_number(owner, victim, other):
    path = reverse("office:merge", args=[victim.pk])
    assert owner.post(path, {"other": other}).status_code == 404


def test_a_record_of_a_name_alone_says_so(owner, practice):
    alone = make_patient(practice, "Julie", email="", mobile="")
    known = make_patient(practice, "Lina", birth_date=date(1990, 1, 2))
    words = "Le nom seul, pour l’instant."
    for record, says in ((alone, True), (known, False)):
        page = owner.get(reverse("office:patient", args=[record.pk])).content.decode()
        assert (words in page) is says
