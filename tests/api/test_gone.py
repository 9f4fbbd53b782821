"""Changed at the moment at which somebody deletes it: there is no such thing, and nothing comes back."""

import pytest

from maia.appointments.models import Event
from maia.schedules.models import Absence, AppointmentType, Period, SpecialDay
from tests.api.conftest import assert_problem
from tests.api.test_dated_hours import EVENING, OPENING, SUMMER
from tests.conftest import make_type
from tests.gone import gone_once_read

SPAN = {"start": "2026-12-03T18:00:00+01:00", "end": "2026-12-03T19:00:00+01:00"}
WEEK = {"weeks": [EVENING]}


@pytest.mark.parametrize(
    ("made", "body", "model", "act", "change"),
    [
        ("office/absences", SPAN, Absence, "PATCH", {"title": "Congés"}),
        ("office/personal-events", SPAN, Event, "PATCH", {"title": "Réunion"}),
        ("office/personal-events", SPAN, Event, "DELETE", None),
        ("office/schedule/periods", SUMMER, Period, "PUT", SUMMER),
        ("office/schedule/special-days", OPENING, SpecialDay, "PUT", OPENING),
    ],
)
def test_what_is_deleted_meanwhile_is_not_there(owner, anne, made, body, model, act, change):
    id = owner.call("POST", made, body).json()
    id = id["items"][0]["id"] if "items" in id else id["id"]
    with gone_once_read(model.objects.filter(pk=id)):
        answer = owner.call(act, f"{made}/{id}", change)
    assert_problem(answer, 404, "not_found")
    assert not model.objects.exists()


@pytest.mark.parametrize(
    ("act", "path", "change"),
    [
        ("PATCH", "", {"name": "Autre"}),
        ("PATCH", "", {"schedule": EVENING}),
        ("PATCH", "", {"schedule": None}),
        ("PUT", "/schedule/turn", WEEK),
        ("POST", "/schedule/periods", SUMMER),
    ],
)
def test_a_type_that_is_deleted_meanwhile_is_not_there(owner, practice, act, path, change):
    type = make_type(practice)
    with gone_once_read(AppointmentType.objects.filter(pk=type.pk)):
        answer = owner.call(act, f"office/appointment-types/{type.pk}{path}", change)
    assert_problem(answer, 404, "not_found")
    assert not AppointmentType.objects.exists()
