"""Who may see or do what: a user's seat in a practice's team (product section 1).

Everybody in the team sees the whole agenda. Settings of a practitioner are hers and the owner's;
settings of the practice are the owner's; an assistant changes none.
"""

from dataclasses import dataclass

from maia.accounts.models import User
from maia.practices.models import Membership, Practice, Practitioner

Role = Membership.Role


@dataclass(frozen=True)
class Seat:
    user: User
    practice: Practice
    role: str

    @property
    def practitioner(self) -> Practitioner | None:
        """Herself, if she is one."""
        found: Practitioner | None = self.practice.practitioners.filter(user=self.user).first()
        return found

    @property
    def may_change_practice(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_change_settings(self) -> bool:
        return self.role in (Role.OWNER, Role.PRACTITIONER)

    def may_change_settings_of(self, practitioner: Practitioner) -> bool:
        if practitioner.practice_id != self.practice.pk:
            return False
        hers = practitioner.user_id == self.user.pk and self.role == Role.PRACTITIONER
        return self.role == Role.OWNER or hers


def seats_of(user: User) -> list[Seat]:
    """In the order in which she joined. One query."""
    memberships = Membership.objects.filter(user=user).select_related("practice").order_by("pk")
    return [Seat(user, m.practice, m.role) for m in memberships]
