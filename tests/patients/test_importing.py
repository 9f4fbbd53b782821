"""Imports in the domain: who is whom, all or nothing, once, taken back, forgotten."""

import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.config.jobs import KINDS
from maia.jobs.models import Job
from maia.jobs.working import work_on_jobs
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.patients import import_jobs
from maia.patients.import_jobs import NotNow, begin, confirm, forget_old_imports, take_back
from maia.patients.models import ImportedRecord, Patient, PatientImport
from maia.patients.spreadsheet import patients_csv
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient

State = PatientImport.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def work(now=NOW):
    while work_on_jobs(KINDS, "one", lambda: now):
        pass


def read(practice, anne, text, existing="keep"):
    content = text if isinstance(text, bytes) else text.encode()
    importing = begin(practice, "liste.csv", content, by=anne.user, now=NOW)
    work()
    importing = PatientImport.objects.get(pk=importing.pk)
    if existing != "keep":
        import_jobs.look_again(
            importing, columns=importing.columns, titles_row=importing.titles_row,
            existing=existing, by=anne.user, now=NOW,
        )  # fmt: skip
        work()
        importing.refresh_from_db()
    return PatientImport.objects.get(pk=importing.pk)


def import_(practice, anne, text, existing="keep"):
    importing = read(practice, anne, text, existing)
    confirm(importing, by=anne.user, now=NOW)
    work()
    importing = PatientImport.objects.get(pk=importing.pk)
    assert importing.state == State.DONE, (importing.state, importing.job.error)
    return importing


def said(counts):
    return {name: count for name, count in counts.items() if count}


HEAD = "Nom;Prénom;Email;Portable;Né(e) le;Identifiant\n"


@pytest.mark.parametrize(
    ("lines", "counts"),
    [
        ("Roy;Lina;;;01/01/1990;\nRoy;Lina;;;02/02/1992;\n", {"new": 2}),
        ("Roy;Lina;;0639981234;;\nRoy;Lina;;0639981235;;\n", {"new": 2}),
        ("Roy;Lina;a@x.example;;;\nROY;LINA;A@x.example;;;\n", {"new": 1, "twice": 1}),
        ("Roy;Lina;;;;\nLina;Roy;;;;\n", {"new": 1, "twice": 1}),
        ("Roy;Lina;;;;1\nRoy;Lina;;;;2\n", {"new": 2}),
        ("Roy;Lina;;;01/01/1990;\nRoy;Lina;;;;\n\n;;;;;\n;;x@y.example;;;\n",
         {"new": 2, "blank": 2, "refused": 1}),
    ],
)  # fmt: skip
def test_people_of_a_file_are_told_apart(practice, anne, lines, counts):
    importing = read(practice, anne, HEAD + lines)
    assert said(importing.counts) == counts
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(
    ("there", "line", "counts"),
    [
        ({"external_id": "7"}, "Autre;Nom;;;;7", {"there": 1}),
        ({"mobile": "+33639981234"}, "petit;JULIE;;06 39 98 12 34;;", {"there": 1}),
        ({"email": "j@x.example"}, "Petit;Julie;J@X.example;;;", {"there": 1}),
        ({"birth_name": "Roux", "email": "j@x.example"}, "Roux;Julie;j@x.example;;;", {"there": 1}),
        ({"birth_date": "1991-03-07"}, "Petit;Julie;;;07/03/1991;", {"there": 1}),
        ({"birth_date": "1991-03-07", "email": "j@x.example"}, "Petit;Julie;j@x.example;;08/03/1991;",
         {"new": 1}),
        ({"email": "j@x.example"}, "Petit;Julie;k@x.example;;;", {"new": 1}),
        ({"email": "j@x.example"}, "Petit;Julie;;;;", {"there": 1}),
    ],
)  # fmt: skip
def test_records_that_are_there_are_found(practice, anne, there, line, counts):
    make_patient(practice, "Julie", **there)
    assert said(read(practice, anne, f"{HEAD}{line}\n").counts) == counts


