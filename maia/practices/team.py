"""A practice's team: who joins, who becomes what, who leaves. A practice always has an owner."""

from datetime import datetime

from django.db import transaction

from maia.accounts.models import User
from maia.practices.models import Membership, Practice, Practitioner

Role = Membership.Role


class TeamRefused(Exception):
    """``code``: already_member, last_owner, not_member (she has left meanwhile)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add_member(
    practice: Practice, user: User, role: str, *, first_name: str = "", last_name: str = ""
) -> Membership:
    """Gives her a seat, and her own agenda unless she is an assistant. Raises `TeamRefused`."""
    with transaction.atomic():
        if practice.team.filter(user=user).exists():
            raise TeamRefused("already_member")
        seat = Membership.objects.create(practice=practice, user=user, role=role)
        if role != Role.ASSISTANT:
            _open_agenda(practice, user, first_name, last_name)
    return seat


def _open_agenda(practice: Practice, user: User, first_name: str, last_name: str) -> None:
    hers = Practitioner.objects.filter(practice=practice, user=user)
    if hers.exists():  # she is back
        hers.update(is_active=True)
    else:
        Practitioner.objects.create(
            practice=practice,
            user=user,
            first_name=first_name,
            last_name=last_name,
            email=user.email,
            position=practice.practitioners.count(),
        )


def is_last_owner(seat: Membership) -> bool:
    """A practice keeps her as its owner."""
    others = seat.practice.team.filter(role=Role.OWNER).exclude(pk=seat.pk)
    return seat.role == Role.OWNER and not others.exists()


def change_role(
    seat: Membership, role: str, *, now: datetime, first_name: str = "", last_name: str = ""
) -> str:
    """From her next click she is what ``role`` says, in the sessions that she has; what she was
    comes back. What she could not make with a lesser role does not outlive the change, and does
    not come back with a higher one:

    - a substitute has neither tokens nor addresses;
    - a practitioner's tokens are a practitioner's at most; addresses of others' agendas end;
    - an assistant has neither tokens nor addresses, and patients book nothing with her any more.

    The names are for who has had no agenda yet. Raises `TeamRefused`.
    """
    with transaction.atomic():
        # 1. The whole team is locked: two owners who lower each other leave one.
        team = {one.pk: one for one in seat.practice.team.select_for_update().order_by("pk")}
        if seat.pk not in team:
            raise TeamRefused("not_member")
        before = team[seat.pk].role
        owners = [pk for pk, one in team.items() if one.role == Role.OWNER]
        if role != Role.OWNER and owners == [seat.pk]:
            raise TeamRefused("last_owner")
        # 2. Her role, and her agenda.
        Membership.objects.filter(pk=seat.pk).update(role=role)
        if role == Role.ASSISTANT:
            hers = Practitioner.objects.filter(practice=seat.practice, user=seat.user)
            hers.update(is_active=False)
        elif before == Role.ASSISTANT:
            _open_agenda(seat.practice, seat.user, first_name, last_name)
        # 3. What opens the practice in her name.
        if role in (Role.ASSISTANT, Role.SUBSTITUTE):
            seat.tokens.filter(revoked_at=None).update(revoked_at=now)
            seat.feeds.all().delete()
        elif role == Role.PRACTITIONER:
            seat.tokens.filter(role=Role.OWNER).update(role=role)
            seat.feeds.exclude(practitioner__user=seat.user).delete()
    seat.role = role
    return before


def remove_member(seat: Membership) -> None:
    """She sees nothing any more, from her next click: her tokens and feeds go with her seat, and
    do not come back if she does. Her past appointments stay; a practitioner
    is no longer booked. Raises `TeamRefused`."""
    with transaction.atomic():
        team = list(seat.practice.team.select_for_update().order_by("pk"))
        owners = [member for member in team if member.role == Role.OWNER]
        if owners == [seat]:
            raise TeamRefused("last_owner")
        Practitioner.objects.filter(practice=seat.practice, user=seat.user).update(is_active=False)
        seat.delete()
