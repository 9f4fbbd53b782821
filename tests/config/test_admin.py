"""The operator's pages: they work, and show nobody's health."""

import pytest
from django.contrib import admin

from maia.accounts.models import User
from maia.appointments.booking import By, book_appointment
from maia.messaging.owed import announce
from tests.conftest import NOW, THURSDAY, at

HERS = ["patient", "appointment", "historyentry", "event", "mail"]


@pytest.fixture
def operator(client, db):
    user = User.objects.create_superuser("operateur@maia.example")
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_list_and_every_form_opens(operator, follow_up, anne, julie):
    book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW, note="Secret"
    )
    announce(NOW)
    for model in admin.site._registry:
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pages = [operator.get(path)]
        if (row := model.objects.first()) is not None:
            pages.append(operator.get(f"{path}{row.pk}/change/"))
        for page in pages:
            assert page.status_code == 200, path
            assert "Julie" not in page.content.decode()
            assert "Secret" not in page.content.decode()


def test_patients_and_appointments_are_not_the_operators(operator):
    registered = {model._meta.model_name for model in admin.site._registry}
    assert registered.isdisjoint(HERS)


def test_others_stay_outside(client, anne):
    client.force_login(anne.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/").status_code in (302, 403)
