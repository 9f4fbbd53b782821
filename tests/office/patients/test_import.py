"""Import of patients on its pages: nothing is written before it is shown; each step may be left."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from maia.config.jobs import KINDS
from maia.jobs.working import work_on_jobs
from maia.patients import import_jobs
from maia.patients.models import Patient, PatientImport
from tests.conftest import make_patient, signed_in
from tests.pages import on_one_line

HOME = "/pro/patients/import/"
FILE = """Nom;Prénom;Email;Portable;Téléphone;Date de naissance;Remarques;Couleur
Lefèvre;Zoé;zoe@patiente.example;06 39 98 12 34;;31/12/1990;"Deux
lignes";bleu
Petit;Julie;julie@patiente.example;;;;;
;;;;;;;
;;x@y.example;;;;;
123;Lina;pas-un-email;NC;06 39 98 99 99;32/13/1990;;
Lefevre;Zoe;ZOE@patiente.example;;;;;
"""


def work():
    while work_on_jobs(KINDS, "one", timezone.now):
        pass


def upload(client, content, name="liste.csv"):
    if isinstance(content, str):
        content = content.encode()
    return client.post(HOME, {"file": SimpleUploadedFile(name, content)})


def read(client, content):
    """The address and the page of columns."""
    address = upload(client, content)["Location"]
    assert "En cours de lecture" in client.get(address).content.decode()
    work()
    return address, client.get(address).content.decode()


def chosen(page):
    """What the browser would send back."""
    fields = {}
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        picked = re.search(r'value="([^"]*)" selected', body)
        fields[name] = picked[1] if picked else ""
    picked = re.search(r'name="existing" value="(\w+)"[^>]*checked', page)
    return {**fields, "existing": picked[1] if picked else "keep"}


def count(page, number, words):
    return re.search(f"<dt>{words}[^<]*</dt><dd>{number}</dd>", on_one_line(page))


def test_every_column_is_shown_and_every_line_counted(owner, practice, julie):
    _address, page = read(owner, FILE)
    assert chosen(page) == {
        "titles_row": "1",
        "column-0": "last_name",
        "column-1": "first_name",
        "column-2": "email",
        "column-3": "mobile",
        "column-4": "phone",
        "column-5": "birth_date",
        "column-6": "notes",
        "column-7": "",
        "existing": "keep",
    }
    assert "Couleur" in page
    assert "bleu" in page
    assert "À qui est-il" in page  # the phone beside a column of mobiles
    assert count(page, 2, "Nouveaux dossiers")
    assert count(page, 1, "Déjà là, laissés tels quels")
    assert count(page, 1, "Deux fois dans le fichier")
    assert count(page, 1, "Sans nom")
    assert count(page, 1, "Lignes vides")
    assert "Zoé Lefèvre" in page
    assert re.search(r"«\sNC\s»", page)
    assert Patient.objects.count() == 1


@pytest.mark.rule("3.5.14")
def test_yes_writes_what_was_shown_once(owner, practice, julie):
    address, page = read(owner, FILE)
    for _three in range(3):
        owner.post(address, {**chosen(page), "import": "1"})
    assert "En cours d’import" in owner.get(address).content.decode()
    work()
    zoe = Patient.objects.get(first_name="Zoé")
    assert (str(zoe.mobile), str(zoe.birth_date), zoe.notes) == (
        "+33639981234",
        "1990-12-31",
        "Deux\nlignes",
    )
    assert (zoe.practice, zoe.user) == (practice, None)
    lina = Patient.objects.get(first_name="Lina")
    assert lina.mobile == ""
    assert "Portable\u00a0: NC" in lina.notes
    assert Patient.objects.count() == 3
    done = owner.get(address).content.decode()
    assert count(done, 2, "Nouveaux dossiers")
    assert "Lefèvre" in owner.post("/pro/patients/", {"q": "lefevre"}, follow=True).content.decode()
    remarks = owner.get(f"{address}remarks.csv").content.decode()
    assert "pas-un-email" in remarks
    home = owner.get(HOME).content.decode()
    assert "liste.csv" in home
    assert "anne@tilleuls.example" in home


def test_columns_are_changed_before_yes(owner, practice):
    address, page = read(owner, "Nom;Prénom;Truc\nRoy;Lina;7\n")
    answer = {**chosen(page), "column-2": "external_id", "import": "1"}
    owner.post(address, answer)  # something changed: it is counted first
    work()
    assert not Patient.objects.exists()
    page = owner.get(address).content.decode()
    assert chosen(page)["column-2"] == "external_id"
    owner.post(address, {**chosen(page), "import": "1"})
    work()
    assert Patient.objects.get().external_id == "7"


def test_a_list_without_titles(owner, practice):
    address, page = read(owner, "Roy;Lina;l@x.example\nPetit;Julie;j@x.example\n")
    assert "Aucune colonne de noms" in page
    assert chosen(page)["column-2"] == "email"
    refused = owner.post(address, {**chosen(page), "look": "1"})
    assert refused.status_code == 422
    assert "Indiquez la colonne des noms" in refused.content.decode()
    owner.post(
        address, {**chosen(page), "column-0": "last_name", "column-1": "first_name", "look": "1"}
    )
    work()
    page = owner.get(address).content.decode()
    assert count(page, 2, "Nouveaux dossiers")
    owner.post(address, {**chosen(page), "titles_row": "1", "look": "1"})  # no: they are on line 1
    work()
    assert chosen(owner.get(address).content.decode())["titles_row"] == "1"


def test_undone_by_one_button(owner, practice):
    address, page = read(owner, FILE)
    owner.post(address, {**chosen(page), "import": "1"})
    work()
    assert "Défaire cet import" in owner.get(address).content.decode()
    owner.post(f"{address}undo/")
    work()
    page = owner.get(address).content.decode()
    assert count(page, 3, "Dossiers supprimés")
    assert not Patient.objects.exists()
    again = owner.post(f"{address}undo/", follow=True).content.decode()
    assert "ne peut plus être défait" in again


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x00\xff\xfe", "vide|pas une liste"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "ancien fichier Excel"),
        (b"%PDF-1.4", "pas une liste"),
        (b"Nom;Prenom\n" + b"Roy;Lina\n" * 20_500, "trop longue"),
    ],
)
def test_what_cannot_be_read_is_said(owner, content, words):
    _address, page = read(owner, content)
    assert re.search(words, page), page
    assert not Patient.objects.exists()


@pytest.mark.parametrize("content", [b"", b"x" * 10_000_001])
def test_what_is_not_taken_is_said_at_once(owner, content):
    assert upload(owner, content).status_code == 422
    assert owner.post(HOME, {}).status_code == 422
    assert not PatientImport.objects.exists()


def test_what_a_browser_makes_of_line_ends_refuses_nothing(owner, practice):
    text = "Nom;Prénom\n" + "".join(f"Roy{'x' * 60};Lina{n}\n" for n in range(6_000))
    address, page = read(owner, text)
    assert count(page, 6000, "Nouveaux dossiers")
    owner.post(address, {**chosen(page), "import": "1"})
    work()
    assert Patient.objects.count() == 6_000


def test_an_export_comes_back_in(owner, practice):
    make_patient(
        practice, "Zoé", last_name="=Lefèvre", mobile="+33639981234", phone="+33299000001",
        street="-3, =rue", notes="+1;@x", external_id="7", birth_date="1991-03-07",
    )  # fmt: skip
    before = Patient.objects.values().get()
    exported = owner.get("/pro/patients/export/").content
    Patient.objects.all().delete()
    address, page = read(owner, exported)
    owner.post(address, {**chosen(page), "import": "1"})
    work()
    after = Patient.objects.values().get()
    same = set(before) - {"id", "created_at"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_left_and_forgotten(owner, practice):
    address, _page = read(owner, FILE)
    owner.post(f"{address}leave/", {"yes": "1"})
    importing = PatientImport.objects.get()
    assert (importing.state, importing.table, importing.shown) == ("forgotten", None, None)
    assert owner.get(address).status_code == 200
    assert owner.get(f"{address}remarks.csv").status_code == 404


def test_an_assistant_and_strangers_see_nothing(sign_in, team, elsewhere, client):
    owner = sign_in(team["owner"])
    address, _page = read(owner, FILE)
    paths = (address, f"{address}remarks.csv")
    sign_in(team["assistant"])
    assert {client.get(path).status_code for path in (HOME, *paths)} == {403}
    assert client.post(f"{address}undo/").status_code == 403
    from maia.practices.models import Membership

    Membership.objects.get_or_create(
        practice=elsewhere["practice"], user=elsewhere["owner"], defaults={"role": "owner"}
    )
    signed_in(client, elsewhere["owner"])
    assert {client.get(path).status_code for path in paths} == {404}
    for action in ("undo", "leave", "again"):
        assert client.post(f"{address}{action}/").status_code == 404


def test_giving_an_import_up_asks_first(owner, practice):
    address, _page = read(owner, FILE)
    asked = owner.post(f"{address}leave/").content.decode()
    assert "Abandonner cet import\xa0?" in asked
    assert owner.get(address).status_code == 200
    assert owner.post(f"{address}leave/", {"yes": "1"})["Location"] == HOME
    assert practice.patient_imports.get().state == "forgotten"


@pytest.mark.parametrize("value", ["²", "-1", "x", "99999999999999999999", ""])
def test_odd_choices_are_answered(owner, practice, value):
    address, page = read(owner, FILE)
    for name in ("titles_row", "column-0", "existing"):
        answer = owner.post(address, {**chosen(page), name: value, "look": "1"})
        assert answer.status_code in (302, 422)
        work()
        page = owner.get(address).content.decode()
    assert owner.post(f"{address}{value or 'x'}/").status_code == 404
    assert owner.get(f"{HOME}99999999999999999999/").status_code == 404


def test_a_workbook_of_excel(owner, practice):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Prénom"])
    book.active.append(["Roy", "Lina"])
    out = io.BytesIO()
    book.save(out)
    _address, page = read(owner, out.getvalue())
    assert "Lina Roy" in page


@pytest.mark.parametrize("bound", [{"SECONDS": 0.01}, {"MEMORY": 40_000_000}])
def test_a_list_that_kills_its_reader_is_answered_in_words(owner, monkeypatch, bound):
    """Over its time, or over its memory: a real child process is ended."""
    for name, value in bound.items():
        monkeypatch.setattr(import_jobs, name, value)
    content = "Nom;Prenom\n" + "Roy;Lina\n" * 400_000
    _address, page = read(owner, content)
    assert "trop lourd à lire" in page
    importing = PatientImport.objects.get()
    assert (importing.job.error, importing.file) == ("too_heavy", None)
