"""An address of an act that is opened, and not sent: words and a way on, never the browser's own page."""

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.office.not_by_opening import page_of
from tests.conftest import NOW, THURSDAY, at, signed_in
from tests.office.test_access import POST_ONLY, paths

BEGAN = "Rien n’a encore été fait : votre session avait pris fin."


@pytest.fixture
def appointment(anne, follow_up, julie):
    by = By.practice(anne.user)
    return book_appointment(follow_up, anne, at(THURSDAY, "10:00"), julie, by=by, now=NOW)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Rien n’a été fait"), ("en", "Nothing was done")]
)
def test_every_act_that_is_opened_says_so_and_leads_to_its_page(
    owner, practice, anne, follow_up, appointment, language, words
):
    owner.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    met = set()
    for name, path in paths(practice, anne, follow_up, appointment):
        answer = owner.get(path)
        if answer.status_code != 405:
            continue
        met.add(name)
        page = answer.content.decode()
        assert words in page, name
        assert 'class="menu"' in page, name
        assert answer["Allow"] == "POST", name
        assert f'href="{page_of(path)}"' in page, name
        assert owner.get(page_of(path)).status_code == 200, (name, page_of(path))
    assert {"cancel", "move", "merge", "change_type", "remove"} <= met <= POST_ONLY


def test_who_signs_in_again_lands_where_the_act_is_and_nothing_was_done(
    client, owner, team, appointment
):
    path = f"/pro/appointments/{appointment.pk}/cancel/"
    owner.logout()
    answer = client.post(path, {"version": appointment.version})
    assert answer.url.endswith(f"?next={path}")
    signed_in(client, team["owner"])
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/pro/appointments/{appointment.pk}/")
    assert BEGAN in client.get(answer.url).content.decode().replace("\xa0", " ")
    appointment.refresh_from_db()
    assert appointment.status == "confirmed"
    assert client.get(path).status_code == 405  # said once


def test_no_other_way_of_asking_has_a_blank_page(owner):
    answer = owner.put("/pro/appointments/")
    assert answer.status_code == 405
    assert 'class="menu"' in answer.content.decode()
