"""One folding of names, for search, doubles and imports (rule 3.5)."""

from datetime import date

import pytest

from maia.patients.birth_dates import parse_birth_date
from maia.patients.models import Patient
from maia.patients.search import search_patients
from maia.patients.text import clean_line, folded
from tests.conftest import make_patient

TODAY = date(2026, 12, 1)


@pytest.fixture
def people(practice):
    names = [
        ("Awa", "N’Diaye"), ("Anne-Lise", "Le Goff"), ("Đặng", "Thị Hương"), ("Zoë", "Straße"),
        ("Łucja", "Sørensen"), ("Ma\u00adrie", "Du\u200bpont"), ("Ἀθηνᾶ", "Παπά"), ("محمد", "علي"),
        ("Maëlys", "Benmoussa"), ("Claire", "Œuvrard"),
    ]  # fmt: skip
    for first, last in names:
        make_patient(practice, first, last_name=last)
    make_patient(
        practice, "Léa", last_name="Martin", birth_name="Kowalczyk", birth_date=date(1991, 3, 7),
        mobile="+33639980001", phone="+33261914512", email="lea.martin@patiente.example",
    )  # fmt: skip


def names_of(practice, typed, limit=8):
    return [
        p.first_name for p in search_patients(practice.patients.kept(), typed, limit, today=TODAY)
    ]


@pytest.mark.rule("3.5.8")
@pytest.mark.parametrize(
    ("typed", "first_name"),
    [
        ("n'diaye", "Awa"), ("N’DIAYE", "Awa"), ("ndiaye", "Awa"), ("n diaye", "Awa"), ("nʼdiaye awa", "Awa"),
        ("anne-lise", "Anne-Lise"), ("anne lise", "Anne-Lise"), ("Goff Anne", "Anne-Lise"), ("legoff", "Anne-Lise"),
        ("dang", "Đặng"), ("huong dang", "Đặng"), ("strasse", "Zoë"), ("STRAßE zoe", "Zoë"),
        ("lucja", "Łucja"), ("sorensen", "Łucja"), ("marie dupont", "Ma\u00adrie"), ("athina", "Ἀθηνᾶ"),
        ("محمد", "محمد"), ("oeuvrard", "Claire"), ("œuvr", "Claire"), ("du\u200bpont", "Ma\u00adrie"),
        ("kowal", "Léa"), ("07/03/1991", "Léa"), ("7.3.91", "Léa"), ("martin 1991-03-07", "Léa"), ("07031991", "Léa"),
        ("7 mars 1991", "Léa"), ("martin 7 mars 1991", "Léa"), ("7 mars 91 léa", "Léa"), ("7 03 1991 martin", "Léa"),
        ("06 39 98 00 01", "Léa"), ("+33 6 39 98", "Léa"), ("02.61.91", "Léa"), ("lea.martin@pat", "Léa"),
        # One letter wrong, missing, more, swapped; still being typed.
        ("benmousa", "Maëlys"), ("benmuossa", "Maëlys"), ("benmoussah", "Maëlys"), ("penmoussa", "Maëlys"),
        ("maleys", "Maëlys"), ("bemmou", "Maëlys"), ("kowalzcyk lea", "Léa"), ("ndiiaye", "Awa"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_typed(practice, people, typed, first_name):
    assert first_name in names_of(practice, typed)


@pytest.mark.rule("3.5.8")
def test_names_that_begin_with_what_is_typed_come_first(practice):
    for first, last in (("Iris", "Blanchard"), ("Zita", "Charpentier"), ("Charlotte", "Zola")):
        make_patient(practice, first, last_name=last)
    assert names_of(practice, "cha") == ["Zita", "Charlotte", "Iris"]
    assert names_of(practice, "cha", limit=1) == ["Zita"]
    assert names_of(practice, "iris cha") == ["Iris"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "z",
        "dupond durand",
        "bznmxussa",
        "06 39 98 99",
        "08/03/1991",
        "8 mars 1991",
        "martin 8 mars 1991",
        "32 mars 1991",
        "@@",
        "'",
        "🙂",
    ],
)
def test_others_are_not(practice, people, typed):
    assert names_of(practice, typed) == []


def test_an_exact_name_comes_without_its_likes(practice, people):
    make_patient(practice, "Lea", last_name="Marton")
    assert names_of(practice, "martin") == ["Léa"]


def test_what_is_typed_is_bounded(practice, people, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        assert names_of(practice, " ".join(["martin"] * 2_000)) == ["Léa"]
        assert names_of(practice, "m" * 100_000) == []


def test_nobody_of_another_practice_is_found(practice, elsewhere):
    assert names_of(practice, elsewhere["patient"].first_name) == []
    assert names_of(practice, "maub") == []


def test_an_invisible_letter_makes_no_other_name(practice):
    record = Patient(practice=practice, first_name=clean_line("Zo\u200bé\u3164"), last_name="Roy")
    assert record.first_name == "Zoé"
    assert folded("Zo\u2060é") == folded("ZOE")
    # A joiner that Persian spells with is kept, and makes no difference either.
    assert clean_line("می\u200cنا") == "می\u200cنا"
    assert folded("می\u200cنا") == folded("مینا")


@pytest.mark.parametrize(
    ("text", "birth_date"),
    [
        ("07/03/1991 00:00", date(1991, 3, 7)), ("07-03-1991", date(1991, 3, 7)),
        ("1991-03-07T00:00:00Z", date(1991, 3, 7)), ("7 3 1991", date(1991, 3, 7)),
        ("03.12.26", date(1926, 12, 3)), ("30/11/26", date(2026, 11, 30)),
        ("31/02/1991", None), ("07/03/1891", None), ("02/12/2026", None), ("NC", None), ("", None),
        ("²/03/1991", None), ("0" * 5000, None),
    ],
)  # fmt: skip
def test_a_birth_date_as_people_write_it(text, birth_date):
    assert parse_birth_date(text, TODAY) == birth_date
