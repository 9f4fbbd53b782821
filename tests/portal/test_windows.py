"""A patient says when her child is due, and sees the times that suit (rule 3.9.2)."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse

from maia.appointments.models import Appointment
from maia.availability.pregnancy import Unit, Window
from maia.patients.models import Patient
from tests.appointments.test_windows import DUE, FIRST, LAST
from tests.conftest import NOW, THURSDAY, at, make_type, make_user, signed_in
from tests.pages import fields_of, on_one_line

DAY = timedelta(days=1)


@pytest.fixture
def scan(practice, anne):
    type = make_type(practice, "Échographie")
    type.window = Window(Unit.WEEKS, 11, 13)
    type.save()
    return type


@pytest.fixture
def client(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


def page(answer, status=200):
    assert answer.status_code == status, answer
    return on_one_line(answer.content.decode().replace("\u00a0", " "))


def starts_on(day):
    """As the addresses of its times begin."""
    return f"/{day:%Y%m%d}T"


def said(client, type, **dates):
    return client.post(f"/tilleuls/book/{type.pk}/dates/", dates)


@pytest.mark.rule("3.9.2")
def test_it_is_asked_first_then_only_what_suits_is_shown(client, scan):
    slots = f"/tilleuls/book/{scan.pk}/"
    asks = page(client.get(slots))
    assert 'name="due_date"' in asks
    assert 'class="slot"' not in asks
    assert "de 11 SA à 13 SA + 6 j" in asks
    answer = said(client, scan, due_date=DUE)
    assert answer["Location"] == slots  # in no address
    assert str(DUE) not in str(dict(client.session))  # nor in a session, which lasts
    shown = page(client.get(slots))
    assert "pour vous, du 14 décembre 2026 au 3 janvier 2027" in shown
    assert "Aujourd’hui : 9 SA + 1 j" in shown
    assert starts_on(FIRST) in shown
    assert starts_on(FIRST - DAY) not in shown
    last = page(client.get(f"{slots}?from={LAST - DAY}"))
    assert starts_on(LAST) in last
    assert starts_on(LAST + DAY) not in last
    assert 'id="later"' not in last
    outside = page(client.get(f"{slots}?from={LAST + 3 * DAY}"))
    assert "du 14 décembre 2026 au 3 janvier 2027" in outside
    assert starts_on(LAST + DAY) not in outside


@pytest.mark.parametrize("typed", ["", "2031-01-01", "demain", "2024-01-01"])
def test_what_is_no_due_date_is_said_where_it_is_typed(client, scan, typed):
    assert "id_due_date_error" in page(said(client, scan, due_date=typed), 422)
    assert 'name="due_date"' in page(client.get(f"/tilleuls/book/{scan.pk}/"))


def confirm_path(type, practitioner, day):
    return reverse("confirm", args=["tilleuls", type.key, practitioner.pk, at(day, "09:00")])


@pytest.mark.rule("3.9.3")
def test_it_is_kept_with_what_she_books(client, scan, anne):
    said(client, scan, due_date=DUE)
    signed_in(client, make_user("zoe@patiente.example"))
    said(client, scan, due_date=DUE)
    path = confirm_path(scan, anne, FIRST)
    typed = fields_of(client.get(path).content.decode()) | {
        "first_name": "Zoé", "last_name": "Zola", "mobile": "0639980001",
    }  # fmt: skip
    assert typed["due_date"] == str(DUE)
    assert "id_due_date_error" in page(client.post(path, typed | {"due_date": ""}), 422)
    assert not Patient.objects.exists()
    assert client.post(path, typed).status_code == 302
    assert Appointment.objects.get().patient.due_date == DUE


@pytest.mark.rule("3.9.2")
def test_another_date_typed_at_the_end_leads_to_times_that_suit(client, scan, anne):
    signed_in(client, make_user("zoe@patiente.example"))
    path = confirm_path(scan, anne, THURSDAY)
    typed = fields_of(client.get(path).content.decode()) | {
        "first_name": "Zoé", "last_name": "Zola", "mobile": "0639980001", "due_date": DUE,
    }  # fmt: skip
    refused = page(client.post(path, typed), 409)
    assert "du lundi 14 décembre 2026 au dimanche 3 janvier 2027" in refused
    assert starts_on(FIRST) in refused
    assert f'value="{DUE}"' in refused  # nothing typed is lost
    assert not Patient.objects.exists()


def test_a_known_patient_is_not_asked_again_and_may_correct_it(client, scan, anne, julie):
    Patient.objects.filter(pk=julie.pk).update(due_date=DUE)
    signed_in(client, julie.user)
    assert "pour vous, du 14 décembre 2026" in page(client.get(f"/tilleuls/book/{scan.pk}/"))
    assert f'value="{DUE}"' in page(client.get(f"/tilleuls/book/{scan.pk}/dates/"))
    later = DUE + 7 * DAY
    said(client, scan, due_date=later)
    assert "pour vous, du 21 décembre 2026" in page(client.get(f"/tilleuls/book/{scan.pk}/"))
    julie.refresh_from_db()
    assert julie.due_date == DUE  # until she books


def test_another_practice_and_an_hour_later_know_nothing(client, scan, elsewhere):
    theirs = elsewhere["type"]
    theirs.window = scan.window
    theirs.save()
    said(client, scan, due_date=DUE)
    assert 'name="due_date"' in page(client.get(f"/ailleurs/book/{theirs.pk}/"))
    caches["short"].clear()
    assert 'name="due_date"' in page(client.get(f"/tilleuls/book/{scan.pk}/"))


def test_where_the_practice_does_not_ask_all_times_are_shown(client, scan):
    scan.window_asks = False
    scan.save()
    assert starts_on(NOW.date() + DAY) in page(client.get(f"/tilleuls/book/{scan.pk}/"))


def test_after_the_birth(client, practice, anne):
    visit = make_type(practice, "Visite")
    visit.window = Window(Unit.DAYS_AFTER_BIRTH, 3, 5)
    visit.save()
    asks = page(client.get(f"/tilleuls/book/{visit.pk}/"))
    assert asks.index('name="child_birth_date"') < asks.index('name="due_date"')
    said(client, visit, child_birth_date=NOW.date() - DAY)
    shown = page(client.get(f"/tilleuls/book/{visit.pk}/"))
    assert "du jour 3 au jour 5 après la naissance : pour vous, du 3 décembre 2026" in shown
    assert "Aujourd’hui : 1 jour après la naissance" in shown


def test_a_window_that_is_over_says_whom_to_call(client, scan, practice):
    said(client, scan, due_date=NOW.date() + 7 * DAY)
    shown = page(client.get(f"/tilleuls/book/{scan.pk}/"))
    assert 'class="slot"' not in shown
    assert "Cette période est passée" in shown


def test_a_window_that_is_not_open_to_booking_yet_says_when(client, scan, anne):
    anne.booking_horizon_days = 30
    anne.save()
    said(client, scan, due_date=NOW.date() + 290 * DAY)  # 11 weeks on 19 February
    shown = page(client.get(f"/tilleuls/book/{scan.pk}/"))
    assert 'class="slot"' not in shown
    assert "Ces jours s’ouvrent à la réservation le mercredi 20 janvier 2027" in shown


def test_a_term_of_a_year_ago_keeps_nobody_from_booking(client, practice, anne, julie):
    """It stands on the record beside the birth, and on the page, as it was."""
    rehab = make_type(practice, "Rééducation")
    rehab.window = Window(Unit.DAYS_AFTER_BIRTH, 42, 400)
    rehab.save()
    year_ago = NOW.date() - 350 * DAY
    Patient.objects.filter(pk=julie.pk).update(due_date=year_ago, child_birth_date=year_ago)
    signed_in(client, julie.user)
    path = confirm_path(rehab, anne, THURSDAY)
    assert client.post(path, fields_of(client.get(path).content.decode())).status_code == 302


def test_a_type_without_window_asks_nothing(client, follow_up):
    answer = client.get(f"/tilleuls/book/{follow_up.pk}/dates/")
    assert answer["Location"] == f"/tilleuls/book/{follow_up.pk}/"
