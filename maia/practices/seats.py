"""Who may see or do what: a user's seat in a practice's team (product section 1).

Everybody in the team sees the whole agenda. Settings of a practitioner are hers and the owner's;
settings of the practice are the owner's; an assistant changes none. A substitute sees the agendas of
whom she replaces and her own, as long as her account is open (rule 3.10.6).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from maia.accounts.models import User
from maia.accounts.second_factor import has_second_factor
from maia.practices.models import Membership, Practice, Practitioner
from maia.practices.substituting import access_of

Role = Membership.Role
# A substitute’s is beside them: she lends nothing of hers to a program.
_RANK: list[str] = [Role.ASSISTANT, Role.PRACTITIONER, Role.OWNER]


class SecondFactorMissing(Exception):
    """The practice asks its team for a second factor. ``code``: second_factor_required (she has
    none), second_factor_not_shown (she has one, which this sign-in has not shown)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PracticeSuspended(Exception):
    """Its team reads and exports; nobody writes."""


class SeatClosed(Exception):
    """A substitute's, when she replaces nobody. ``opens_on``: a local date, None where nothing is planned."""

    def __init__(self, practice: Practice, opens_on: date | None) -> None:
        super().__init__(practice.slug)
        self.practice, self.opens_on = practice, opens_on


@dataclass(frozen=True)
class Seat:
    """Made by `take_seat` and nowhere else."""

    user: User
    practice: Practice
    role: str
    membership: Membership | None = None  # what goes when she leaves takes hold of it
    limited_to: frozenset[int] | None = None  # keys of practitioners; None: everybody's agenda

    @property
    def practitioner(self) -> Practitioner | None:
        """Herself, if she is one."""
        found: Practitioner | None = self.practice.practitioners.filter(user=self.user).first()
        return found

    @property
    def practitioners(self) -> Any:
        """Of the practice, those whose agendas she sees, whether they are still there or not."""
        team = self.practice.practitioners.all()
        return team if self.limited_to is None else team.filter(pk__in=self.limited_to)

    def sees(self, practitioner_id: int) -> bool:
        """Whether she sees the agenda of one of her practice."""
        return self.limited_to is None or practitioner_id in self.limited_to

    @property
    def is_substitute(self) -> bool:
        return self.limited_to is not None

    @property
    def may_change_practice(self) -> bool:
        return self.role == Role.OWNER

    @property
    def may_change_settings(self) -> bool:
        return self.role in (Role.OWNER, Role.PRACTITIONER)

    @property
    def reads_notes(self) -> bool:
        """Those of records and of appointments; who does not read them writes none either."""
        return self.role != Role.ASSISTANT or not self.practice.notes_for_practitioners

    def may_change_settings_of(self, practitioner: Practitioner) -> bool:
        if practitioner.practice_id != self.practice.pk:
            return False
        hers = practitioner.user_id == self.user.pk and self.role == Role.PRACTITIONER
        return self.role == Role.OWNER or hers

    def may_hand(self, before: Collection[int] | None, after: Collection[int] | None) -> bool:
        """Whether she may make a type of ``before`` one of ``after``: keys of practitioners, None for every one;
        a new one is of nobody before. The owner may; a practitioner gives colleagues no type and takes none
        from them, but a new one may be everybody's (rule 3.2.13)."""
        if self.may_change_practice:
            return True
        herself = {self.practitioner.pk} if self.practitioner else set()
        of_others = [None if keys is None else set(keys) - herself for keys in (before, after)]
        is_new_for_all = after is None and before is not None and not before
        return is_new_for_all or of_others[0] == of_others[1]


def memberships_of(user: User) -> list[Membership]:
    """Where she works, in the order in which she joined. One query."""
    places = list(Membership.objects.filter(user=user).select_related("practice").order_by("pk"))
    for place in places:
        place.user = user  # known: not asked for again
    return places


def take_seat(membership: Membership, *, shown: bool, role: str = "", writes: bool = False) -> Seat:
    """Whoever comes, by a page, a token or a feed, sits down here or not at all.

    ``shown``: this sign-in has shown a second factor; a token or a feed, which was made by one who
    was signed in, says yes. ``role``: a lesser one than hers. ``writes``: she comes to change
    something. Raises `SecondFactorMissing`, `PracticeSuspended` where she writes, and `SeatClosed`. One
    query where the practice asks for a second factor, one for a substitute, none elsewhere.
    """
    if membership.practice.require_second_factor:
        if not has_second_factor(membership.user):
            raise SecondFactorMissing("second_factor_required")
        if not shown:
            raise SecondFactorMissing("second_factor_not_shown")
    if writes and membership.practice.is_suspended:
        raise PracticeSuspended
    user, practice = membership.user, membership.practice
    if membership.role == Role.SUBSTITUTE:
        return Seat(user, practice, Role.SUBSTITUTE, membership, _seen_by(membership))
    role = lower_role(role or membership.role, membership.role)
    return Seat(user, practice, role, membership)


def _seen_by(membership: Membership) -> frozenset[int]:
    """By a substitute. Raises `SeatClosed`."""
    practice = membership.practice
    access = access_of(membership.user, practice, timezone.localdate(timezone=practice.zone))
    if not access.seen:
        raise SeatClosed(practice, access.opens_on)
    return access.seen


def roles_up_to(role: str) -> list[str]:
    """That one and the lesser ones, the highest first."""
    return _RANK[_RANK.index(role) :: -1]


def lower_role(one: str, other: str) -> str:
    return min(one, other, key=_RANK.index)
