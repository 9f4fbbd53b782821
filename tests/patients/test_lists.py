"""Lists as programs write them: every file beside `files/make.py` with what is read from it."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maia.patients.lists.bounds import MAX_CELL, UnreadableFile
from maia.patients.lists.decoding import decoded
from maia.patients.lists.rows import NoName, read_row, split_name
from maia.patients.lists.table import read_table
from maia.patients.lists.titles import Column, column_of_title, find_layout, guess_columns

pytestmark = pytest.mark.once  # no database is asked
FILES = Path(__file__).parent / "files"
TODAY = date(2026, 12, 1)


def read(content):
    """Titles with what they are read as, drafts, and those refused."""
    table = read_table(content)
    layout = find_layout(table.rows)
    titles = table.rows[layout.titles][1] if layout.titles is not None else []
    rows = table.rows[layout.first :]
    width = max((len(cells) for _number, cells in rows), default=0)
    titles = titles + [""] * (width - len(titles))
    guesses = guess_columns(
        titles, lambda at: [cells[at] for _number, cells in rows if at < len(cells) and cells[at]]
    )
    columns = [(title, guess.column) for title, guess in zip(titles, guesses, strict=True)]
    drafts, refused = [], []
    for number, cells in rows:
        try:
            draft = read_row(number, cells, columns, country="FR", today=TODAY)
        except NoName:
            refused.append(number)
        else:
            if draft:
                drafts.append(draft)
    return dict(zip(titles, guesses, strict=True)), drafts, refused, table


def of_file(name):
    return read((FILES / name).read_bytes())


def row(titles, cells):
    (draft,) = read(f"{titles}\n{cells}\n".encode())[1]
    return draft


ZOE = {
    "last_name": "Lefèvre",
    "first_name": "Zoé",
    "email": "zoe@patiente.example",
    "mobile": "+33639981234",
    "birth_date": "1991-03-07",
}


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.glob("excel*")))
def test_whatever_excel_writes(name):
    guesses, (zoe, aissatou), refused, table = of_file(name)
    assert [guess.column for guess in guesses.values()] == [
        Column.LAST_NAME, Column.FIRST_NAME, Column.EMAIL, Column.MOBILE, Column.BIRTH_DATE, Column.NOTES
    ]  # fmt: skip
    assert zoe.fields == {**ZOE, "notes": "Deux\nlignes"}
    assert aissatou.fields == {
        "last_name": "N’Diaye",
        "first_name": "Aïssatou",
        "birth_date": "1991-03-07",
        "notes": "Adresse e-mail\u00a0: NC\nTéléphone portable\u00a0: NC",
    }
    assert {remark.code for remark in aissatou.remarks} == {"bad_email", "bad_phone"}
    assert not refused
    assert not table.damaged


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize(
    "words",
    [
        "Lefèvre;Zoé",
        "LEFÈVRE;ZOÉ",
        "Élodie;Çelik",
        "N°;Müller",
        "Noël;Anaïs, née à Orléans « là »",
        "GARÇON;HÉLÈNE",
        "Nuñez;João",
        "à;ù",
    ],
)
@pytest.mark.parametrize("lines", [1, 3_000])
def test_older_encodings_are_told_apart(encoding, words, lines):
    if encoding == "cp850" and words == "Élodie;Çelik":
        pytest.skip("nobody could tell: on a Mac these bytes are êlodie, Äelik")
    text = "Nom;Prenom\n" + "".join(f"{words} {n}\n" for n in range(lines))
    assert decoded(text.encode(encoding, "ignore"))[0] == text.encode(encoding, "ignore").decode(
        encoding
    )


def test_titles_below_other_lines_and_a_number_that_may_be_his():
    guesses, (anne_lise,), _refused, _table = of_file("titled.csv")
    assert guesses["Téléphone"].asks
    assert guesses["Téléphone"].column == Column.PHONE
    assert guesses["Allergies, remarques"].column == Column.IGNORED
    assert anne_lise.fields == {
        "last_name": "Le Goff",
        "first_name": "Anne-Lise",
        "mobile": "+33639981201",
        "phone": "+33639981202",
    }


def test_google():
    _guesses, (zoe,), _refused, _table = of_file("google.csv")
    assert zoe.fields == {
        **ZOE,
        "phone": "+33299000001",
        "street": "3 rue des Lilas",
        "postcode": "35000",
        "city": "Rennes",
        "notes": "E-mail 2 - Value\u00a0: autre@patiente.example",
    }


def test_outlook():
    _guesses, (zoe,), _refused, _table = of_file("outlook.csv")
    assert zoe.fields == {
        **ZOE, "phone": "+33299000001", "street": "3 rue des Lilas", "postcode": "35000", "city": "Rennes"
    }  # fmt: skip


def test_doctolib():
    guesses, (zoe, julie), _refused, _table = of_file("doctolib.csv")
    assert guesses["Civilité"].column == Column.IGNORED
    assert zoe.fields == {
        **ZOE, "birth_name": "Roux", "phone": "+33299000001", "street": "3 rue des Lilas",
        "postcode": "35000", "city": "Rennes", "external_id": "4711",
    }  # fmt: skip
    assert julie.fields == {
        "last_name": "Petit", "first_name": "Julie", "postcode": "01000", "city": "Bourg"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["ancestor.csv", "ancestor_older.csv"])
def test_the_spouses_number_is_never_her_mobile(name):
    guesses, (zoe,), refused, _table = of_file(name)
    assert zoe.fields["mobile"] == "+33639981234"
    assert zoe.fields["phone"] == "+33639989999"
    assert any(guess.asks for guess in guesses.values())
    assert zoe.fields["external_id"] == "PAT-1"
    assert not refused  # a line of a child table is nobody


def test_without_a_mobile_of_hers_his_gets_nothing():
    draft = row("Nom;Prénom;N° de mobile;Téléphone", "Roy;Lina;;06 39 98 99 99")
    assert "mobile" not in draft.fields
    assert draft.fields["phone"] == "+33639989999"


def test_a_quote_that_nobody_closed_costs_its_own_line():
    _guesses, drafts, _refused, table = of_file("unclosed.csv")
    assert [draft.fields["first_name"] for draft in drafts] == [f"Zoé{at}" for at in range(11)]
    assert drafts[0].fields["notes"] == "fragile"
    assert table.unclosed == [2]


def test_nor_does_one_that_another_line_closes():
    _guesses, drafts, _refused, table = of_file("unclosed_then_closed.csv")
    assert [d.fields["last_name"] for d in drafts] == ["Martin", "Petit", "Roy", "Durand"]
    assert table.unclosed[0] == 2


def test_a_long_quoted_note_is_a_note():
    note = "Bonjour, oui ; non ; peut-être, voir.\n" * 100
    _guesses, (draft,), _refused, table = read(f'Nom;Prénom;Notes\nRoy;Lina;"{note}"\n'.encode())
    assert draft.fields["notes"] == note.strip()
    assert not table.unclosed


def test_a_workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Patientes"])
    sheet.append([])
    sheet.append(["Nom", "Prénom", "Portable", "Date de naissance", "Email"])
    sheet.append(["Lefèvre", "Zoé", 639981234, date(1991, 3, 7), "zoe@patiente.example"])
    sheet.append(["=1+1", "Lina", None, None, None])
    book.create_sheet("Autre").append(["Nom"])
    out = io.BytesIO()
    book.save(out)
    _guesses, (zoe, lina), refused, table = read(out.getvalue())
    assert zoe.fields == ZOE
    # What a formula would come to, nobody computes.
    assert lina.fields == {"first_name": "Lina"}
    assert table.other_sheets == 1
    assert refused == []


@pytest.mark.parametrize(
    ("titles", "cells", "fields"),
    [
        ("Nom;Prénom;Téléphone;Portable", "Roy;Lina;0299000001;0639981234",
         {"mobile": "+33639981234", "phone": "+33299000001"}),
        ("Nom;Prénom;Téléphone", "Roy;Lina;02 99 00 00 01 / 06 39 98 12 34",
         {"mobile": "+33639981234", "phone": "+33299000001"}),
        ("Nom;Prénom;Mobile", 'Roy;Lina;="0639981234"', {"mobile": "+33639981234"}),
        ("Nom;Prénom;Mobile", "Roy;Lina;639981234", {"mobile": "+33639981234"}),
        ("Nom;Prénom;Email", '"Roy";"Lina";"a@x.example;b@x.example"',
         {"email": "a@x.example", "notes": "Email\u00a0: b@x.example"}),
        ("Nom;Prénom;Email", "Roy;Lina;Lina Roy <LINA@x.example>", {"email": "lina@x.example"}),
        ("Nom;Prénom;Tel", "Roy;Lina;06 39 98 12 34 (mari)",
         {"phone": "+33639981234", "notes": "Tel\u00a0: 06 39 98 12 34 (mari)"}),
        ("Nom;Prénom;Naissance", "Roy;Lina;32/13/1990", {"notes": "Naissance\u00a0: 32/13/1990"}),
        ("Nom;Prénom;Naissance", "Roy;Lina;7 mars 1991", {"birth_date": "1991-03-07"}),
        ("Nom;Prénom;Naissance", "Roy;Lina;19910307", {"birth_date": "1991-03-07"}),
        ("Nom;Prénom;Adresse", '"Roy";"Lina";"3 rue des Lilas\n35000 Rennes"',
         {"street": "3 rue des Lilas", "postcode": "35000", "city": "Rennes"}),
        ("Nom;Prénom;Nom de jeune fille", "Roy;Lina;ROY", {}),
    ],
)  # fmt: skip
def test_cells_one_by_one(titles, cells, fields):
    draft = row(titles, cells)
    assert draft.fields == {"last_name": "Roy", "first_name": "Lina", **fields}


def test_a_long_name_is_cut_with_a_word():
    draft = row("Nom;Prénom", f"{'Roy' * 40};Lina")
    assert len(draft.fields["last_name"]) == 80
    assert draft.fields["notes"] == f"Nom\u00a0: {'Roy' * 40}"
    assert [remark.code for remark in draft.remarks] == ["long"]


def test_only_a_line_without_any_name_is_refused():
    _guesses, drafts, refused, _table = read(
        b"Nom;Prenom;Email\nRoy;;\n;Lina;\n;;a@x.example\n12;;\n"
    )
    assert [draft.name for draft in drafts] == ["Roy", "Lina"]
    assert refused == [4, 5]


@pytest.mark.parametrize(
    ("text", "last_first", "names"),
    [
        ("LEFÈVRE Zoé", False, ("LEFÈVRE", "Zoé")),
        ("Zoé LE GOFF", False, ("LE GOFF", "Zoé")),
        ("Lefèvre, Zoé", False, ("Lefèvre", "Zoé")),
        ("Mme Zoé Lefèvre", False, ("Lefèvre", "Zoé")),
        ("Lefèvre Zoé", True, ("Lefèvre", "Zoé")),
        ("Le Goff Zoé", True, ("Le Goff", "Zoé")),
        ("Zoé", False, ("Zoé", "")),
    ],
)
def test_both_names_in_one_cell(text, last_first, names):
    assert split_name(text, last_first=last_first) == names


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Adresse e-mail", Column.EMAIL),
        ("E-mail 1 - Value", Column.EMAIL),
        ("E-mail 1 - Type", Column.IGNORED),
        ("E-mail Address", Column.EMAIL),
        ("Courriel *", Column.EMAIL),
        ("Téléphone portable", Column.MOBILE),
        ("N° de mobile", Column.MOBILE),
        ("Mobile No.", Column.MOBILE),
        ("Tél. domicile", Column.PHONE),
        ("Tél", Column.ANY_PHONE),
        ("Phone 1 - Value", Column.ANY_PHONE),
        ("Phone 1 - Label", Column.IGNORED),
        ("Fax", Column.IGNORED),
        ("Téléphone du conjoint", Column.CONTACT_PHONE),
        ("Personne à prévenir", Column.CONTACT_NAME),
        ("Nom d'usage", Column.LAST_NAME),
        ("Nom d’usage", Column.LAST_NAME),
        ("NOM DE NAISSANCE", Column.BIRTH_NAME),
        ("Né(e) le", Column.BIRTH_DATE),
        ("Date de naissance (JJ/MM/AAAA)", Column.BIRTH_DATE),
        ("Code postal", Column.POSTCODE),
        ("Numéro de sécurité sociale", Column.IGNORED),
        ("Patient(e)", Column.LAST_FIRST),
    ],
)
def test_titles(title, column):
    assert column_of_title(title) == column


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\r\n;;;\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), "old_excel"),
        (b"PK\x03\x04 not a zip", "not_a_list"),
        (b"%PDF-1.7", "not_a_list"),
        (bytes(range(256)) * 40, "not_a_list"),
        (b"Nom;Prenom\n" + b"Roy;Lina\n" * 20_100, "too_long"),
        (b"Nom;Prenom\n" + b"\n" * 210_000 + b"Roy;Lina\n", "too_long"),
        (b"Nom;Prenom\n" + b'"\n' * 410_000, "too_long"),
        (b"\xef\xbb\xbf<HTML><table><tr><td>Nom", "not_a_list"),
        ("\n<Html>Nom".encode("utf-16"), "not_a_list"),
        (b"\xef\xbb\xbfBEGIN:VCARD\nFN:Zoe", "not_a_list"),
        (b"begin:vcard\nfn:Zoe", "not_a_list"),
        (b"PK\x05\x06" + bytes(18), "not_a_list"),
        # More cells than a process keeps within its bounds, of few characters.
        (b"Nom;Prenom\n" + (b"ab;" * 249 + b"\n") * 7_000, "too_long"),
    ],
)
def test_what_is_no_list_is_said(content, code):
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    assert refused.value.code == code


def test_so_is_a_workbook_of_empty_rows():
    book = openpyxl.Workbook()
    book.active["A1"] = "Nom"
    book.active.cell(1_048_576, 1, "Roy")
    packed = io.BytesIO()
    book.save(packed)
    with pytest.raises(UnreadableFile) as refused:
        read(packed.getvalue())
    assert refused.value.code == "too_long"


def test_a_cell_beyond_measure_is_cut_with_a_word():
    table = read_table(b"Nom;Notes\nRoy;" + b"x" * 200_000 + b"\n")
    assert len(table.rows[1][1][1]) == MAX_CELL
    assert table.cut == [2]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
        st.text(alphabet="Nom;Prénom,\t|\"\n\r06@.é²='", max_size=300).map(
            lambda text: b"Nom;Tel;Email;Naissance;Adresse\n" + text.encode()
        ),
    )
)
def test_no_bytes_make_an_exception(content):
    try:
        _guesses, drafts, _refused, _table = read(content)
    except UnreadableFile:
        return
    for draft in drafts:
        assert draft.name
