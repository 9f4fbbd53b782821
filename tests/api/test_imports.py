"""Imports as scripts see them."""

from maia.jobs.asking import ask
from tests.api.conftest import assert_problem
from tests.conftest import NOW


def test_what_became_of_an_import(owner, practice, elsewhere, anne):
    job = ask("patients.import", practice, by=anne.user, now=NOW)
    rows = practice.patient_imports
    busy = rows.create(file_name="a.csv", state="importing", job=job, created_at=NOW)
    done = rows.create(file_name="b.csv", state="done", created_at=NOW, counts={"new": 3})
    other = elsewhere["practice"].patient_imports.create(file_name="c.csv", created_at=NOW)
    items = owner.call("GET", "office/imports").json()["items"]
    assert [(i["id"], i["state"], i["result"]) for i in items] == [
        (busy.pk, "importing", {}),
        (done.pk, "done", {"new": 3}),
    ]
    assert owner.call("GET", f"office/imports/{done.pk}").json()["file_name"] == "b.csv"
    assert_problem(owner.call("GET", f"office/imports/{other.pk}"), 404, "not_found")


def test_an_assistant_sees_none(script_of, team, practice):
    script = script_of(team["assistant"], practice)
    assert_problem(script.call("GET", "office/imports"), 403, "forbidden")