def test_several_that_could_be_she_are_left_alone(practice, anne):
    make_patient(practice, "Julie")
    make_patient(practice, "Julie")
    importing = import_(practice, anne, HEAD + "Petit;Julie;;;;\n")
    assert said(importing.counts) == {"unsure": 1}
    assert Patient.objects.count() == 2


@pytest.mark.rule("3.5.14")
def test_a_file_twice_makes_everybody_once(practice, anne):
    text = HEAD + "Roy;Lina;a@x.example;;;\nRoy;Lina;;;01/01/1990;\nPetit;Julie;;;;\n"
    import_(practice, anne, text)
    again = import_(practice, anne, text)
    assert Patient.objects.count() == 3
    assert again.counts["new"] == 0


def test_no_one_of_another_practice_is_met(practice, anne, elsewhere):
    Patient.objects.filter(pk=elsewhere["patient"].pk).update(external_id="7")
    assert said(read(practice, anne, HEAD + "Petit;Maud;;;;7\n").counts) == {"new": 1}


LINE = (
    HEAD.strip()
    + ";Notes;Adresse;Code postal;Ville\n"
    + ("Petit;Julie;j@x.example;0639981235;07/03/1991;7;allergie;3 rue A;35000;Rennes\n")
)


def test_what_is_empty_is_filled(practice, anne):
    julie = make_patient(
        practice, "Julie", external_id="7", mobile="+33639981234", notes="fragile", street="1 rue B"
    )
    importing = import_(practice, anne, LINE, "fill")
    assert said(importing.counts) == {"updated": 1}
    julie.refresh_from_db()
    assert (julie.email, str(julie.birth_date)) == ("j@x.example", "1991-03-07")
    assert (str(julie.mobile), julie.street, julie.city) == ("+33639981234", "1 rue B", "")
    assert julie.notes == "fragile\nallergie"
    assert "different" in {code for _n, _who, code, *_ in import_jobs.unpacked(importing.remarks)}


def test_what_is_different_is_replaced_but_an_account_keeps_its_address(practice, anne, julie):
    Patient.objects.filter(pk=julie.pk).update(external_id="7", mobile="+33639981234", no_sms=True)
    import_(practice, anne, LINE, "overwrite")
    user, address = julie.user, julie.email
    julie.refresh_from_db()
    assert (str(julie.mobile), julie.street) == ("+33639981235", "3 rue A")
    assert (julie.user, julie.email, julie.no_sms) == (user, address, True)


def test_an_address_that_another_record_has_is_remarked(practice, anne):
    make_patient(practice, "Lina", last_name="Roy", email="j@x.example")
    make_patient(practice, "Julie", external_id="7")

    def remarked(text, existing="keep"):
        importing = import_(practice, anne, text, existing)
        remarks = list(import_jobs.unpacked(importing.remarks))
        return [(who, value) for _n, who, code, _t, value in remarks if code == "shared"]

    assert remarked(LINE, "fill") == [("Julie Petit", "j@x.example")]
    new = "Nom;Prénom;Email\nRoy;Mia;j@x.example\nRoy;Zoé;z@x.example\nRoy;Ada;z@x.example\n"
    assert remarked(new) == [("Mia Roy", "j@x.example"), ("Ada Roy", "z@x.example")]


