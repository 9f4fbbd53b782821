"""What is offered is what is accepted, as patients and programs meet it."""

import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.practices.models import Practitioner
from maia.schedules.models import Schedule
from maia.tokens.issuing import make_token
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user, signed_in
from tests.office.settings.test_practitioner import typed
from tests.pages import shown as filled
from tests.portal.test_booking_page import confirm, url
from tests.portal.test_space import frozen, mine, patient, read, shown  # noqa: F401

PRACTICE = By.practice(None)


def clocks(page):
    return re.findall(r'class="slot"[^>]*>\s*([0-9]{2}:[0-9]{2})', page)


def note(type, practitioner, julie, text="09:00", day=THURSDAY):
    start = at(day, text)
    made = book_appointment(type, practitioner, start, julie, by=PRACTICE, now=NOW)
    return Appointment.objects.with_details().get(pk=made.pk)


@pytest.mark.rule("3.3.2")
def test_slots_with_a_buffer_follow_each_other_by_it(client, anne):
    type = make_type(anne.practice, minutes=20, buffer_after_minutes=5)
    page = read(client.get(f"/tilleuls/book/{type.pk}/?from=2026-12-03"))
    assert clocks(page)[:4] == ["09:00", "09:25", "09:50", "10:15"]


@pytest.mark.rule("3.1.5")
@pytest.mark.parametrize(("clock", "opens"), [("08:59", False), ("09:00", True)])
def test_a_morning_closed_the_evening_before_stays_so(client, anne, follow_up, clock, opens):
    anne.evening_cutoff, anne.minimum_notice_minutes = time(19), 0
    anne.save()
    with time_machine.travel(at(THURSDAY, clock), tick=False):
        page = read(client.get(f"/tilleuls/book/{follow_up.pk}/?from=2026-12-03"))
        query = f"type={follow_up.pk}&from=2026-12-03&to=2026-12-03"
        slots = client.get(f"/api/v1/practices/tilleuls/slots?{query}").json()["slots"]
    assert ("20261203T" in page) is opens
    assert bool(slots) is opens


@pytest.mark.rule("3.3.7")
def test_the_page_and_the_api_fill_her_days(patient, anne, follow_up):  # noqa: F811
    anne.practice.team.create(user=anne.user, role="owner")
    owner = signed_in(Client(), anne.user)
    sheet = reverse("office:practitioner", args=[anne.pk])
    assert owner.post(sheet, typed(fill_my_days="on")).status_code == 302
    page = read(patient.get(f"/tilleuls/book/{follow_up.pk}/?from=2026-12-03"))
    wanted = ["09:00", "11:30", "14:00", "17:30"]
    assert clocks(page)[:4] == wanted
    day = f"type={follow_up.pk}&from=2026-12-03&to=2026-12-03"
    slots = patient.get(f"/api/v1/practices/tilleuls/slots?{day}").json()["slots"]
    assert [slot["start"][11:16] for slot in slots] == wanted
    refused = confirm(patient, follow_up, anne, "10:00")
    assert refused.status_code == 409
    assert "20261203T103000" not in read(refused)
    assert confirm(patient, follow_up, anne, "11:30").status_code == 302


@pytest.mark.rule("3.1.14")
def test_a_notice_in_days_is_kept_by_page_and_api(patient, anne, follow_up):  # noqa: F811
    anne.practice.team.create(user=anne.user, role="owner")
    owner = signed_in(Client(), anne.user)
    sheet = reverse("office:practitioner", args=[anne.pk])
    assert owner.post(sheet, typed(minimum_notice_days="3")).status_code == 302
    page = read(patient.get(f"/tilleuls/book/{follow_up.pk}/?from=2026-12-01"))
    assert "20261204T" in page
    assert not {"20261201T", "20261202T", "20261203T"} & set(re.findall(r"2026120[0-9]T", page))
    query = f"type={follow_up.pk}&from=2026-12-01&to=2026-12-04"
    slots = patient.get(f"/api/v1/practices/tilleuls/slots?{query}").json()["slots"]
    assert {slot["start"][:10] for slot in slots} == {"2026-12-04"}
    refused = confirm(patient, follow_up, anne, "17:30")  # of the third
    assert refused.status_code == 409
    assert "20261204T" in read(refused)
    assert owner.post(sheet, typed(minimum_notice_days="31")).status_code == 422


