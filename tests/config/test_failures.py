"""A database away is said as such, by pages and by the API, without asking it anything."""

import json

import pytest
from django.db import InterfaceError, OperationalError
from django.test import RequestFactory
from django.utils import translation

from maia.api.api import api
from maia.config.failures import server_error

# No database is allowed to these tests: that they pass is that none was asked.


@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), InterfaceError()]
)
def test_a_database_away_is_a_503_with_a_time_to_come_back(error):
    request = RequestFactory().get("/")
    try:
        raise error
    except (OperationalError, InterfaceError):
        with translation.override("fr"):
            page = server_error(request)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "Un instant, s’il vous plaît" in page.content.decode()
    problem = api.on_exception(request, error)
    assert (problem.status_code, problem["Retry-After"]) == (503, "5")
    assert problem["Content-Type"] == "application/problem+json"
    assert json.loads(problem.content)["code"] == "unavailable"


def test_what_is_our_fault_stays_a_500():
    try:
        raise ValueError("broken")
    except ValueError as error:
        page = server_error(RequestFactory().get("/"))
        problem = api.on_exception(RequestFactory().get("/"), error)
    assert page.status_code == problem.status_code == 500
    assert "Retry-After" not in page
    assert "broken" not in page.content.decode()
