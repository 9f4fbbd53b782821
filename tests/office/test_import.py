"""Import of patients: nothing is written before it is shown, and each refusal has its reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from maia.patients.models import Patient
from tests.conftest import make_patient

FILE = """Nom;Prénom;Email;Téléphone;Date de naissance;Remarques
Lefèvre;Zoé;zoe@patiente.example;06 39 98 12 34;31/12/1990;"Deux
lignes"
Petit;Julie;julie@patiente.example;;;
;Sans nom;;;;
123;Lina;;;;
Roy;Lina;pas-un-email;;;
Roy;Lina;;12;;
Roy;Lina;;;32/13/1990;
Lefevre;Zoe;ZOE@patiente.example;;;
;;;;;
"""


def upload(client, content):
    if isinstance(content, str):
        content = content.encode()
    return client.post("/pro/patients/import/", {"file": SimpleUploadedFile("p.csv", content)})


def test_each_line_is_judged_and_nothing_is_written(owner, practice, julie):
    page = upload(owner, FILE).content.decode()
    assert "1 dossier serait créé" in page
    assert "7 lignes sont refusées" in page
    for reason in (
        "Ligne 3 (Petit Julie) – cette personne a déjà un dossier",
        "Ligne 4 ( Sans nom) – le nom ou le prénom manque",
        "Ligne 5 (123 Lina) – le nom n’a pas de lettres",
        "Ligne 6 (Roy Lina) – l’adresse email",
        "Ligne 7 (Roy Lina) – le numéro de téléphone",
        "Ligne 8 (Roy Lina) – la date de naissance",
        "Ligne 9 (Lefevre Zoe) – la même personne est deux fois",
    ):
        assert reason in page, reason
    assert Patient.objects.count() == 1


def test_yes_writes_what_was_shown(owner, practice, julie):
    answer = owner.post("/pro/patients/import/", {"text": FILE, "yes": "1"})
    assert answer["Location"] == "/pro/patients/"
    zoe = Patient.objects.get(first_name="Zoé")
    assert (str(zoe.mobile), str(zoe.birth_date), zoe.notes) == (
        "+33639981234",
        "1990-12-31",
        "Deux\nlignes",
    )
    assert zoe.practice == practice
    assert "Lefèvre" in owner.post("/pro/patients/", {"q": "lefevre"}, follow=True).content.decode()
    owner.post("/pro/patients/import/", {"text": FILE, "yes": "1"})  # twice is once
    assert Patient.objects.count() == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"a,b,c\n1,2,3", "nom;prénom".encode("utf-16"), b"x" * 600_000],
)
def test_what_cannot_be_read_is_said(owner, content):
    assert upload(owner, content).status_code == 422
    assert not Patient.objects.exists()


def test_commas_and_an_older_encoding(owner, practice):
    page = upload(owner, "nom,prénom\nLefèvre,Zoé\n".encode("cp1252")).content.decode()
    assert "Lefèvre Zoé" in page


def test_an_export_comes_back_in(owner, practice):
    make_patient(practice, "Zoé", last_name="=Lefèvre", mobile="+33639981234")
    exported = owner.get("/pro/patients/export/").content
    Patient.objects.all().delete()
    page = upload(owner, exported).content.decode()
    assert "1 dossier serait créé" in page
