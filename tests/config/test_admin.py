"""The operator's pages: they work, and show nobody's health."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.messaging.owed import announce
from maia.practices.models import Membership
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, signed_in

HERS = ["patient", "appointment", "historyentry", "event", "mail"]
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def operator(client, db):
    user = User.objects.create_superuser("operateur@maia.example")
    TOTP.activate(user, generate_totp_secret())
    return signed_in(client, user, factor=True)


def pages_of(client, model):
    """Every page of the operator's about ``model``, with every row that there is."""
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    yield path, client.get(path)
    yield path, client.get(path, {"q": "patiente"})
    for row in model._default_manager.all():
        for page in ("change/", "history/", "delete/", "second-factor/"):
            yield f"{path}{row.pk}/{page}", client.get(f"{path}{row.pk}/{page}")


def test_no_page_shows_a_secret_or_a_patient(operator, follow_up, anne, julie):
    """Of every model that is registered, and of every row."""
    Membership.objects.create(practice=anne.practice, user=anne.user, role="owner")
    for user in (anne.user, julie.user):
        TOTP.activate(user, SECRET)
        codes = RecoveryCodes.activate(user)
    seeds = {a.data.get("seed") for a in Authenticator.objects.all()} - {None}
    assert seeds
    book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW, note="Secret"
    )
    announce(NOW)
    opened = 0
    pages = [("/admin/", operator.get("/admin/"))]
    for model in admin.site._registry:
        pages += pages_of(operator, model)
    for path, page in pages:
        assert page.status_code in (200, 302, 403, 404), path
        opened += page.status_code == 200
        text = page.content.decode()
        for shown in ("Julie", "julie@", "Petit", "Secret note", SECRET, "pbkdf2", "argon2", *seeds,
                      *codes.get_unused_codes()):  # fmt: skip
            assert shown not in text, (path, shown)
    assert opened > 10


def test_only_ours_is_registered_whatever_libraries_do(operator):
    admin.site.register(Authenticator)
    admin.site.register([EmailAddress, Group], ModelAdmin)
    assert {type(one).__module__.partition(".")[0] for one in admin.site._registry.values()} == {
        "maia"
    }
    for path in ("mfa/authenticator/", "auth/group/", "account/emailaddress/", "patients/patient/"):
        assert operator.get(f"/admin/{path}").status_code == 404


def test_helping_who_lost_her_second_factor_is_one_act(operator, anne, julie, mailoutbox):
    Membership.objects.create(practice=anne.practice, user=anne.user, role="owner")
    TOTP.activate(anne.user, generate_totp_secret())
    RecoveryCodes.activate(anne.user)
    hers = signed_in(Client(), anne.user, factor=True)
    assert hers.get("/pro/").status_code in (200, 302)
    page = f"/admin/accounts/user/{anne.user.pk}/second-factor/"
    change = operator.get(f"/admin/accounts/user/{anne.user.pk}/change/").content.decode()
    assert page in change
    assert operator.get(page).status_code == 200
    assert Authenticator.objects.filter(user=anne.user).count() == 2  # looking changes nothing
    assert operator.post(page).status_code == 302
    assert not Authenticator.objects.filter(user=anne.user).exists()
    assert hers.get("/pro/").headers["Location"].startswith("/accounts/login/")
    (entry,) = JournalEntry.objects.filter(act="operator")
    assert (entry.practice, entry.who) == (anne.practice, "operateur@maia.example")
    assert "anne@tilleuls.example" in entry.detail
    (mail,) = mailoutbox
    assert mail.to == ["anne@tilleuls.example"]
    assert "second facteur" in mail.body
    assert operator.post(page, follow=True).status_code == 200  # again: nothing is left to remove
    assert JournalEntry.objects.filter(act="operator").count() == 1
    assert operator.post(page.replace(str(anne.user.pk), str(julie.user.pk))).status_code == 404


def test_and_one_command(anne, mailoutbox, capsys):
    Membership.objects.create(practice=anne.practice, user=anne.user, role="owner")
    with pytest.raises(CommandError, match="no second factor"):
        call_command("lost_factor", "anne@tilleuls.example")
    TOTP.activate(anne.user, generate_totp_secret())
    call_command("lost_factor", "Anne@Tilleuls.example")
    assert "Removed: 1" in capsys.readouterr().out
    assert JournalEntry.objects.get(act="operator").who == ""
    assert len(mailoutbox) == 1
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("lost_factor", "nobody@tilleuls.example")


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
    path = reverse("admin:second_factor", args=[chief.pk])
    assert client.post(path).status_code == 403


def test_nobody_writes_what_opens_an_account(operator):
    names = {model._meta.model_name for model in admin.site._registry}
    assert names.isdisjoint({"emailaddress", "authenticator", "usersession"})