def test_her_own_midwife_is_read_by_her_name_and_taken_back(practice, anne):
    ines = practice.practitioners.create(first_name="Inès", last_name="Haddad")
    practice.practitioners.create(first_name="Inès", last_name="Roux", is_active=False)
    julie = make_patient(practice, "Julie", external_id="7", own_practitioner=anne)
    lina = make_patient(practice, "Lina", external_id="8")
    text = (
        "Nom;Prénom;Numéro de dossier;Sage-femme référente\nPetit;Julie;7;HADDAD Ines\n"
        "Petit;Lina;8;Inès Haddad\nRoy;Mia;9;anne morel\nRoy;Zoé;10;Inès Roux\n"
    )
    importing = import_(practice, anne, text, "fill")
    own = dict(practice.patients.values_list("first_name", "own_practitioner__first_name"))
    assert own == {"Julie": "Anne", "Lina": "Inès", "Mia": "Anne", "Zoé": None}
    remarks = {
        (who, code, value) for _n, who, code, _t, value in import_jobs.unpacked(importing.remarks)
    }
    assert ("Zoé Roy", "no_practitioner", "Inès Roux") in remarks
    assert ("Julie Petit", "different", "HADDAD Ines") in remarks
    assert practice.patients.get(first_name="Zoé").notes == "Inès Roux"
    take_back(importing, by=anne.user, now=NOW)
    work()
    lina.refresh_from_db()
    assert lina.own_practitioner is None
    assert practice.patients.count() == 2
    import_(practice, anne, text, "overwrite")
    julie.refresh_from_db()
    assert julie.own_practitioner == ines


def test_what_was_taken_out_is_read_again(practice, anne):
    ines = practice.practitioners.create(first_name="Inès", last_name="Haddad")
    make_patient(practice, "Lina", own_practitioner=ines, email="l@x.example")
    make_patient(practice, "Mia")
    text = patients_csv(practice.patients.order_by("pk"))
    practice.patients.all().delete()
    import_(practice, anne, text)
    assert practice.patients.get(first_name="Lina").own_practitioner == ines
    assert practice.patients.get(first_name="Mia").own_practitioner is None


def test_left_as_they_are(practice, anne):
    julie = make_patient(practice, "Julie", external_id="7")
    assert said(import_(practice, anne, LINE).counts) == {"there": 1}
    julie.refresh_from_db()
    assert julie.email == ""


def test_confirmed_three_times_is_once(practice, anne):
    importing = read(practice, anne, HEAD + "Roy;Lina;;;;\n")
    confirm(importing, by=anne.user, now=NOW)
    for _again in range(2):
        with pytest.raises(NotNow):
            confirm(PatientImport.objects.get(pk=importing.pk), by=anne.user, now=NOW)
        with pytest.raises(NotNow):  # as another tab saw it
            confirm(importing, by=anne.user, now=NOW)
    work()
    assert Patient.objects.count() == 1
    assert Job.objects.filter(kind=import_jobs.IMPORT).count() == 1


def test_two_files_at_once_do_not_make_one_person_twice(practice, anne):
    one, other = (read(practice, anne, HEAD + "Roy;Lina;a@x.example;;;\n") for _ in range(2))
    confirm(one, by=anne.user, now=NOW)
    confirm(other, by=anne.user, now=NOW)
    work()
    assert Patient.objects.count() == 1


def test_all_or_nothing(practice, anne, monkeypatch):
    importing = read(practice, anne, HEAD + "Roy;Lina;;;;\n" * 1)
    confirm(importing, by=anne.user, now=NOW)

    def broken(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr(ImportedRecord.objects, "bulk_create", broken)
    work()
    importing = PatientImport.objects.get(pk=importing.pk)
    assert importing.has_failed
    assert not Patient.objects.exists()
    import_jobs.try_again(importing)
    monkeypatch.undo()
    confirm(PatientImport.objects.get(pk=importing.pk), by=anne.user, now=NOW)
    work()
    assert Patient.objects.count() == 1


def test_undone_as_it_was(practice, anne):
    julie = make_patient(practice, "Julie", external_id="7", notes="fragile")
    importing = import_(practice, anne, LINE + "Roy;Lina;;;;;;;;\n", "fill")
    take_back(importing, by=anne.user, now=NOW)
    work()
    importing.refresh_from_db()
    assert importing.state == State.UNDONE
    assert said(importing.counts["undone"]) == {"deleted": 1, "restored": 1}
    (left,) = Patient.objects.all()
    assert (left.pk, left.notes, left.email, left.birth_date) == (julie.pk, "fragile", "", None)
    assert left.search_text == julie.search_text
    assert list(JournalEntry.objects.order_by("pk").values_list("act", "detail")) == [
        ("imported", "new: 1, updated: 1"),
        ("import_undone", "deleted: 1, restored: 1"),
    ]
    with pytest.raises(NotNow):
        take_back(importing, by=anne.user, now=NOW)


def test_what_was_touched_since_stays(practice, anne, follow_up):
    text = HEAD + "Roy;Lina;;;;\nRoy;Mia;;;;\nRoy;Ada;;;;\nRoy;Eva;;;;\nRoy;Zoé;;;;\n"
    importing = import_(practice, anne, text)
    lina, mia, ada, eva, _zoe = Patient.objects.order_by("pk")
    book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), lina, by=By.practice(anne.user), now=NOW
    )
    Patient.objects.filter(pk=mia.pk).update(notes="fragile")
    Patient.objects.filter(pk=ada.pk).update(user=anne.user)
    eva.delete()
    take_back(importing, by=anne.user, now=NOW)
    work()
    importing.refresh_from_db()
    assert said(importing.counts["undone"]) == {"deleted": 1, "in_use": 2, "edited": 1, "gone": 1}
    assert set(Patient.objects.values_list("first_name", flat=True)) == {"Lina", "Mia", "Ada"}


