"""The practice's look and its team."""

import pytest
from django.urls import reverse

from maia.accounts.models import User
from maia.invitations.inviting import accept
from maia.invitations.models import Invitation
from maia.practices.models import Membership, Practitioner
from tests.conftest import NOW, make_user
from tests.pages import on_one_line


def look(**typed):
    return {
        "name": "Cabinet des Tilleuls",
        "accent_colour": "#FFDD00",
        "self_registration": "open",
        "max_open_bookings": "12",
        **typed,
    }


def test_the_look_is_what_patients_see(owner, practice, follow_up):
    typed = look(street="1 rue Neuve", city="Rennes", phone="02 61 91 45 12")
    assert owner.post("/pro/settings/practice/", typed).status_code == 302
    practice.refresh_from_db()
    assert (practice.accent_colour, practice.phone.as_e164) == ("#ffdd00", "+33261914512")
    page = owner.get(f"/tilleuls/book/{follow_up.pk}/").content.decode()
    assert "/theme/2/ffdd00.css" in page
    assert "1 rue Neuve" in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"accent_colour": "red;}"}, {"phone": "12"}, {"email": "x"},
     {"self_registration": "some"}],
)  # fmt: skip
def test_a_bad_look_changes_nothing(owner, practice, wrong):
    assert owner.post("/pro/settings/practice/", look(**wrong)).status_code == 422
    practice.refresh_from_db()
    assert practice.accent_colour == "#1f7a5c"


def add(client, **typed):
    data = {"email": "Nina@Tilleuls.example", "role": "practitioner", "first_name": "Nina",
            "last_name": "Roy", **typed}  # fmt: skip
    return client.post("/pro/settings/team/", data)


def test_a_colleague_is_invited_joins_and_leaves(owner, sign_in, practice):
    assert add(owner).status_code == 302
    assert not User.objects.filter(email="nina@tilleuls.example").exists()  # nothing before yes
    assert add(owner, last_name="Le Roy").status_code == 302  # again: the same invitation
    invitation = practice.invitations.get()
    assert (invitation.round, invitation.last_name) == (2, "Le Roy")
    user = make_user("nina@tilleuls.example")
    accept(invitation, user, now=NOW)
    nina = Practitioner.objects.get(user=user)
    assert (nina.name, nina.is_active) == ("Nina Le Roy", True)
    assert add(owner).status_code == 422  # in the team
    assert sign_in(user).get("/pro/").status_code == 200
    seat = Membership.objects.get(user=user)
    sign_in(practice.team.get(role="owner").user).post(
        reverse("office:remove", args=[seat.pk]), {"yes": "1"}
    )
    nina.refresh_from_db()
    assert not nina.is_active
    assert sign_in(user).get("/pro/").status_code == 403


def test_an_assistant_is_no_practitioner(owner, practice):
    add(owner, role="assistant", first_name="", last_name="")
    accept(practice.invitations.get(), make_user("nina@tilleuls.example"), now=NOW)
    assert not Practitioner.objects.filter(user__email="nina@tilleuls.example").exists()


def test_an_invitation_is_sent_again_or_withdrawn(owner, practice):
    add(owner)
    invitation = practice.invitations.get()
    token = invitation.token
    owner.post(reverse("office:change_invitation", args=[invitation.pk, "again"]))
    invitation.refresh_from_db()
    assert invitation.token != token
    assert "nina@tilleuls.example" in owner.get("/pro/settings/team/").content.decode()
    owner.post(reverse("office:change_invitation", args=[invitation.pk, "withdraw"]))
    assert "nina@tilleuls.example" not in owner.get("/pro/settings/team/").content.decode()
    answer = owner.post(
        reverse("office:change_invitation", args=[invitation.pk, "again"]), follow=True
    )
    assert "n’est plus en attente" in answer.content.decode()


@pytest.mark.parametrize("wrong", [{"email": "x"}, {"role": "queen"}, {"last_name": ""}])
def test_bad_members_are_refused(owner, wrong):
    assert add(owner, **wrong).status_code == 422
    assert not Invitation.objects.exists()


def test_the_last_owner_stays(owner, team, practice):
    seat = Membership.objects.get(user=team["owner"])
    page = owner.post(
        reverse("office:remove", args=[seat.pk]), {"yes": "1"}, follow=True
    ).content.decode()
    assert "a besoin d’une titulaire" in page
    assert practice.team.filter(role="owner").exists()


def test_the_checklist_is_open_until_patients_can_book(owner, practice, anne, follow_up):
    opened = '<details class="checklist" open>'
    page = on_one_line(owner.get("/pro/").content.decode())
    assert '<details class="checklist"' in page
    assert opened not in page
    follow_up.allow_online_booking = False
    follow_up.save()
    assert opened in on_one_line(owner.get("/pro/").content.decode())


def test_the_checklist_goes_when_all_is_done(owner, practice, anne, follow_up):
    assert "Mettre la page de réservation sur votre site" in owner.get("/pro/").content.decode()
    owner.post("/pro/settings/embed/none/")
    assert "Avant que les patientes" not in owner.get("/pro/").content.decode()
    practice.street = ""
    practice.save()
    page = owner.get("/pro/").content.decode()
    assert "Avant que les patientes" in page
    assert "Indiquer votre adresse" in page
