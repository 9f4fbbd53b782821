"""From when until when the account of a substitute is open (rule 3.10.6)."""

from datetime import date, timedelta

import pytest

from maia.practices.models import Membership
from maia.practices.seats import SeatClosed, take_seat
from maia.practices.substituting import Access, access_in, access_of
from maia.practices.team import change_role
from maia.tokens.issuing import make_token, seat_of
from tests.conftest import NOW, make_user

FIRST, LAST = date(2027, 3, 8), date(2027, 3, 19)
DAY = timedelta(days=1)


@pytest.fixture
def nadia(practice):
    user = make_user("nadia@remplace.example")
    Membership.objects.create(practice=practice, user=user, role="substitute")
    return practice.practitioners.create(user=user, first_name="Nadia", last_name="Roy", position=2)


def replaced(nadia, whom, first=FIRST, last=LAST):
    return whom.replacements.create(
        practice=whom.practice, substitute=nadia, first_date=first, last_date=last
    )


@pytest.mark.rule("3.10.6")
def test_it_opens_seven_days_before_and_closes_thirty_after(anne, nadia):
    replaced(nadia, anne)
    opens, closes = FIRST - 7 * DAY, LAST + 30 * DAY
    both = frozenset({anne.pk, nadia.pk})

    def access(day):
        return access_of(nadia.user, anne.practice, day)

    assert access(opens - DAY) == Access(opens_on=opens)
    assert access(opens) == access(closes) == Access(both, until=closes)
    assert access(closes + DAY) == Access()


def test_of_several_she_sees_whom_she_replaces_about_then(practice, anne, nadia):
    zoe = practice.practitioners.create(first_name="Zoé", last_name="Blanc")
    paula = practice.practitioners.create(first_name="Paula", last_name="Blanc")
    replaced(nadia, anne)
    replaced(nadia, zoe, LAST + 20 * DAY, LAST + 22 * DAY)  # while the first is not closed yet
    replaced(nadia, paula, LAST + 100 * DAY, LAST + 101 * DAY)
    at_first = access_of(nadia.user, practice, FIRST)
    assert at_first.seen == {anne.pk, nadia.pk}
    assert (at_first.until, at_first.opens_on) == (LAST + 52 * DAY, LAST + 93 * DAY)
    assert access_of(nadia.user, practice, LAST + 20 * DAY).seen == {anne.pk, zoe.pk, nadia.pk}
    assert access_of(nadia.user, practice, LAST + 40 * DAY).seen == {zoe.pk, nadia.pk}
    for day in (FIRST, LAST + 40 * DAY, LAST + 60 * DAY, LAST + 300 * DAY):
        assert access_in(practice, day).get(nadia.user_id, Access()) == access_of(
            nadia.user, practice, day
        )


def test_what_she_does_in_another_practice_opens_nothing_here(anne, nadia, elsewhere):
    other = elsewhere["practitioner"]
    there = other.practice.practitioners.create(
        user=nadia.user, first_name="Nadia", last_name="Roy"
    )
    today = NOW.date()
    replaced(there, other, today, today)
    assert access_of(nadia.user, anne.practice, today) == Access()
    membership = Membership.objects.get(practice=anne.practice, user=nadia.user)
    with pytest.raises(SeatClosed) as closed:
        take_seat(membership, shown=True)
    assert closed.value.opens_on is None


def test_a_seat_is_of_whom_she_replaces(anne, nadia):
    replaced(nadia, anne, NOW.date(), NOW.date())
    membership = Membership.objects.get(user=nadia.user)
    seat = take_seat(membership, shown=True, role="owner")
    assert seat.role == "substitute"
    assert set(seat.practitioners) == {anne, nadia}
    assert not seat.may_change_settings
    assert not seat.may_change_practice
    assert not seat.may_change_settings_of(nadia)


@pytest.mark.rule("3.10.6")
def test_no_program_comes_in_her_name(anne, nadia):
    """Neither by a token that she has, nor by one that says that it is a substitute's."""
    replaced(nadia, anne, NOW.date(), NOW.date())
    with pytest.raises(ValueError, match="no such seat"):
        make_token(nadia.user, "x", now=NOW, practice=anne.practice)
    membership = Membership.objects.get(user=nadia.user)
    change_role(membership, "practitioner", now=NOW)
    token, _secret = make_token(nadia.user, "x", now=NOW, practice=anne.practice)
    assert seat_of(token) is not None
    with pytest.raises(ValueError, match="no such seat"):
        make_token(nadia.user, "x", now=NOW, practice=anne.practice, role="substitute")
    Membership.objects.filter(pk=membership.pk).update(role="substitute")
    assert seat_of(token) is None
    change_role(membership, "substitute", now=NOW)
    token.refresh_from_db()
    assert token.revoked_at == NOW
