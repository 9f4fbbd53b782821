"""The list of appointment types: acts for who may do them, and a question before one is put away."""

from django.urls import reverse

from tests.conftest import make_type


def test_a_colleagues_own_type_has_no_acts_but_for_who_may(sign_in, team, practice, anne):
    hers, shared = make_type(practice, name="Acupuncture", practitioner=anne), make_type(practice)
    archive = [reverse("office:change_type", args=[one.pk, "archive"]) for one in (hers, shared)]
    page = sign_in(team["practitioner"]).get("/pro/settings/types/").content.decode()
    assert "Acupuncture" in page
    assert [address in page for address in archive] == [False, True]
    assert reverse("office:edit_type", args=[hers.pk]) not in page
    page = sign_in(team["owner"]).get("/pro/settings/types/").content.decode()
    assert [address in page for address in archive] == [True, True]


def test_archiving_asks_first(owner, practice):
    type = make_type(practice)
    path = reverse("office:change_type", args=[type.pk, "archive"])
    asked = owner.post(path)
    assert f"Archiver «\xa0{type.name}\xa0»\xa0?" in asked.content.decode()
    type.refresh_from_db()
    assert not type.archived
    owner.post(path, {"yes": "1"})
    type.refresh_from_db()
    assert type.archived
