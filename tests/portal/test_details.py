"""A patient corrects her own names and number; the practice sees that she did."""

import pytest
from django.urls import reverse

from maia.practices.models import Membership
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, make_patient, make_user, signed_in
from tests.pages import fields_of, on_one_line, shown

RIGHT = {"first_name": "Julie", "last_name": "Roy", "mobile": "06 39 98 12 34"}


def path_of(record):
    return reverse("account_details", args=[record.pk])


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
    page = on_one_line(page)
    assert "Modifié par la patiente le mardi 1" in page
    assert ": Nom, Téléphone." in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"mobile": "12"}, {"mobile": ""}, {"last_name": "12"}, {"first_name": "x" * 81},
        {"phone": "12"}, {"birth_date": "2999-01-01"}, {"birth_date": "1850-01-01"},
        {"birth_date": "x"}, {"city": "x" * 101},
    ],
)  # fmt: skip
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


@pytest.mark.rule("3.5.15")
def test_a_stale_page_of_hers_overwrites_nothing(client, julie):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    signed_in(client, julie.user)
    julie.mobile = "+33639980001"
    julie.save()
    page = shown(client, path_of(julie))
    julie.mobile = "+33639980077"
    julie.save()
    typed = page | {
        "birth_date": "1991-03-07", "street": "2 rue des Fées", "postcode": "35000",
        "city": "Rennes", "phone": "02 61 91 45 12",
    }  # fmt: skip
    assert client.post(path_of(julie), typed).status_code == 302
    julie.refresh_from_db()
    assert julie.mobile.as_e164 == "+33639980077"
    assert (str(julie.birth_date), julie.city) == ("1991-03-07", "Rennes")
    assert julie.phone.as_e164 == "+33261914512"
    stale = page | {"mobile": "06 39 98 00 99"}
    answer = client.post(path_of(julie), stale)
    assert answer.status_code == 422
    words = on_one_line(answer.content.decode())
    assert "le cabinet a écrit « 06 39 98 00 77 » ici" in words
    again = fields_of(answer.content.decode()) | {"mobile": "06 39 98 00 99"}
    assert client.post(path_of(julie), again).status_code == 302
    julie.refresh_from_db()
    assert (julie.mobile.as_e164, julie.city) == ("+33639980099", "Rennes")
