"""Scripts with their tokens."""

import json

import pytest
from django.test import Client

from maia.tokens.issuing import make_token
from tests.conftest import NOW
from tests.office.conftest import ines, team  # noqa: F401


@pytest.fixture(autouse=True)
def on_tuesday(db, time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


class Script(Client):
    """Speaks JSON, with a token or none."""

    def __init__(self, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        super().__init__(headers=headers)

    def call(self, method, path, body=None, **headers):
        data = {} if body is None else {"data": json.dumps(body)}
        return self.generic(
            method, f"/api/v1/{path}", content_type="application/json",
            headers={**headers}, **data,
        )  # fmt: skip


@pytest.fixture
def anybody():
    return Script()


@pytest.fixture
def script_of():
    """``script_of(user)`` is a patient's, ``script_of(user, practice, role)`` a member's."""

    def of(user, practice=None, role=""):
        _token, secret = make_token(user, "tests", now=NOW, practice=practice, role=role)
        return Script(secret)

    return of


@pytest.fixture
def patient(script_of, julie):
    return script_of(julie.user)


@pytest.fixture
def owner(script_of, team, practice):  # noqa: F811
    return script_of(team["owner"], practice)


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["code"] == code, body
    assert {"type", "title", "detail"} <= body.keys()
    return body
