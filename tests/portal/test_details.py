"""A patient corrects her own names and number; the practice sees that she did."""

import pytest
from django.urls import reverse

from maia.patients.correcting import correct_record
from maia.patients.models import RecordErased
from maia.practices.models import Membership
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, make_patient, make_user, signed_in

RIGHT = {"first_name": "Julie", "last_name": "Roy", "mobile": "06 39 98 12 34"}


def path_of(record):
    return reverse("account_details", args=[record.pk])


def test_what_differs_is_written_and_nothing_else(julie):
    wanted = {"first_name": "Julie", "last_name": "Roy", "mobile": ""}
    assert correct_record(julie, julie.user, wanted) == ["last_name"]
    assert correct_record(julie, julie.user, wanted) == []
    julie.refresh_from_db()
    assert (julie.name, julie.email) == ("Julie Roy", "julie@patiente.example")
    assert "roy" in julie.search_text
    with pytest.raises(RecordErased):
        correct_record(julie, make_user("autre@x.example"), wanted)


def test_she_corrects_herself_and_the_practice_sees_it(client, practice, anne, julie, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    signed_in(client, julie.user)
    assert path_of(julie) in client.get("/mon-compte/").content.decode()
    assert client.post(path_of(julie), RIGHT)["Location"] == "/mon-compte/"
    julie.refresh_from_db()
    assert (julie.name, julie.mobile.as_e164) == ("Julie Roy", "+33639981234")
    line = JournalEntry.objects.get(act="changed")
    assert (line.who, line.patient, line.detail) == (julie.email, julie, "Nom, Téléphone")
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    signed_in(client, anne.user)
    page = client.get(reverse("office:patient", args=[julie.pk])).content.decode()
    assert "Modifié par la patiente le mardi 1" in page


@pytest.mark.parametrize(
    "wrong", [{"mobile": "12"}, {"mobile": ""}, {"last_name": "12"}, {"first_name": "x" * 81}]
)
def test_what_cannot_be_read_changes_nothing(client, julie, wrong):
    signed_in(client, julie.user)
    assert client.post(path_of(julie), RIGHT | wrong).status_code == 422
    julie.refresh_from_db()
    assert julie.name == "Julie Petit"


def test_nobody_elses(client, practice, julie):
    other = make_patient(practice, "Lina", make_user("lina@patiente.example"))
    signed_in(client, julie.user)
    assert client.get(path_of(other)).status_code == 404
    assert client.post(path_of(other), RIGHT).status_code == 404
    client.logout()
    assert client.get(path_of(julie)).status_code == 302
    other.refresh_from_db()
    assert other.name == "Lina Petit"
