"""Patients' records: changed, merged without losing anything, exported without danger."""

import csv
import io

import pytest
from django.urls import reverse

from maia.appointments.booking import By, book_appointment
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


def test_merging_loses_nothing(owner, practice, anne, follow_up, julie):
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
    owner.post(reverse("office:merge", args=[julie.pk]), {"other": other.pk})
    julie.refresh_from_db()
    assert not Patient.objects.filter(pk=other.pk).exists()
    assert julie.appointments.count() == 2
    assert julie.user.email == "julie@patiente.example"
    assert (julie.email, str(julie.mobile)) == ("julie@patiente.example", "+33639981234")
    assert julie.online_booking_barred
    for kept in ("Allergie", "Petit-Roy", "jp@patiente.example"):
        assert kept in julie.notes


def test_the_account_of_the_other_record_is_kept(practice):
    kept = make_patient(practice, "Lina")
    user = make_user("lina@patiente.example")
    merge_patients(kept, make_patient(practice, "Lina", user))
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
            merge_patients(julie, other)
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
    with django_assert_max_num_queries(8):
        page = owner.get("/pro/patients/").content.decode()
    assert page.count('class="card"') == 50
    assert owner.get("/pro/patients/?page=99").status_code == 200
    assert patients_csv(practice.patients.all()).count("\n") == 121