def test_a_move_is_offered_and_taken_for_its_own_length(patient, anne, julie):  # noqa: F811
    type = make_type(anne.practice, minutes=60)
    made = note(type, anne, julie, "14:00")
    type.duration_minutes = 30
    type.save()
    page = read(patient.get(mine(made, "move") + "?from=2026-12-03"))
    starts = [clock for clock in clocks(page) if clock < "12:00"]
    assert starts[:3] == ["09:00", "10:00", "11:00"]
    assert "11:30" not in starts
    answer = patient.post(mine(made, "move_there", at(THURSDAY, "11:00")), shown(made))
    assert answer.status_code == 302
    assert (
        patient.post(mine(made, "move_there", at(THURSDAY, "17:30")), shown(made)).status_code
        == 409
    )


@pytest.mark.rule("3.4.7")
def test_what_she_moves_waits_for_a_yes_again(patient, anne, julie):  # noqa: F811
    made = note(make_type(anne.practice, needs_confirmation=True), anne, julie)
    patient.post(mine(made, "move_there", at(THURSDAY, "10:00")), shown(made))
    made.refresh_from_db()
    assert (made.status, made.start) == ("unconfirmed", at(THURSDAY, "10:00"))


def test_what_her_midwife_no_longer_offers_is_not_moved_online(patient, anne, follow_up, julie):  # noqa: F811
    made = note(follow_up, anne, julie)
    ines = Practitioner.objects.create(practice=anne.practice, first_name="Inès", last_name="R")
    type(follow_up).objects.update(practitioner=ines)
    page = mine(made)
    assert mine(made, "move") not in read(patient.get(page))
    assert patient.get(mine(made, "move"))["Location"] == page
    assert (
        patient.post(mine(made, "move_there", at(THURSDAY, "10:00")), shown(made)).status_code
        == 409
    )


@pytest.mark.rule("3.2.5")
def test_who_did_not_come_is_not_known_on_the_page(patient, anne, julie):  # noqa: F811
    type = make_type(anne.practice, known_patients_only=True)
    julie.origin = "online"
    julie.save()
    behind = NOW.replace(month=11, day=24)
    came = book_appointment(type, anne, behind, julie, by=PRACTICE, now=behind)
    Appointment.objects.filter(pk=came.pk).update(attendance="no_show")
    assert confirm(patient, type, anne).status_code == 409
    Appointment.objects.filter(pk=came.pk).update(attendance="attended")
    assert confirm(patient, type, anne).status_code == 302


@pytest.mark.rule("3.2.2")
def test_a_program_books_with_nobody_who_has_left_nor_what_is_archived(
    client, anne, follow_up, julie, practice
):
    practice.team.create(user=anne.user, role="owner")
    _token, secret = make_token(anne.user, "t", now=NOW, practice=practice)
    wanted = {"type": follow_up.pk, "practitioner": anne.pk, "patient": julie.pk,
              "start": "2026-12-03T09:00:00+01:00"}  # fmt: skip
    query = f"type={follow_up.pk}&practitioner={anne.pk}&date=2026-12-03"
    headers = {"Authorization": f"Bearer {secret}"}
    Practitioner.objects.filter(pk=anne.pk).update(is_active=False)
    for answer in (
        client.post("/api/v1/office/appointments", wanted, "application/json", headers=headers),
        client.get(f"/api/v1/office/availability?{query}", headers=headers),
    ):
        assert answer.status_code in (404, 422), answer.content
    assert not Appointment.objects.exists()


def types_limits(anne, julie):
    """A type of each limit, with what brings its sentence, its reason, and whether times are shown."""
    monday = THURSDAY + timedelta(days=4)
    limits = (
        ({"max_a_week": 1}, "cette semaine-là", "week_full", True),
        ({"max_new_a_week": 1}, "nouvelles patientes", "new_patients_full", True),
        ({"one_to_come": True}, "déjà un rendez-vous de ce type", "one_to_come", False),
        ({"days_between_two": 28}, "au moins 28\u00a0jours", "days_between_two", True),
    )
    for hour, (limit, words, reason, shows) in enumerate(limits, start=14):
        type = make_type(anne.practice, f"Type {reason}", **limit)
        hers = "max_a_week" not in limit and "max_new_a_week" not in limit
        who = julie if hers else make_patient(anne.practice, "Zoé", origin="online")
        note(type, anne, who, f"{hour}:00", day=monday)
        yield type, monday + timedelta(days=1), words, reason, shows


