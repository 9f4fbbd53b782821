"""Changed in the office at the moment at which a colleague deletes it: a page that says so, no error."""

import pytest
from django.urls import reverse

from maia.schedules.models import AppointmentType
from maia.webhooks.models import Webhook
from tests.conftest import make_type
from tests.gone import gone_once_read


@pytest.mark.parametrize("action", ["archive", "restore", "duplicate"])
def test_a_type(owner, practice, action):
    type = make_type(practice)
    with gone_once_read(AppointmentType.objects.filter(pk=type.pk)):
        answer = owner.post(reverse("office:change_type", args=[type.pk, action]), {"yes": "1"})
    assert answer.status_code == 404
    assert not AppointmentType.objects.exists()


@pytest.mark.parametrize("action", ["test", "renew"])
def test_a_webhook(owner, practice, action):
    webhook = Webhook.objects.create(practice=practice, url="https://compta.example/maia")
    address = reverse("office:change_webhook", args=[webhook.pk, action])
    if action == "renew":
        address = reverse("office:renew_secret", args=[webhook.pk])
    with gone_once_read(Webhook.objects.filter(pk=webhook.pk)):
        answer = owner.post(address, {"yes": "1"})
    assert answer.status_code == 404
    assert not Webhook.objects.exists()
