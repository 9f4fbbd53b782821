"""Who replaces whom, as patients read it: on the booking page, in the message, in their calendar."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from maia.appointments.models import Appointment
from maia.practices.models import Practitioner, Replacement
from maia.schedules.models import Schedule
from tests.conftest import THURSDAY, make_type
from tests.messaging.test_delivery import work
from tests.pages import on_one_line
from tests.portal.test_booking_page import confirm, frozen, signed_in, visitor  # noqa: F401

FRIDAY = THURSDAY + timedelta(days=1)


@pytest.fixture
def ines(practice):
    made = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="Haddad", position=1
    )
    Schedule.objects.create(practitioner=made).write({3: [(540, 720)]})
    return made


@pytest.fixture
def hers(anne):
    return make_type(anne.practice, practitioner=anne)


@pytest.fixture
def replaced(anne, ines):
    return Replacement.objects.create(
        practice=anne.practice, practitioner=anne, substitute=ines, first_date=THURSDAY,
        last_date=FRIDAY,
    )  # fmt: skip


@pytest.mark.rule("3.10.5")
def test_her_name_leads_to_who_replaces_her(visitor, practice, anne, ines, hers, replaced):  # noqa: F811
    other = make_type(practice, "Autre chose", practitioner=ines)
    page = visitor.get("/tilleuls/").content.decode()
    assert "Du 3 au 4 décembre 2026 : Inès Haddad remplace Anne Morel." in on_one_line(page)
    path = f"/tilleuls/book/{hers.pk}/"
    page = visitor.get(f"{path}?practitioner={anne.pk}&from=2026-12-03").content.decode()
    assert "Inès Haddad remplace Anne Morel." in on_one_line(page)
    there = f"?practitioner={ines.pk}&from=2026-12-03"
    assert there.replace("&", "&amp;") in page
    assert "20261203T" in visitor.get(path + there).content.decode()
    assert "remplace" not in visitor.get(f"/tilleuls/book/{other.pk}/").content.decode()


@pytest.mark.rule("3.10.5")
def test_what_she_books_says_whom_the_substitute_replaces(
    signed_in, ines, hers, replaced, smtp  # noqa: F811
):  # fmt: skip
    answer = confirm(signed_in, hers, ines, "09:30", THURSDAY)
    assert answer.status_code == 302
    assert "remplace Anne Morel" in on_one_line(signed_in.get(answer.url).content.decode())
    made = Appointment.objects.get()
    assert made.practitioner == ines
    work()
    (mail,) = [mail for mail in smtp.taken if "julie" in mail["To"]]
    for kind in ("plain", "html"):
        assert "remplace Anne Morel" in mail.get_body((kind,)).get_content()
    (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"][:1]
    (event,) = Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
    assert event["description"] == "Inès Haddad, remplace Anne Morel"


def test_a_website_of_hers_offers_who_replaces_her(client, practice, anne, ines, hers, replaced):
    practice.websites.create(origin="https://anne.example")
    start = client.get(f"/tilleuls/embed/?practitioner={anne.pk}&type={hers.pk}")
    page = client.get(f"{start.url}?from=2026-12-03").content.decode()
    assert "20261203T" in page


def test_the_public_api_names_her_with_the_types_that_she_takes_over(
    client, anne, ines, hers, replaced
):
    def offered_by():
        (type,) = client.get("/api/v1/practices/tilleuls/appointment-types").json()["items"]
        return type["practitioners"]

    assert offered_by() == [anne.pk, ines.pk]
    replaced.delete()
    assert offered_by() == [anne.pk]
