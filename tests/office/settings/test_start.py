"""From an empty practice to an open booking page: one form, and the address to give."""

import pytest
from django.urls import reverse

from maia.practices.models import Practitioner
from maia.schedules.models import AppointmentType, OpeningHours, Schedule
from maia.schedules.open_to_patients import what_keeps_patients_out

START, PAGE = "office:first_steps", "office:booking_page"


@pytest.fixture
def empty(practice, anne):
    Schedule.objects.all().delete()
    return practice


def test_one_form_and_patients_can_book(owner, empty, client):
    page = owner.get(reverse(START)).content.decode()
    assert page.count('name="types"') == 7
    answer = owner.post(
        reverse(START), {"types": ["follow_up", "home"], "usual_hours": "on"}, follow=True
    )
    assert "Votre page est ouverte" in answer.content.decode()
    names = set(AppointmentType.objects.filter(practice=empty).values_list("name", flat=True))
    assert names == {"Suivi de grossesse", "Visite à domicile après la naissance"}
    booking = client.get(f"/{empty.slug}/").content.decode()
    assert "Suivi de grossesse" in booking


def test_a_type_that_is_none_is_refused_where_it_was_ticked(owner, empty):
    answer = owner.post(reverse(START), {"types": ["wings"]})
    assert answer.status_code == 422
    title = answer.content.decode().partition("</title>")[0].partition("<title>")[2]
    assert title.split()[0] == "Erreur"  # heard before anything else
    assert not AppointmentType.objects.filter(practice=empty).exists()


def test_the_address_is_there_to_copy_to_see_and_to_photograph(owner, practice, settings):
    page = owner.get(reverse(PAGE)).content.decode()
    address = f"{settings.BASE_URL}/{practice.slug}/"
    assert f'value="{address}"' in page
    assert f'href="{address}"' in page
    assert "<svg" in page[page.index('class="qr"') :]


def test_nothing_to_book_is_said(owner, empty):
    page = owner.get(reverse(PAGE)).content.decode()
    assert "Les patientes ne peuvent pas encore réserver" in page
    assert "Votre page est ouverte" not in page


def test_the_first_step_leads_there(owner, empty):
    assert f'href="{reverse(START)}"' in owner.get(reverse("office:agenda")).content.decode()


def test_a_page_of_nobody_who_is_booked_online_is_not_called_open(owner, practice, anne, follow_up):
    practice.practitioners.update(allow_online_booking=False)
    assert "Votre page est ouverte" not in owner.get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize(
    ("unset", "said"),
    [
        (lambda: AppointmentType.objects.update(allow_online_booking=False), "aucun type"),
        (lambda: Practitioner.objects.update(allow_online_booking=False), "personne au cabinet"),
        (lambda: OpeningHours.objects.all().delete(), "aucun horaire"),
    ],
)
def test_the_page_is_not_called_open_while_something_keeps_patients_out(
    owner, practice, follow_up, unset, said
):
    assert "Votre page est ouverte" in owner.get(reverse(PAGE)).content.decode()
    assert what_keeps_patients_out(practice) is None
    unset()
    page = owner.get(reverse(PAGE)).content.decode()
    assert "Votre page est ouverte" not in page
    assert said in page
    assert what_keeps_patients_out(practice) is not None


def test_hours_of_a_type_alone_open_it(practice, follow_up):
    OpeningHours.objects.all().delete()
    Schedule.objects.create(appointment_type=follow_up).write({1: [(540, 600)]})
    assert what_keeps_patients_out(practice) is None
