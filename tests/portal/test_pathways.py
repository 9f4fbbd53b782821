"""*Vos prochains rendez-vous* (rule 3.9.5)."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.patients.models import Patient
from tests.api.conftest import Script, assert_problem
from tests.appointments.test_windows import DUE
from tests.conftest import NOW, at, make_type, signed_in
from tests.pages import fields_of, on_one_line

MINE = "/mes-rendez-vous/"


@pytest.fixture
def pathway(practice, anne, follow_up):
    for name, first, last in (("Un", 5, 8), ("Deux", 9, 12), ("Trois", 30, 31)):
        practice.pathway.create(type=follow_up, name=name, first=first, last=last, position=first)


@pytest.fixture
def client(client, time_machine, julie):
    time_machine.move_to(NOW, tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return signed_in(client, julie.user)


def page(client, path=MINE):
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return on_one_line(answer.content.decode().replace("\u00a0", " "))


@pytest.mark.rule("3.9.5")
def test_a_patient_sees_each_with_its_window(client, pathway, practice, anne, follow_up, julie):
    assert "Indiquer mon terme" in page(client)
    path = f"/mon-compte/coordonnees/{julie.pk}/"
    typed = fields_of(client.get(path).content.decode()) | {
        "due_date": DUE, "mobile": "0639980001",
    }  # fmt: skip
    assert client.post(path, typed).status_code == 302
    shown = page(client)
    assert "Aujourd’hui : 9 SA + 1 j" in shown
    assert "<strong>Un</strong>" not in shown  # over: nothing to be done about it
    assert "du 30 novembre 2026 au 27 décembre 2026 (de 9 SA à 12 SA + 6 j)" in shown
    assert f"/tilleuls/book/{follow_up.pk}/?from=2026-12-01" in shown
    assert "Premier créneau libre : mardi 1er décembre, 14:00" in shown
    assert "plus tard" in shown
    by, start = By.patient(julie.user), at(NOW.date(), "14:00")
    made = book_appointment(follow_up, anne, start, julie, by=by, now=NOW)
    shown = page(client)
    assert "Premier créneau libre" not in shown
    assert shown.count(f"/mes-rendez-vous/{made.uid}/") == 2  # to come, and of the pathway
    today = NOW.date()
    Patient.objects.filter(pk=julie.pk).update(due_date=today, child_birth_date=today)
    assert "Trois" not in page(client)


def test_without_a_pathway_nothing_is_said(client, practice, julie):
    Patient.objects.filter(pk=julie.pk).update(due_date=DUE)
    assert "Vos prochains rendez-vous" not in page(client)


def test_in_a_frame_it_leads_to_no_page_that_is_not_there(client, pathway, practice, julie):
    practice.websites.create(origin="https://mon-site.fr")
    for due in (None, DUE):
        Patient.objects.filter(pk=julie.pk).update(due_date=due)
        answer = client.get(f"/tilleuls/embed/fr-own-all{MINE}")
        assert answer.status_code in (200, 302), due


@pytest.mark.parametrize(
    ("field", "wrong"), [("due_date", "2040-01-01"), ("child_birth_date", "2026-12-02")]
)
def test_a_date_that_cannot_be_is_refused_where_it_is_typed(client, julie, field, wrong):
    path = f"/mon-compte/coordonnees/{julie.pk}/"
    typed = fields_of(client.get(path).content.decode()) | {"mobile": "0639980001", field: wrong}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert f"id_{field}_error" in refused.content.decode()


@pytest.mark.rule("3.9.5")
def test_the_same_by_the_api(time_machine, pathway, practice, follow_up, julie, elsewhere):
    from maia.tokens.issuing import make_token

    time_machine.move_to(NOW, tick=False)
    script = Script(make_token(julie.user, "x", now=NOW)[1])
    path = "me/pathway?practice=tilleuls"
    empty = script.call("GET", path).json()
    assert empty == {"due_date": None, "child_birth_date": None, "steps": []}
    Patient.objects.filter(pk=julie.pk).update(due_date=DUE)
    make_type(practice, "Autre")
    said = script.call("GET", path).json()
    assert said["due_date"] == str(DUE)
    assert [step["state"] for step in said["steps"]] == ["late", "to_book", "ahead"]
    assert said["steps"][1] == {
        "name": "Deux", "type": follow_up.pk, "first_date": "2026-11-30",
        "last_date": "2026-12-27", "state": "to_book", "appointment": None,
        "first_free": "2026-12-01T14:00:00+01:00",
    }  # fmt: skip
    assert_problem(script.call("GET", "me/pathway?practice=ailleurs"), 404, "not_found")
    assert_problem(script.call("GET", "me/pathway"), 422, "invalid")
