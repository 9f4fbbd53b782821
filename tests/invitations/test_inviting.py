"""Invitations: once, in time, to one address (rule 3.5)."""

from datetime import timedelta

import pytest

from maia.invitations.inviting import (
    InvitationRefused,
    accept,
    invite_member,
    invite_patient,
    send_again,
    withdraw,
)
from maia.invitations.models import LASTS
from maia.messaging.models import Message
from maia.messaging.owed import announce
from maia.patients.merging import merge_patients
from tests.conftest import NOW, make_patient, make_user


@pytest.fixture
def record(practice):
    return make_patient(practice, "Julie", email="Julie@patiente.example")


@pytest.fixture
def invitation(record, anne):
    return invite_patient(record, by=anne.user, now=NOW)


def refused(call, *args, **kwargs):
    with pytest.raises(InvitationRefused) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


def test_she_meets_her_record(invitation, record):
    julie = make_user("julie@patiente.example")
    accept(invitation, julie, now=NOW)
    record.refresh_from_db()
    assert record.user == julie
    invitation.refresh_from_db()
    assert refused(accept, invitation, julie, now=NOW) == "accepted"  # once


@pytest.mark.rule("3.5.5")
def test_it_is_useless_to_anybody_else(invitation, record):
    assert refused(accept, invitation, make_user("eve@x.example"), now=NOW) == "not_hers"
    # Somebody opened an account with her address first, and never read its mailbox.
    squatter = make_user("julie@patiente.example", "une-phrase-de-passe", verified=False)
    assert refused(accept, invitation, squatter, now=NOW) == "not_hers"
    record.refresh_from_db()
    assert record.user is None


def test_a_record_that_met_another_account_meanwhile_is_told(invitation, record):
    record.user = make_user("other@x.example")
    record.save()
    assert refused(accept, invitation, make_user("julie@patiente.example"), now=NOW) == (
        "has_other_record"
    )


def test_it_expires_and_can_be_sent_again(invitation):
    julie = make_user("julie@patiente.example")
    late = NOW + LASTS
    assert refused(accept, invitation, julie, now=late) == "expired"
    token = invitation.token
    send_again(invitation, now=late)
    assert invitation.token != token
    accept(invitation, julie, now=late + timedelta(days=1))


def test_withdrawn_it_is_dead(invitation):
    withdraw(invitation, now=NOW)
    julie = make_user("julie@patiente.example")
    assert refused(accept, invitation, julie, now=NOW) == "withdrawn"
    invitation.refresh_from_db()
    assert refused(send_again, invitation, now=NOW) == "withdrawn"


def test_another_address_on_the_record_kills_it(invitation, record, anne):
    record.email = "autre@patiente.example"
    record.save()
    assert refused(accept, invitation, make_user("julie@patiente.example"), now=NOW) == "withdrawn"
    other = invite_patient(record, by=anne.user, now=NOW)
    assert other.pk != invitation.pk
    assert other.email == "autre@patiente.example"


def test_who_has_two_records_is_told_and_nothing_moves(invitation, record, practice):
    julie = make_user("julie@patiente.example")
    hers = make_patient(practice, "Julie", julie)
    assert refused(accept, invitation, julie, now=NOW) == "has_other_record"
    record.refresh_from_db()
    assert record.user is None
    merge_patients(hers, record, now=NOW)
    invitation.refresh_from_db()
    assert invitation.patient == hers


@pytest.mark.parametrize(
    ("fields", "code"), [({"email": ""}, "no_address"), ({"online_booking_barred": True}, "barred")]
)
def test_who_cannot_be_invited(record, anne, fields, code):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    assert refused(invite_patient, record, by=anne.user, now=NOW) == code


def test_who_has_an_account_needs_none(practice, anne):
    record = make_patient(practice, "Julie", make_user("julie@patiente.example"))
    assert refused(invite_patient, record, by=anne.user, now=NOW) == "has_account"


def test_each_sending_is_owed_once(invitation):
    announce(NOW)
    announce(NOW)
    assert Message.objects.count() == 1
    send_again(invitation, now=NOW)
    announce(NOW)
    assert [m.kind for m in Message.objects.all()] == ["invitation", "invitation"]


def test_a_member_joins_with_her_role(practice, anne):
    invitation = invite_member(
        practice, "Paul@tilleuls.example", "assistant", by=anne.user, now=NOW
    )
    paul = make_user("paul@tilleuls.example")
    accept(invitation, paul, now=NOW)
    assert practice.team.get(user=paul).role == "assistant"
    code = refused(invite_member, practice, "paul@tilleuls.example", "owner", by=anne.user, now=NOW)
    assert code == "already_member"