def test_within_a_day(practice, anne):
    importing = import_(practice, anne, HEAD + "Roy;Lina;;;;\n")
    with pytest.raises(NotNow):
        take_back(importing, by=anne.user, now=NOW + timedelta(hours=24))


def test_when_the_day_is_over_nothing_of_the_file_stays(practice, anne):
    done = import_(practice, anne, LINE)
    left = read(practice, anne, HEAD + "Roy;Lina;;;;\n")
    assert (done.file, done.table, left.file) == (None, None, None)
    forget_old_imports(NOW + timedelta(hours=23))
    assert ImportedRecord.objects.exists()
    forget_old_imports(NOW + timedelta(hours=25))
    for importing in (done, left):
        importing.refresh_from_db()
        kept = (importing.file, importing.table, importing.shown, importing.remarks)
        assert kept == (None, None, None, None)
    assert (done.state, left.state) == (State.DONE, State.FORGOTTEN)
    assert not ImportedRecord.objects.exists()
    assert done.counts["new"] == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"\xd0\xcf\x11\xe0" + bytes(600), "old_excel"), (bytes(range(256)) * 9, "not_a_list")],
)
def test_what_is_no_list_is_forgotten_at_once(practice, anne, content, error):
    importing = read(practice, anne, content)
    assert importing.has_failed
    assert (importing.job.error, importing.file) == (error, None)


def test_statements_do_not_grow_with_the_list(practice, anne):
    def statements(count):
        Patient.objects.all().delete()
        importing = read(
            practice, anne, HEAD + "".join(f"Roy;Lina{n};;;;{n}\n" for n in range(count))
        )
        confirm(importing, by=anne.user, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            work()
        assert Patient.objects.count() == count
        return len(queries)

    assert statements(400) <= statements(4) + 400 / 20  # SQLite takes some 35 rows a statement


def test_hundreds_of_one_name_take_no_time_of_their_own(practice, anne):
    """Four times as many are four times the work: told by calls, whatever else the machine does."""

    def calls(count, name):
        text = HEAD + "".join(f"Roy;{name};{name}{n}@x.example;;;\n" for n in range(count))
        made = 0

        def one_more(frame, event, called):
            nonlocal made
            made += event in ("call", "c_call")

        sys.setprofile(one_more)
        try:
            importing = import_(practice, anne, text)
        finally:
            sys.setprofile(None)
        assert said(importing.counts) == {"new": count}
        return made

    few = calls(200, "Lina")
    assert calls(800, "Zoe") < 5 * few


def test_nothing_is_sent(practice, anne):

    import_(practice, anne, HEAD + "Roy;Lina;a@x.example;0639981234;;\n")
    announce(NOW)
    assert not Message.objects.exists()
