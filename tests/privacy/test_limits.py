"""Searches and exports are counted where the rows are read: by user, pages and programs together."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maia.accounts.limits import LIMITS, Limited, TooOften
from maia.practices.seats import take_seat
from maia.privacy.models import JournalEntry
from maia.privacy.reading import find_records, take_out_record, take_out_records
from maia.tokens.issuing import make_token
from tests.conftest import NOW, make_patient
from tests.office.conftest import frozen, ines, owner, sign_in, team  # noqa: F401

HOUR = timedelta(hours=1)
LIST = "/api/v1/office/patients"


@pytest.fixture
def once(monkeypatch):
    for act in (Limited.EXPORT, Limited.EXPORT_PAGE, Limited.SEARCH):
        monkeypatch.setitem(LIMITS, act, [(1, HOUR)])


def seat_of(practice, user):
    return take_seat(practice.team.get(user=user), shown=True)


def test_of_one_user_wherever_she_reads(once, practice, team, julie):  # noqa: F811
    anne, paul = (seat_of(practice, team[role]) for role in ("owner", "assistant"))
    assert find_records(anne, "petit", 8, now=NOW) == [julie]
    with pytest.raises(TooOften):
        find_records(anne, "petit", 8, now=NOW)
    assert find_records(anne, " ", 8, now=NOW) == []  # no search
    assert find_records(paul, "petit", 8, now=NOW) == [julie]
    take_out_records(anne, now=NOW)
    take_out_records(anne, now=NOW, goes_on=True)
    for goes_on in (False, True):
        with pytest.raises(TooOften):
            take_out_records(anne, now=NOW, goes_on=goes_on)
    lines = JournalEntry.objects.count()
    with pytest.raises(TooOften):
        take_out_record(anne, julie, now=NOW)
    assert JournalEntry.objects.count() == lines  # nothing was read


def test_what_a_program_takes_out_is_an_export_too(once, owner, practice, team):  # noqa: F811
    for n in range(3):
        make_patient(practice, f"Léa {n}")
    secrets = [make_token(team["owner"], "x", now=NOW, practice=practice)[1] for _ in range(2)]

    def ask(secret, **asked):
        return Client().get(LIST, asked, headers={"authorization": f"Bearer {secret}"})

    first = ask(secrets[0], limit=1)
    assert first.status_code == 200
    cursor = first.json()["next"]
    assert ask(secrets[1], limit=1, cursor=cursor).status_code == 200
    for answer in (ask(secrets[1]), ask(secrets[0], limit=1, cursor=cursor)):
        assert answer.status_code == 429
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "too_many_requests"
        assert answer["Retry-After"] == "3600"
    assert owner.get(reverse("office:export")).status_code == 429
