"""Weeks and windows in the office: the record, the sheet, the form of a type (rules 3.9.1 to 3.9.3)."""

from datetime import date, timedelta

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.availability.pregnancy import Unit, Window
from maia.patients.models import Patient
from maia.privacy.models import terms_of
from maia.schedules.models import AppointmentType
from tests.appointments.test_windows import DUE
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.pages import fields_of, on_one_line


def page(answer, status=200):
    assert answer.status_code == status, answer
    return on_one_line(answer.content.decode().replace("\u00a0", " "))


@pytest.mark.rule("3.9.1")
def test_the_record_and_the_sheet_say_the_week(owner, practice, anne, follow_up, julie):
    path = f"/pro/patients/{julie.pk}/"
    typed = fields_of(owner.get(path).content.decode()) | {"due_date": DUE}
    assert owner.post(path, typed).status_code == 302
    assert "9 SA + 1 j" in page(owner.get(path))
    assert "Terme le 12 juillet 2027" in page(owner.get(path))
    by = By.practice(None)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    assert "9 SA + 3 j" in page(owner.get(f"/pro/appointments/{made.pk}/"))
    born = NOW.date() - timedelta(days=2)
    typed = fields_of(owner.get(path).content.decode()) | {"due_date": "", "child_birth_date": born}
    assert owner.post(path, typed).status_code == 302
    assert "2 jours après la naissance" in page(owner.get(path))


@pytest.mark.rule("3.9.3")
@pytest.mark.parametrize(
    ("field", "day"), [("due_date", "2031-01-01"), ("child_birth_date", "2026-12-02")]
)
def test_a_date_that_cannot_be_is_refused_where_it_is_typed(owner, julie, field, day):
    path = f"/pro/patients/{julie.pk}/"
    typed = fields_of(owner.get(path).content.decode()) | {field: day}
    assert f"id_{field}_error" in page(owner.post(path, typed), 422)
    # One that has become old since stays, and keeps nobody from saving the rest.
    Patient.objects.filter(pk=julie.pk).update(child_birth_date=date(2020, 1, 1))
    typed = fields_of(owner.get(path).content.decode()) | {"last_name": "Petite"}
    assert owner.post(path, typed).status_code == 302


@pytest.mark.rule("3.9.2")
def test_noting_outside_of_the_window_is_said(owner, practice, anne, julie):
    scan = make_type(practice, "Échographie")
    scan.window = Window(Unit.WEEKS, 11, 13)
    scan.save()
    Patient.objects.filter(pk=julie.pk).update(due_date=DUE)
    typed = {
        "patient": julie.pk, "practitioner": anne.pk, "type": scan.pk, "date": THURSDAY,
        "time": "09:00",
    }  # fmt: skip
    said = owner.post("/pro/appointments/new/told/", typed).json()["outside"]
    assert "du lundi 14 décembre 2026 au dimanche 3 janvier 2027" in said
    inside = owner.post("/pro/appointments/new/told/", typed | {"date": "2026-12-15"})
    assert inside.json()["outside"] == ""


def type_fields(owner, path):
    return fields_of(owner.get(path).content.decode())


def test_the_form_of_a_type_writes_a_whole_window_or_none(owner, follow_up):
    path = f"/pro/settings/types/{follow_up.pk}/"

    def save(**changes):
        return owner.post(path, type_fields(owner, path) | changes)

    half = save(window_unit="weeks", window_first="11")
    assert "id_window_last_error" in page(half, 422)
    turned = save(window_unit="weeks", window_first="13", window_last="11")
    assert "id_window_last_error" in page(turned, 422)
    assert "id_window_last_error" in page(
        save(window_unit="weeks", window_first="11", window_last="99"), 422
    )
    assert save(window_unit="weeks", window_first="11", window_last="13").status_code == 302
    assert AppointmentType.objects.get().window == Window(Unit.WEEKS, 11, 13)
    assert save(name="Écho").status_code == 302
    assert AppointmentType.objects.get().window == Window(Unit.WEEKS, 11, 13)
    assert save(window_last="14").status_code == 302
    assert AppointmentType.objects.get().window == Window(Unit.WEEKS, 11, 14)
    assert save(window_unit="").status_code == 302
    assert AppointmentType.objects.get().window is None


@pytest.mark.rule("3.9.4")
def test_the_practice_says_how_long_these_dates_are_kept(owner, practice, client):
    path = "/pro/settings/privacy/"
    typed = fields_of(owner.get(path).content.decode())
    assert typed["pregnancy_months"] == "12"
    assert "id_pregnancy_months_error" in page(
        owner.post(path, typed | {"pregnancy_months": "2"}), 422
    )
    assert owner.post(path, typed | {"pregnancy_months": "6"}).status_code == 302
    assert terms_of(practice).pregnancy_months == 6
    notice = page(client.get("/tilleuls/confidentialite/"))
    assert "Les dates d’une grossesse (terme, naissance) : 6 mois après la naissance." in notice
