"""A connection to PostgreSQL that went away while nobody used it."""

import time

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from tests.postgres import postgres


@pytest.fixture
def _any_database(django_db_blocker):
    with django_db_blocker.unblock():
        yield


PID = "SELECT pg_backend_pid()"


def ask(connection, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.once
@pytest.mark.usefixtures("_any_database")
def test_a_connection_that_the_server_closed_is_not_used_again():
    with postgres() as url:
        host, _, port = url.split("@")[1].partition("/")[0].partition(":")
        there = {
            "ENGINE": "maia.config.postgresql", "NAME": "postgres", "USER": "maia", "HOST": host,
            "PORT": port, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True,
        }  # fmt: skip
        handler = ConnectionHandler({"default": there, "other": there})
        ours, other = handler["default"], handler["other"]
        first = ask(ours, PID)

        def next_request():
            ours.close_if_unusable_or_obsolete()
            return ask(ours, PID)

        assert next_request() == next_request() == first
        assert ask(other, f"SELECT pg_terminate_backend({first})")
        deadline = time.monotonic() + 10
        while ours.is_usable():
            assert time.monotonic() < deadline
        second = next_request()
        assert second != first
        # In the middle of one nothing is asked: its error is Django's to judge.
        ours.close_if_unusable_or_obsolete()
        ask(ours, PID)
        ask(other, f"SELECT pg_terminate_backend({second})")
        with pytest.raises(OperationalError):
            while True:
                ask(ours, PID)
        assert not ours.is_usable()
        assert next_request() not in (first, second)
        ours.close()
        other.close()
