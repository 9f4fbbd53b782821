"""Invite, send again, withdraw, accept. The email itself is owed by the row (see `messaging`)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from maia.accounts import limits
from maia.accounts.addresses import canonical_address, same_address
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.invitations.models import LASTS, Invitation, new_token
from maia.patients.models import Patient
from maia.practices.models import Practice
from maia.practices.team import TeamRefused, add_member


class InvitationRefused(Exception):
    """``code``: no_address, has_account, barred, already_member; on accepting also accepted,
    withdrawn, expired, not_hers, has_other_record."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def invite_patient(patient: Patient, *, by: User, now: datetime) -> Invitation:
    """Gives her access to her record, or sends the invitation again. Raises `InvitationRefused`
    and `TooOften`."""
    # One at a time: two clicks are one invitation, sent twice. None from an erased record.
    patient = Patient.objects.hold(patient.pk)
    if not patient.email:
        raise InvitationRefused("no_address")
    if patient.user_id is not None:
        raise InvitationRefused("has_account")
    if patient.online_booking_barred:
        raise InvitationRefused("barred")
    found = patient.invitations.waiting().first()
    if found is not None and same_address(found.email, patient.email):
        return send_again(found, now=now)
    if found is not None:
        withdraw(found, now=now)
    return _send(
        Invitation(practice=patient.practice, patient=patient, email=patient.email, invited_by=by),
        now,
    )


@transaction.atomic
def invite_member(
    practice: Practice,
    email: str,
    role: str,
    *,
    by: User,
    now: datetime,
    first_name: str = "",
    last_name: str = "",
) -> Invitation:
    """Asks a colleague or an assistant to join the team. Raises `InvitationRefused`,
    `NotAnAddress` and `TooOften`.

    Invited already, the new role and names replace the old ones.
    """
    email = canonical_address(email)
    Practice.objects.select_for_update().get(pk=practice.pk)  # one at a time, as above
    if practice.team.filter(user__email=email).exists():
        raise InvitationRefused("already_member")
    waiting = Invitation.objects.waiting().filter(practice=practice, patient=None, email=email)
    invitation = waiting.first() or Invitation(practice=practice, email=email)
    invitation.role, invitation.invited_by = role, by
    invitation.first_name, invitation.last_name = first_name, last_name
    return send_again(invitation, now=now) if invitation.pk else _send(invitation, now)


def send_again(invitation: Invitation, *, now: datetime) -> Invitation:
    """A new link; the old one is dead. Raises `InvitationRefused` and `TooOften`."""
    if (why := invitation.why_closed(now)) not in (None, "expired"):
        raise InvitationRefused(why or "")
    invitation.token = new_token()
    invitation.round += 1
    invitation.announced = False
    return _send(invitation, now)


def withdraw(invitation: Invitation, *, now: datetime) -> None:
    """Its link is dead. Accepted already, nothing happens."""
    waiting = Invitation.objects.waiting().filter(pk=invitation.pk)
    waiting.update(withdrawn_at=now)


def accept(invitation: Invitation, user: User, *, now: datetime) -> None:
    """She joins. Only with the invited address, verified. Raises `InvitationRefused`."""
    with transaction.atomic():
        if invitation.patient_id is not None:  # first, as by whoever erases or merges it
            Patient.objects.hold(invitation.patient_id)
        found = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("practice", "patient")
            .filter(pk=invitation.pk)
            .first()
        )
        if found is None:  # it went with the record
            raise InvitationRefused("withdrawn")
        invitation = found
        if (why := invitation.why_closed(now)) is not None:
            raise InvitationRefused(why)
        if not same_address(user.email, invitation.email) or not user.has_verified(user.email):
            raise InvitationRefused("not_hers")
        if invitation.patient is not None:
            _meet_record(invitation.patient, user)
        else:
            _join_team(invitation, user)
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])


def _meet_record(patient: Patient, user: User) -> None:
    if patient.user_id == user.pk:
        return
    try:
        with transaction.atomic():
            met = Patient.objects.kept().filter(pk=patient.pk, user=None).update(user=user)
    except IntegrityError:  # she has another record here: the practice merges them
        met = 0
    if not met:
        raise InvitationRefused("has_other_record")


def _join_team(invitation: Invitation, user: User) -> None:
    try:
        add_member(
            invitation.practice,
            user,
            invitation.role,
            first_name=invitation.first_name,
            last_name=invitation.last_name,
        )
    except TeamRefused as refusal:
        raise InvitationRefused(refusal.code) from None


@transaction.atomic
def _send(invitation: Invitation, now: datetime) -> Invitation:
    practice = invitation.practice_id
    limits.ask(Limited.INVITE_ADDRESS, f"{practice}:{invitation.email}", now=now)
    limits.ask(Limited.INVITE, practice, now=now)
    invitation.sent_at, invitation.expires_at = now, now + LASTS
    invitation.save()
    return invitation
