"""A member's role: who changes it, what it takes, what does not come back."""

import pytest
from django.test import Client
from django.urls import reverse

from maia.practices.models import Membership, Practitioner
from maia.practices.team import TeamRefused, change_role, remove_member
from maia.privacy.models import JournalEntry
from maia.tokens.issuing import find_token, make_token, seat_of
from tests.conftest import NOW, signed_in
from tests.office.conftest import frozen, ines, owner, sign_in, team  # noqa: F401


@pytest.fixture
def seat(practice, team):  # noqa: F811
    """Inès owns as well."""
    seat = practice.team.get(user=team["practitioner"])
    change_role(seat, "owner", now=NOW)
    return seat


def role_of(secret):
    token = find_token(secret, NOW)
    return seat_of(token).role if token else None


def test_a_token_of_an_owner_is_a_practitioners_and_does_not_come_back(practice, seat, anne, ines):  # noqa: F811
    _token, secret = make_token(seat.user, "x", now=NOW, practice=practice)
    own, other = ines.feeds.create(user=seat.user), anne.feeds.create(user=seat.user)
    assert role_of(secret) == "owner"
    assert change_role(seat, "practitioner", now=NOW) == "owner"
    assert role_of(secret) == "practitioner"
    assert list(seat.feeds.all()) == [own]
    assert other not in anne.feeds.all()
    change_role(seat, "owner", now=NOW)
    assert role_of(secret) == "practitioner"


def test_an_assistant_keeps_neither_tokens_nor_addresses_nor_an_agenda(practice, seat, ines):  # noqa: F811
    _token, secret = make_token(seat.user, "x", now=NOW, practice=practice)
    _token, as_patient = make_token(seat.user, "her own", now=NOW)
    ines.feeds.create(user=seat.user)
    change_role(seat, "assistant", now=NOW)
    assert role_of(secret) is None
    assert find_token(as_patient, NOW) is not None
    assert not seat.feeds.exists()
    assert not Practitioner.objects.get(pk=ines.pk).is_active
    change_role(seat, "practitioner", now=NOW)
    assert Practitioner.objects.get(pk=ines.pk).is_active
    assert role_of(secret) is None


def test_an_assistant_who_becomes_a_practitioner_gets_an_agenda(practice, team):  # noqa: F811
    seat = practice.team.get(user=team["assistant"])
    change_role(seat, "practitioner", now=NOW, first_name="Paul", last_name="Roy")
    made = practice.practitioners.get(user=team["assistant"])
    assert (made.name, made.is_active) == ("Paul Roy", True)


@pytest.mark.rule("3.5.12")
def test_two_owners_who_lower_each_other_leave_one(practice, seat, team):  # noqa: F811
    anne = practice.team.get(user=team["owner"])
    change_role(seat, "assistant", now=NOW)
    with pytest.raises(TeamRefused, match="last_owner"):
        change_role(anne, "practitioner", now=NOW)
    with pytest.raises(TeamRefused, match="last_owner"):
        remove_member(anne)
    change_role(anne, "owner", now=NOW)  # nothing new
    remove_member(seat)
    with pytest.raises(TeamRefused, match="not_member"):
        change_role(Membership(pk=10**6, practice=practice, user=seat.user), "owner", now=NOW)


def test_the_owner_changes_it_and_she_stays_signed_in(owner, practice, team, ines):  # noqa: F811
    seat = practice.team.get(user=team["practitioner"])
    path = reverse("office:role", args=[seat.pk])
    assert path in owner.get("/pro/settings/team/").content.decode()
    other = signed_in(Client(), seat.user)
    assert other.get("/pro/settings/team/").status_code == 403
    assert owner.post(path, {"role": "owner"})["Location"] == "/pro/settings/team/"
    assert other.get("/pro/settings/team/").status_code == 200
    make_token(seat.user, "x", now=NOW, practice=practice)
    asked = owner.post(path, {"role": "assistant"})
    assert asked.status_code == 200
    assert "1" in asked.content.decode()
    assert practice.team.get(pk=seat.pk).role == "owner"
    owner.post(path, {"role": "assistant", "yes": "1"})
    assert practice.team.get(pk=seat.pk).role == "assistant"
    assert other.get("/pro/").status_code == 200
    assert other.get("/pro/settings/team/").status_code == 403
    details = JournalEntry.objects.filter(act="team").values_list("detail", flat=True)
    assert {f"{seat.user}: praticienne → titulaire", f"{seat.user}: titulaire → secrétaire"} <= set(
        details
    )


def test_the_page_refuses(owner, practice, team, elsewhere, sign_in):  # noqa: F811
    anne, paul = (practice.team.get(user=team[who]) for who in ("owner", "assistant"))
    path = reverse("office:role", args=[anne.pk])
    owner.post(path, {"role": "assistant", "yes": "1"})
    assert practice.team.get(pk=anne.pk).role == "owner"
    of_paul = reverse("office:role", args=[paul.pk])
    nameless = owner.post(of_paul, {"role": "practitioner", "first_name": "", "last_name": "Roy"})
    assert nameless.status_code == 422
    assert 'value="Roy"' in nameless.content.decode()
    assert owner.post(of_paul, {"role": "queen"}).status_code == 422
    stranger = elsewhere["practice"].team.get()
    assert owner.get(reverse("office:role", args=[stranger.pk])).status_code == 404
    lately = signed_in(Client(), team["owner"], ago=3600)
    assert "again" in lately.post(of_paul, {"role": "owner"})["Location"]
    for who in ("practitioner", "assistant"):
        answer = signed_in(Client(), team[who]).post(of_paul, {"role": "owner"})
        assert answer.status_code == 403
    assert practice.team.get(pk=paul.pk).role == "assistant"
