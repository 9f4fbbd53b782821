"""Asked again before what matters; what was typed comes back, to her alone."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from maia.config.asking import ACTS
from maia.office.urls import urlpatterns
from maia.practices.models import Membership
from tests.conftest import NOW, make_user, signed_in
from tests.pages import on_one_line

LONG_AGO = 16 * 60  # seconds
# Every address that takes a form, one or the other: a new one is decided here.
ASKS = {
    "tokens", "new_feed", "webhooks", "renew_secret", "team", "remove", "sign_out", "role",
    "second_factor", "change_invitation", "privacy", "erase", "merge",
    "undo_merge",
}  # fmt: skip
DOES_NOT_ASK = {
    # the day's work
    "new_patient",
    "attendance", "answer_request", "contact", "correct_patient",
    "choose_practice", "new_appointment", "sheet", "move", "undo_move", "cancel", "confirm", "unconfirm", "new_absence",
    "delete_absence", "edit_absence", "new_event", "personal_event", "move_event", "delete_event", "event_summary", "patients", "patient", "invite", "invite_to_book", "withdraw_invitation",
    "patient_search", "noting_told", "all_seen", "change_message", "patient_import", "import_of", "change_import",
    # settings that open nothing to anybody
    "new_replacement", "edit_replacement", "delete_replacement",
    "new_place", "edit_place", "give_up_place", "travel",
    "new_period", "edit_period", "delete_period", "type_schedule", "new_type_period", "new_type_opening",
    "first_steps", "practitioner", "schedule", "new_opening", "edit_opening", "delete_opening", "calendars", "change_calendar", "test_message", "preview_sms", "practice",
    "embed", "remove_website", "no_website", "rooms", "edit_room", "change_room", "pathway", "french_pathway", "edit_step", "change_step", "types", "preview_type", "new_type", "edit_type",
    "change_type", "change_webhook",
    # what closes a door
    "revoke_feed", "revoke_token",
}  # fmt: skip
ASKS_BEFORE_SHOWING = {"export", "export_appointments", "hand_out", "show_feeds"}
READS = {
    "round",
    "appointments", "replacements",
    "places",
    "more", "nowhere", "booking_page", "openings", "periods", "type_periods", "type_openings", "agenda", "events", "news", "availability", "absences", "patients_found", "messages", "message", "settings",
    "doors", "journal", "import_remarks",
}  # fmt: skip


def asks(view):
    while view is not None:
        if getattr(view, "asks_again", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_address_is_decided():
    names = {pattern.name for pattern in urlpatterns}
    assert names == ASKS | DOES_NOT_ASK | ASKS_BEFORE_SHOWING | READS
    for pattern in urlpatterns:
        decided = pattern.name in ASKS | ASKS_BEFORE_SHOWING
        assert asks(pattern.callback) is decided, pattern.name


def test_each_of_them_asks(sign_in, team, anne, julie, practice):
    webhook = practice.webhooks.create(url="https://compta.example/")
    invitation = practice.invitations.create(
        email="n@x.example", role="owner", sent_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    member = practice.team.get(user=team["assistant"])
    pks = {
        "new_feed": anne.pk, "renew_secret": webhook.pk, "remove": member.pk,
        "sign_out": member.pk, "role": member.pk,
        "change_invitation": invitation.pk, "erase": julie.pk,
        "merge": julie.pk, "undo_merge": julie.pk, "hand_out": julie.pk, "show_feeds": anne.pk,
    }  # fmt: skip
    owner = sign_in(team["owner"], ago=LONG_AGO)
    for name in sorted(ASKS | ASKS_BEFORE_SHOWING):
        args = [pks[name]] if name in pks else []
        args += ["again"] if name == "change_invitation" else []
        path = reverse(f"office:{name}", args=args)
        call = owner.get if name in ASKS_BEFORE_SHOWING else owner.post
        assert call(path)["Location"].startswith("/mon-compte/encore/?next="), name
    assert not practice.tokens.exists()
    assert practice.team.filter(pk=member.pk).exists()


def test_what_was_typed_comes_back_and_is_sent_by_her_own_hand(sign_in, team, practice):
    user = team["owner"]
    user.set_password("une-phrase-de-passe")
    user.save()
    owner = sign_in(user, ago=LONG_AGO)
    typed = {"email": "nina@x.example", "role": "owner", "first_name": "Nina", "last_name": "Roy"}
    there = owner.post("/pro/settings/team/", typed)["Location"]
    assert "nina" not in there
    assert "nina" not in str(dict(owner.session))
    back = owner.post(there, {"password": "une-phrase-de-passe"})["Location"]
    page = owner.get(back).content.decode()
    assert not practice.invitations.exists()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert typed.items() <= fields.items()
    owner.post("/pro/settings/team/", typed)
    assert practice.invitations.get().role == "owner"
    assert owner.get(back)["Location"] == "/pro/"  # once


def test_it_waits_for_her_alone_and_not_for_long(sign_in, team, practice, time_machine):
    owner = sign_in(team["owner"], ago=LONG_AGO)
    typed = {"name": "Compta", "role": "owner"}
    owner.post("/pro/settings/tokens/", typed)
    other = make_user("autre@tilleuls.example")
    Membership.objects.create(practice=practice, user=other, role="owner")
    theirs = signed_in(Client(), other).get("/pro/settings/tokens/?again")
    assert theirs["Location"] == "/pro/"
    time_machine.move_to(NOW + timedelta(minutes=16), tick=False)
    hers = signed_in(Client(), team["owner"]).get("/pro/settings/tokens/?again")
    assert hers["Location"] == "/pro/"


def test_in_the_practice_that_it_was_for(sign_in, team, practice, elsewhere):
    """A new session begins with her first practice: the form is not the other one's."""
    Membership.objects.create(practice=elsewhere["practice"], user=team["owner"], role="owner")
    owner = sign_in(team["owner"], ago=LONG_AGO)
    owner.post(reverse("office:choose_practice", args=[elsewhere["practice"].pk]))
    owner.post("/pro/settings/tokens/", {"name": "Compta", "role": "owner"})
    page = signed_in(Client(), team["owner"]).get("/pro/settings/tokens/?again", follow=True)
    assert '<a href="/pro/">Ailleurs</a>' in page.content.decode()
    assert "Compta" in page.content.decode()


