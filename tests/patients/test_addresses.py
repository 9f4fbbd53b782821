"""Where a patient lives, on her record: written, merged, handed out."""

from maia.patients.addresses import Address, write_address
from maia.patients.merging import merge_patients
from maia.patients.spreadsheet import patients_csv
from maia.privacy.handing_out import data_of_patient
from tests.conftest import NOW, make_patient

HOME = Address.typed(street=" 5  rue\n du Port ", postcode="44000", city="Nantes", access="Code 1")


def test_it_is_one_line_a_part_and_complete_or_not(practice):
    assert HOME.street == "5 rue du Port"
    assert HOME.is_complete
    assert Address.typed(street="5 rue du Port", access="Code 1").missing == ["postcode", "city"]
    julie = make_patient(practice)
    write_address(julie, HOME)
    julie.refresh_from_db()
    assert Address.of(julie) == HOME
    assert julie.address == "5 rue du Port, 44000 Nantes"


def test_merging_loses_no_address(practice):
    without, other = make_patient(practice), make_patient(practice, "Zoé")
    write_address(other, HOME)
    kept = merge_patients(without, other, now=NOW).kept
    assert Address.of(kept) == HOME
    elsewhere = make_patient(practice, "Lina")
    write_address(elsewhere, Address.typed(street="1 quai Neuf", city="Rennes", access="Code 2"))
    kept = merge_patients(kept, elsewhere, now=NOW).kept
    assert Address.of(kept) == HOME
    assert "1 quai Neuf, Rennes Code 2" in kept.notes


def test_it_leaves_with_her_data_and_with_the_list(practice):
    julie = make_patient(practice)
    write_address(julie, HOME)
    assert data_of_patient(julie, by_practice=False)["record"]["access"] == "Code 1"
    assert "5 rue du Port;44000;Nantes;Code 1" in patients_csv([julie])
