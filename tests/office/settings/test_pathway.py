"""The pathway of a pregnancy: the owner's page, the French list, the record (rule 3.9.5)."""

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.french_pathway import FRENCH
from maia.availability.pregnancy import Unit, Window
from maia.schedules.models import MOST_STEPS, PathwayStep
from tests.appointments.test_windows import DUE
from tests.conftest import NOW, at, make_patient, make_type
from tests.pages import fields_of, on_one_line, shown

PATHWAY, FRENCH_PAGE = "/pro/settings/pathway/", "/pro/settings/pathway/french/"


def page(answer, status=200):
    assert answer.status_code == status, answer
    return on_one_line(answer.content.decode().replace("\u00a0", " "))


def add(owner, of, **typed):
    typed = {"type": of.pk, "name": "", "unit": "weeks", "first": "11", "last": "13"} | typed
    return owner.post(PATHWAY, shown(owner, PATHWAY) | typed)


def names(practice):
    return [str(step) for step in practice.pathway.all()]


def change(owner, step, action, **typed):
    return owner.post(reverse("office:change_step", args=[step.pk, action]), typed)


@pytest.mark.rule("3.9.5")
def test_steps_are_added_ordered_changed_and_removed(owner, practice, follow_up):
    assert "Pas encore de parcours" in page(owner.get(PATHWAY))
    assert add(owner, follow_up).status_code == 302
    assert add(owner, follow_up, name="Écho T2", first="20", last="24").status_code == 302
    assert names(practice) == ["Suivi de grossesse", "Écho T2"]
    assert "de 20 SA à 24 SA + 6 j" in page(owner.get(PATHWAY))
    first, second = practice.pathway.all()
    change(owner, second, "up")
    assert names(practice) == ["Écho T2", "Suivi de grossesse"]
    edit = reverse("office:edit_step", args=[first.pk])
    typed = shown(owner, edit) | {"unit": "days_after_birth", "first": "42", "last": "56"}
    assert owner.post(edit, typed).status_code == 302
    first.refresh_from_db()
    assert first.window == Window(Unit.DAYS_AFTER_BIRTH, 42, 56)
    asked = page(change(owner, first, "remove"))
    assert "Les patientes ne le voient plus" in asked
    assert len(names(practice)) == 2
    assert change(owner, first, "remove", yes="1").status_code == 302
    assert names(practice) == ["Écho T2"]
    assert change(owner, second, "nonsense").status_code == 404
    assert practice.journal.filter(detail__contains="parcours").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first": "13", "last": "11"}, "last"),
        ({"last": "46"}, "last"),
        ({"unit": "days_after_birth", "last": "731"}, "last"),
        ({"first": ""}, "first"),
        ({"first": "-1"}, "first"),
        ({"type": "0"}, "type"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_what_is_no_step_is_refused_where_it_is_typed(owner, practice, follow_up, wrong, field):
    assert f"id_{field}_error" in page(add(owner, follow_up, **wrong), 422)
    assert not practice.pathway.exists()


def test_a_pathway_has_an_end(owner, practice, follow_up):
    PathwayStep.objects.bulk_create(
        PathwayStep(practice=practice, type=follow_up, first=1, last=2, position=n)
        for n in range(MOST_STEPS)
    )
    assert "30 au plus" in page(add(owner, follow_up), 422)
    assert practice.pathway.count() == MOST_STEPS


@pytest.mark.rule("3.9.5")
def test_the_french_one_is_made_of_her_types(owner, practice, follow_up):
    interview = make_type(practice, "Entretien prénatal")
    make_type(practice, "Urgence")
    assert "Partir du parcours français" in page(owner.get(PATHWAY))
    typed = fields_of(owner.get(FRENCH_PAGE).content.decode())
    guessed = [typed[f"type_{number}"] for number in range(len(FRENCH))]
    assert guessed[:3] == [str(follow_up.pk), str(interview.pk), str(follow_up.pk)]
    assert guessed[8:] == ["", "", "", ""]
    nothing = {name: "" for name in typed if name.startswith("type_")}
    assert owner.post(FRENCH_PAGE, typed | nothing).status_code == 422
    assert owner.post(FRENCH_PAGE, typed).status_code == 302
    assert names(practice)[:2] == ["Premier examen prénatal", "Entretien prénatal précoce"]
    assert practice.pathway.count() == 8
    again = fields_of(owner.get(FRENCH_PAGE).content.decode())
    owner.post(FRENCH_PAGE, again)
    assert practice.pathway.count() == 8


def test_the_usual_windows_are_windows():
    for usual in FRENCH:
        most = 45 if usual.window.unit == Unit.WEEKS else 730
        assert usual.window.first <= usual.window.last <= most
    weeks = [usual.window for usual in FRENCH if usual.name.startswith("Examen du")]
    assert all(one.last + 1 == other.first for one, other in zip(weeks, weeks[1:], strict=False))


@pytest.mark.rule("3.9.5")
def test_the_record_says_what_is_booked_missing_and_late(owner, practice, anne, follow_up):
    mona = make_patient(practice, "Mona", due_date=DUE)
    for name, first, last in (("Un", 5, 8), ("Deux", 9, 12), ("Trois", 13, 14), ("Quatre", 30, 31)):
        practice.pathway.create(type=follow_up, name=name, first=first, last=last, position=first)
    by, start = By.practice(None), at(NOW.date(), "15:00")
    made = book_appointment(follow_up, anne, start, mona, by=by, now=NOW)
    record = page(owner.get(f"/pro/patients/{mona.pk}/"))
    assert record.index("passé sans rendez-vous") < record.index("Deux")
    assert f"/pro/appointments/{made.pk}/" in record
    assert "du 28 décembre 2026 au 10 janvier 2027" in record
    assert f"?patient={mona.pk}&amp;type={follow_up.pk}&amp;date=2026-12-28" in record
    nobody = make_patient(practice, "Nina")
    assert "Parcours" not in page(owner.get(f"/pro/patients/{nobody.pk}/"))


@pytest.mark.rule("3.9.6")
def test_one_click_invites_to_book(owner, practice, anne, follow_up, elsewhere):
    mona = make_patient(practice, "Mona", email="mona@patiente.example", due_date=DUE)
    step = practice.pathway.create(type=follow_up, name="Deux", first=9, last=12)
    path = reverse("office:invite_to_book", args=[mona.pk, step.pk])
    record = f"/pro/patients/{mona.pk}/"
    assert path in page(owner.get(record))
    assert owner.post(path)["Location"] == record
    assert "Un e-mail part à mona@patiente.example." in page(owner.get(record))
    assert practice.messages.get().kind == "to_book"
    owner.post(path)
    assert "Un e-mail a déjà été envoyé aujourd’hui à ce sujet." in page(owner.get(record))
    mona.email = ""
    mona.save()
    assert path not in page(owner.get(record))
    other = practice.pathway.create(type=follow_up, first=10, last=12)
    owner.post(reverse("office:invite_to_book", args=[mona.pk, other.pk]))
    assert "Non envoyé : pas d’adresse e-mail sur le dossier." in page(owner.get(record))
    assert practice.messages.count() == 1
    theirs = elsewhere["practice"].pathway.create(type=elsewhere["type"], first=1, last=2)
    for args in ([mona.pk, theirs.pk], [elsewhere["patient"].pk, step.pk]):
        assert owner.post(reverse("office:invite_to_book", args=args)).status_code == 404
