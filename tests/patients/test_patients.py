"""Records, and how an account meets one (rule 3.5)."""

import pytest
from django.core.exceptions import ValidationError

from maia.patients.models import Patient
from maia.patients.phones import NotAPhoneNumber, is_mobile, parse_phone, parse_phones, typed_phone
from maia.patients.records import RegistrationClosed, find_record, may_register, register
from maia.patients.text import clean_line, clean_text
from maia.practices.models import Practice
from tests.conftest import make_patient, make_user

NEW = {"first_name": "Lina", "last_name": "Roy", "mobile": "+33612345678", "language": "fr"}


def known(practice, email="lina@patiente.example", **fields):
    return make_patient(practice, "Lina", email=email, **fields)


def test_a_verified_address_meets_its_record(practice):
    record = known(practice, email="Lina@Patiente.example")
    user = make_user("lina@patiente.example")
    assert find_record(user, practice) == record
    record.refresh_from_db()
    assert record.user == user


@pytest.mark.rule("3.5.2")
def test_an_unverified_address_meets_nothing(practice):
    known(practice)
    user = make_user("lina@patiente.example", verified=False)
    assert find_record(user, practice) is None
    with pytest.raises(RegistrationClosed):
        register(user, practice, **NEW)


def test_an_address_on_two_records_meets_neither(practice):
    known(practice)
    known(practice)
    assert find_record(make_user("lina@patiente.example"), practice) is None


def test_a_record_that_has_an_account_is_nobody_elses(practice):
    first = make_user("lina@patiente.example")
    record = known(practice)
    find_record(first, practice)
    other = make_user("autre@patiente.example")
    Patient.objects.filter(pk=record.pk).update(email=other.email)
    assert find_record(other, practice) is None


def test_each_practice_has_its_own_record(practice):
    other = Practice.objects.create(name="Ailleurs", slug="ailleurs")
    user = make_user("lina@patiente.example")
    here, there = register(user, practice, **NEW), register(user, other, **NEW)
    assert here != there
    assert register(user, practice, **NEW) == here


@pytest.mark.rule("3.5.6")
@pytest.mark.parametrize(
    ("setting", "stranger", "on_a_record"),
    [("open", True, True), ("known", False, True), ("closed", False, False)],
)
def test_each_practice_says_who_registers(practice, setting, stranger, on_a_record):
    practice.self_registration = setting
    known(practice)
    assert may_register(practice, "nobody@patiente.example") is stranger
    assert may_register(practice, "LINA@patiente.example") is on_a_record


def test_a_barred_address_stays_barred_on_a_new_record(practice):
    known(practice, online_booking_barred=True)
    known(practice)
    record = register(make_user("lina@patiente.example"), practice, **NEW)
    assert record.online_booking_barred


def test_so_does_a_barred_number(practice):
    known(practice, email="", mobile=NEW["mobile"], online_booking_barred=True)
    assert register(make_user("autre@patiente.example"), practice, **NEW).online_booking_barred


def test_no_number_is_nobodys_barred_number(practice):
    known(practice, email="", mobile="", online_booking_barred=True)
    newcomer = register(make_user("autre@patiente.example"), practice, **NEW | {"mobile": ""})
    assert not newcomer.online_booking_barred


@pytest.mark.rule("3.5.7")
@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("0033 6 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("0692 12 34 56", "FR", "+262692123456"),
        ("0692 12 34 56", "RE", "+262692123456"),
        ("0690 12 34 56", "FR", "+590690123456"),
        ("06 39 98 12 34", "FR", "+33639981234"),  # kept for fiction
    ],
)
def test_a_mobile_is_read_as_people_write_it(typed, country, e164):
    assert parse_phone(typed, country) == e164
    assert is_mobile(e164)


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("06 12 34 56 78 / 07 61 22 33 44", ["+33612345678", "+33761223344"]),
        ("06/12/34/56/78", ["+33612345678"]),
        ("06 12 34 56 78 ou 02 61 91 45 12", ["+33612345678", "+33261914512"]),
        ("0612345678;0612345678", ["+33612345678"]),
        ("06 12 34 56 78 (mari)", ["+33612345678"]),
        ("Tél. : 06\u00a012\u202f34 56 78", ["+33612345678"]),
        ("00336 12 34 56 78 - 0692 12 34 56", ["+33612345678", "+262692123456"]),
    ],
)
def test_two_numbers_of_one_cell(cell, numbers):
    assert parse_phones(cell, "FR") == numbers


@pytest.mark.parametrize("cell", ["NC", "voir mari", "06 12 34 56 78 / 12", "1" * 100_000])
def test_a_cell_that_is_no_number_in_part(cell):
    with pytest.raises(NotAPhoneNumber):
        parse_phones(cell, "FR")


@pytest.mark.rule("3.5.7")
@pytest.mark.parametrize(
    "typed",
    ["FREQ=DAILY;COUNT=999999999", "06 12 34 56 78 (mari)", "O6 12 34 56 78", "06 12 34 5６ a 78"],
)
def test_letters_are_no_part_of_a_number_that_is_typed(typed):
    with pytest.raises(NotAPhoneNumber):
        typed_phone(typed, "FR")
    assert typed_phone("+33 (0)6.12-34/56 78", "FR") == "+33612345678"


@pytest.mark.parametrize("typed", ["", "12", "abc", "06 12 34 56", "+33 1", "0" * 500])
def test_nonsense_is_no_number(typed):
    with pytest.raises(NotAPhoneNumber):
        parse_phone(typed, "FR")


@pytest.mark.parametrize(
    "typed",
    [
        "02 40 12 34 56",  # a landline
        "09 72 12 34 56",  # over the internet
        "0800 123 456",  # free of charge
        "0899 70 12 34",  # at a premium
        "0590 81 12 34",  # a landline of Guadeloupe
    ],
)
def test_what_is_no_mobile_gets_no_sms(typed):
    assert not is_mobile(parse_phone(typed, "FR"))


def test_names_lose_what_could_deceive_and_keep_the_rest():
    assert clean_line("  Zoé\u202e\x00 \n d’Arc ") == "Zoé d’Arc"
    assert clean_line("李 小龍") == "李 小龍"
    assert clean_text("un\r\n\x07deux 🙂") == "un\n deux 🙂"
    for wrong in ("123", "🙂", "--"):
        with pytest.raises(ValidationError):
            clean_line(wrong)