@pytest.mark.rule("3.2.8")
@pytest.mark.rule("3.2.9")
@pytest.mark.rule("3.2.10")
@pytest.mark.rule("3.2.11")
def test_who_meets_a_limit_reads_which_one_where_she_is(patient, anne, julie):  # noqa: F811
    julie.origin = "online"
    julie.save()
    _token, secret = make_token(julie.user, "t", now=NOW)
    for type, day, words, reason, shows in types_limits(anne, julie):
        page = read(confirm(patient, type, anne, "09:30", day))
        assert words in page, reason
        others = set(re.findall(rf"/book/{type.pk}/{anne.pk}/([0-9TZ]+)/", page))
        assert bool(others - {f"{at(day, '09:30'):%Y%m%dT%H%MZ}"}) is shows, reason
        if reason != "week_full":  # known before she writes anything
            assert words in read(patient.get(url("confirm", type, anne, "09:30", day))), reason
        body = {"type": type.pk, "practitioner": anne.pk, "start": at(day, "09:30").isoformat()}
        answer = patient.post(
            "/api/v1/practices/tilleuls/appointments", body, "application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (
            422, "not_bookable", reason,
        )  # fmt: skip
        assert bool(answer.json().get("alternatives")) is shows, reason
    assert Appointment.objects.filter(patient=julie).count() == 2


def test_a_newcomer_to_a_full_week_is_shown_another(client, anne):
    type = make_type(anne.practice, max_new_a_week=1)
    note(type, anne, make_patient(anne.practice, "Zoé", origin="online"), "17:00")
    user = make_user("nina@patiente.example")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    typed = {"first_name": "Nina", "last_name": "Roy", "mobile": "06 39 98 00 01"}
    page = read(confirm(client, type, anne, **typed))
    assert "nouvelles patientes" in page
    assert "20261207T" in page
    assert "20261204T" not in page
    assert not anne.practice.patients.filter(first_name="Nina").exists()
    assert confirm(client, type, anne, day=THURSDAY + timedelta(days=4), **typed).status_code == 302


@pytest.mark.rule("3.2.12")
def test_a_type_by_private_link_opens_to_who_has_it_and_to_nobody_else(patient, anne, follow_up):  # noqa: F811
    make_type(anne.practice, "Autre")
    type = make_type(anne.practice, "Étude", link_uid=uuid4())
    anne.practice.team.create(user=anne.user, role="owner")
    owner = signed_in(Client(), anne.user)
    sheet = reverse("office:edit_type", args=[type.pk])
    link = re.search(r"http[^<]+/book/[^<]+/", read(owner.get(sheet)))[0]
    path = "/tilleuls" + link.partition("/tilleuls")[2]
    assert "Étude" not in read(patient.get("/tilleuls/"))
    page = patient.get(path + "?from=2026-12-03")
    assert clocks(read(page))[0] == "09:00"
    assert page["X-Robots-Tag"] == "noindex"
    there = f"{path}{anne.pk}/{at(THURSDAY, '09:30'):%Y%m%dT%H%MZ}/"
    assert there in read(page)
    assert patient.post(there, {"request_key": uuid4(), "note": ""}).status_code == 302
    # Without it, or with another's, nothing.
    other = make_type(anne.practice, "À part", link_uid=uuid4())
    crossed = f"{type.pk}-{other.key.token}", f"{other.pk}-{type.key.token}"
    for key in (type.pk, f"{type.pk}-x", *crossed):
        bare = f"/tilleuls/book/{key}/"
        assert patient.get(bare).status_code == 404
        post = f"{bare}{anne.pk}/{at(THURSDAY, '10:30'):%Y%m%dT%H%MZ}/"
        assert patient.post(post, {"request_key": uuid4(), "note": ""}).status_code == 404
    renew = reverse("office:change_type", args=[type.pk, "renew-link"])
    assert "n’ouvrira plus rien" in read(owner.post(renew))
    assert patient.get(path).status_code == 200
    owner.post(renew, {"yes": "on"})
    gone = patient.get(path)
    assert gone.status_code == 404
    assert "Ce lien ne fonctionne plus" in read(gone)
    assert "cabinet@tilleuls.example" in read(gone)
    assert Appointment.objects.filter(event__type=type).count() == 1


