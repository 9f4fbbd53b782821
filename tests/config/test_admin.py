"""The operator's pages: they work, and show nobody's health."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from maia.accounts.models import User
from maia.appointments.booking import By, book_appointment
from maia.messaging.owed import announce
from tests.conftest import NOW, THURSDAY, at, signed_in

HERS = ["patient", "appointment", "historyentry", "event", "mail"]


@pytest.fixture
def operator(client, db):
    user = User.objects.create_superuser("operateur@maia.example")
    TOTP.activate(user, generate_totp_secret())
    return signed_in(client, user, factor=True)


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


def test_a_second_factor_is_asked_of_this_sign_in(client, operator):
    operator.get("/admin/")
    user = User.objects.get(email="operateur@maia.example")
    signed_in(client, user)
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))
    Authenticator.objects.all().delete()
    answer = signed_in(client, user, factor=True).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert reverse("mfa_activate_totp") in answer.content.decode()


def test_only_a_superuser_gives_powers(client, db):
    staff = User.objects.create_user("aide@maia.example", is_staff=True)
    staff.user_permissions.set(Permission.objects.all())
    TOTP.activate(staff, generate_totp_secret())
    patient = User.objects.create_user("lina@patiente.example")
    chief = User.objects.create_superuser("operateur@maia.example")
    signed_in(client, staff, factor=True)
    for target in (staff, patient, chief):
        path = reverse("admin:accounts_user_change", args=[target.pk])
        client.post(path, {"language": "fr", "is_superuser": "on", "is_staff": "on"})
        target.refresh_from_db()
        assert target.is_superuser is (target == chief)
        assert target.is_staff is (target != patient)
    assert chief.is_active
    path = reverse("admin:accounts_user_delete", args=[chief.pk])
    assert client.post(path, {"post": "yes"}).status_code == 403


def test_nobody_writes_what_opens_an_account(operator):
    names = {model._meta.model_name for model in admin.site._registry}
    assert names.isdisjoint({"emailaddress", "authenticator", "usersession"})