@pytest.fixture(autouse=True)
def afresh(db):
    cache.clear()


def test_an_address_of_a_feed_is_shown_to_who_signed_in_lately(sign_in, team, anne):
    feed = anne.feeds.create(user=team["owner"])
    path = reverse("office:calendars", args=[anne.pk])
    assert feed.secret not in sign_in(team["owner"], ago=LONG_AGO).get(path).content.decode()
    assert feed.secret in sign_in(team["owner"]).get(path).content.decode()


def test_each_act_has_its_words():
    named = {name.removeprefix("office:") for name in ACTS if name.startswith("office:")}
    assert named == ASKS | ASKS_BEFORE_SHOWING


@pytest.mark.parametrize("password", [True, False])
def test_it_says_what_for_why_and_the_way_back(sign_in, team, password, settings):
    user = team["owner"]
    if password:
        user.set_password("une-phrase-de-passe")
        user.save()
    owner = sign_in(user, ago=LONG_AGO)
    page = owner.get("/pro/settings/team/", follow=True).content.decode()
    assert "<strong>L’équipe</strong>" in page
    assert "C’est là que se décide qui entre dans le cabinet." in page
    assert 'class="back"><a href="/pro/settings/"' in on_one_line(page)
    page = owner.post("/pro/settings/team/", {"email": "n@x.example"}, follow=True)
    assert "<strong>Inviter quelqu’un</strong>" in page.content.decode()


def test_what_goes_on_is_said_with_what_was_typed(sign_in, team):
    typed = {"email": "nina@x.example", "role": "assistant", "first_name": "<Nina>"}
    sign_in(team["owner"], ago=LONG_AGO).post("/pro/settings/team/", typed)
    page = signed_in(Client(), team["owner"]).get(
        "/pro/settings/team/?again", headers={"accept-language": "fr"}
    )
    page = page.content.decode()
    assert "<strong>Inviter quelqu’un</strong>" in page
    for words in ("<dd>nina@x.example</dd>", "<dd>secrétaire</dd>", "<dd>&lt;Nina&gt;</dd>"):
        assert words in page, words


def test_nowhere_of_ours_has_no_words(owner):
    for path in ("https://evil.example/pro/settings/team/x/", "/rien/", "%00", "//x"):
        answer = owner.get("/mon-compte/encore/", {"next": path})
        assert answer.status_code == 200
