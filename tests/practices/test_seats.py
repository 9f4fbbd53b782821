"""Who may sit down in a practice: whoever has what it asks for."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from maia.practices.models import Membership
from maia.practices.seats import SecondFactorMissing, take_seat


@pytest.fixture
def place(practice, anne):
    return Membership.objects.create(practice=practice, user=anne.user, role="owner")


@pytest.mark.rule("3.5.11")
def test_a_practice_that_asks_for_a_second_factor_gets_one(practice, anne, place):
    assert take_seat(place, shown=False).role == "owner"
    practice.require_second_factor = True
    practice.save()
    with pytest.raises(SecondFactorMissing, match="second_factor_required"):
        take_seat(place, shown=True)
    TOTP.activate(anne.user, generate_totp_secret())
    with pytest.raises(SecondFactorMissing, match="second_factor_not_shown"):
        take_seat(place, shown=False)
    assert take_seat(place, shown=True).role == "owner"


@pytest.mark.rule("3.5.12")
def test_a_lesser_role_may_be_asked_for_and_never_a_higher_one(place):
    assert take_seat(place, shown=False, role="assistant").role == "assistant"
    place.role = "assistant"
    assert take_seat(place, shown=False, role="owner").role == "assistant"
