"""Each defence is asked for what it defends against."""

import re

import pytest
from django.core.cache import cache, caches

from tests.conftest import NOW

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "une-phrase-de-passe"


@pytest.fixture(autouse=True)
def afresh(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    cache.clear()  # the limits live there
    caches["process"].clear()


@pytest.fixture
def on_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def code_in(mail):
    return re.search(r"\b\d{6}\b", mail.body).group()


def signed_in(client):
    return "_auth_user_id" in client.session
