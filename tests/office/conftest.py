"""A team: Anne owns, Inès works there, Paul answers the telephone; and a practice elsewhere."""

import pytest
import time_machine

from maia.practices.models import Membership, Practitioner
from maia.schedules.models import Schedule
from tests.conftest import NOW, make_user, signed_in

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ines(practice):
    user = make_user("ines@tilleuls.example")
    Membership.objects.create(practice=practice, user=user, role="practitioner")
    practitioner = Practitioner.objects.create(
        practice=practice, user=user, first_name="Inès", last_name="Haddad", position=1
    )
    Schedule.objects.create(practitioner=practitioner).write({3: [(540, 720)]})
    return practitioner


@pytest.fixture
def team(practice, anne, ines):
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    assistant = make_user("paul@tilleuls.example")
    Membership.objects.create(practice=practice, user=assistant, role="assistant")
    return {"owner": anne.user, "practitioner": ines.user, "assistant": assistant}


@pytest.fixture
def sign_in(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"

    def as_(user, **how):
        return signed_in(client, user, **how)

    return as_


@pytest.fixture
def owner(sign_in, team):
    return sign_in(team["owner"])
