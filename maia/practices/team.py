"""A practice's team: who joins, who leaves. A practice always has an owner."""

from django.db import transaction

from maia.accounts.models import User
from maia.practices.models import Membership, Practice, Practitioner

Role = Membership.Role


class TeamRefused(Exception):
    """``code``: already_member, last_owner."""

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
        hers = Practitioner.objects.filter(practice=practice, user=user)
        if role != Role.ASSISTANT:
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
    return seat


def remove_member(seat: Membership) -> None:
    """She sees nothing any more, from her next click: her tokens and feeds go with her seat, and
    do not come back if she does. Her past appointments stay; a practitioner
    is no longer booked. Raises `TeamRefused`."""
    with transaction.atomic():
        team = list(seat.practice.team.select_for_update())
        owners = [member for member in team if member.role == Role.OWNER]
        if owners == [seat]:
            raise TeamRefused("last_owner")
        Practitioner.objects.filter(practice=seat.practice, user=seat.user).update(is_active=False)
        seat.delete()