def test_a_type_becomes_private_by_its_form_and_comes_back(client, anne, follow_up):
    anne.practice.team.create(user=anne.user, role="owner")
    owner = signed_in(Client(), anne.user)
    path = reverse("office:edit_type", args=[follow_up.pk])
    assert owner.post(path, filled(owner, path) | {"private_link": "on"}).status_code == 302
    follow_up.refresh_from_db()
    assert follow_up.private_link
    was = follow_up.key
    assert client.get(f"/tilleuls/book/{was}/").status_code == 200
    owner.post(path, filled(owner, path) | {"name": "Suivi"})  # nothing else changes it
    follow_up.refresh_from_db()
    assert follow_up.key == was
    owner.post(reverse("office:change_type", args=[follow_up.pk, "duplicate"]))
    copy = type(follow_up).objects.latest("pk")
    assert copy.private_link
    assert copy.key.token != was.token
    typed_again = filled(owner, path)
    typed_again.pop("private_link")
    owner.post(path, typed_again)
    follow_up.refresh_from_db()
    assert not follow_up.private_link
    assert client.get(f"/tilleuls/book/{follow_up.pk}/").status_code == 200


@pytest.mark.rule("3.2.13")
def test_a_type_of_some_is_booked_with_them_by_page_and_api(patient, anne, follow_up):  # noqa: F811
    practice = anne.practice
    practice.team.create(user=anne.user, role="owner")
    owner = signed_in(Client(), anne.user)
    team = [anne]
    for name in ("Inès", "Zoé"):
        her = Practitioner.objects.create(practice=practice, first_name=name, last_name="R")
        Schedule.objects.create(practitioner=her).write(dict.fromkeys(range(7), [(540, 720)]))
        team.append(her)
    path = reverse("office:edit_type", args=[follow_up.pk])
    ticks = [team[0].pk, team[1].pk]
    assert owner.post(path, filled(owner, path) | {"practitioners": ticks}).status_code == 302
    follow_up = type(follow_up).objects.get()
    assert follow_up.offered_by == ticks
    shown_ticks = {"initial-practitioners": ticks, "practitioners": ticks}
    owner.post(path, filled(owner, path) | shown_ticks | {"name": "Suivi"})
    assert type(follow_up).objects.get().offered_by == ticks
    page = read(patient.get(f"/tilleuls/book/{follow_up.pk}/?from=2026-12-03"))
    assert "Inès R" in page
    assert "Zoé R" not in page
    (listed,) = patient.get("/api/v1/practices/tilleuls/appointment-types").json()["items"]
    assert listed["practitioners"] == ticks
    day = f"type={follow_up.pk}&from=2026-12-03&to=2026-12-03"
    slots = patient.get(f"/api/v1/practices/tilleuls/slots?{day}").json()["slots"]
    assert {slot["practitioner"] for slot in slots} == set(ticks)
    assert (
        patient.get(f"/api/v1/practices/tilleuls/slots?{day}&practitioner={team[2].pk}").json()[
            "reason"
        ]
        == "not_this_practitioner"
    )
    assert confirm(patient, follow_up, team[2]).status_code == 404
    assert confirm(patient, follow_up, team[1]).status_code == 302
    # One or several, not both; none ticked is everybody again.
    both = filled(owner, path) | shown_ticks | {"practitioner": anne.pk}
    assert owner.post(path, both).status_code == 422
    other = filled(owner, path) | {"initial-practitioners": ticks[:1], "practitioners": ticks[1:]}
    assert "Inès R" in read(owner.post(path, other))  # changed meanwhile, by somebody else
    none = filled(owner, path) | {"initial-practitioners": ticks}
    none.pop("practitioners", None)
    assert owner.post(path, none).status_code == 302
    assert type(follow_up).objects.get().offered_by is None


def test_a_page_of_what_is_not_booked_any_more_leads_back(client, patient, anne, follow_up):  # noqa: F811
    path = f"/tilleuls/book/{follow_up.pk}/"
    there = f"{path}{anne.pk}/{at(THURSDAY, '09:30'):%Y%m%dT%H%MZ}/"
    assert client.get(path).status_code == 200
    follow_up.private_link = True
    follow_up.save()
    answers = [client.get(path), client.get(there), patient.post(there, {"note": ""})]
    nobodys = there.replace(f"/{anne.pk}/", "/999999/").replace(path, "/tilleuls/book/999999/")
    for answer in [*answers, client.get(nobodys), client.get("/tilleuls/book/999999/")]:
        assert answer.status_code == 404
        page = read(answer)
        assert "Cela ne se réserve pas en ligne ici" in page
        assert 'href="/tilleuls/"' in page
        assert "cabinet@tilleuls.example" in page
    follow_up.private_link = False
    follow_up.save()
    gone = client.get(there.replace(f"/{anne.pk}/", "/999999/"))
    assert gone.status_code == 404
    assert "Cela ne se réserve pas en ligne ici" in read(gone)
