"""An open agenda asks whether something has changed: no body and no line as long as nothing has."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maia.accounts import sessions
from maia.accounts.sessions import SELDOM, Lasting
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.confirming import confirm_appointment
from maia.appointments.acts.editing import edit_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.acts.personal import Change, Text, block_time, change_event, drop_event
from maia.appointments.agenda import Boxes, By
from maia.appointments.models import Appointment
from maia.privacy.models import JournalEntry
from maia.schedules.models import Absence, ExternalCalendar
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user

WEEK = "start=2026-11-30T00:00&end=2026-12-07T00:00"
NEWS = f"/pro/agenda/news/?{WEEK}"


@pytest.fixture
def ask(owner):
    def asked(tag="", path=NEWS):
        return owner.get(path, headers={"If-None-Match": tag, "Maia-Unattended": "1"})

    return asked


@pytest.fixture
def changed(ask):
    """Whether something has, since it was asked last."""
    last = ask()["ETag"]

    def has():
        nonlocal last
        before, answer = last, ask(last)
        last = answer["ETag"]
        assert (answer.status_code == 304) is (before == last)
        assert not answer.content
        return before != last

    return has


def test_it_is_the_tag_of_the_events(owner, ask, booked_in):
    booked_in("2026-12-03")
    tag = owner.get(f"/pro/agenda/events/?{WEEK}")["ETag"]
    answer = ask(tag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert ask(f"W/{tag}").status_code == 304  # as a server in front that compresses says it
    assert ask('"other"').status_code == 204


@pytest.mark.rule("3.12.14")
@pytest.mark.django_db(transaction=True)
def test_whatever_is_drawn_is_news(owner, practice, anne, julie, booked_in, changed):
    by, now = By.practice(anne.user), NOW
    assert not changed()
    one = booked_in("2026-12-03", unconfirmed=True)
    assert changed()
    confirm_appointment(one, by=by, now=now)
    assert changed()
    one = move_appointment(Appointment.objects.get(), at(THURSDAY, "10:30"), by=by, now=now)
    assert changed()
    edit_appointment(
        Appointment.objects.get(), practice_notes=None, attendance="no_show", by=by,
        now=at(THURSDAY, "11:00"), boxes=Boxes(email=False, sms=False), seen=Appointment.objects.get().version,
    )  # fmt: skip
    assert changed()
    julie.last_name = "Martin"
    julie.save()
    assert changed()
    cancel_appointment(Appointment.objects.get(), by=by, now=now)
    assert changed()
    span = (at(THURSDAY, "14:00"), at(THURSDAY, "15:00"))
    (event,) = block_time(anne, *span, Text("Réunion"), now=now, allow_overlap=False)
    assert changed()
    change_event(event, Change(colour="#aa3355"), now=now, allow_overlap=False)
    assert changed()
    drop_event(event, now=now)
    assert changed()
    away = Absence.objects.create(
        practitioner=anne, start=at(THURSDAY, "14:00"), end=at(THURSDAY, "15:00")
    )
    assert changed()
    away.delete()
    assert changed()
    calendar = ExternalCalendar.objects.create(practitioner=anne, name="x", url="https://x.example")
    busy = {"start": at(THURSDAY, "14:00"), "end": at(THURSDAY, "15:00"), "title": "x"}
    Absence.objects.create(practitioner=anne, calendar=calendar, **busy)
    assert changed()
    calendar.delete()
    assert changed()
    anne.schedule.write({0: [(540, 720)]})
    assert changed()
    booked_in("2026-12-17")  # another week
    assert not changed()


@pytest.mark.rule("3.12.14")
def test_so_is_whose_it_is_and_how_it_looks(practice, anne, follow_up, booked_in, changed):
    one = booked_in("2026-12-03")
    assert changed()
    follow_up.colour = "#aa3355"
    follow_up.save()
    assert changed()
    follow_up.name = "Suivi long"
    follow_up.save()
    assert changed()
    anne.last_name = "Martin"
    anne.save()
    assert changed()
    anne.closed_on_public_holidays = not anne.closed_on_public_holidays
    anne.save()
    assert changed()
    practice.holiday_region = "57"
    practice.save()
    assert changed()
    before = Appointment.objects.filter(pk=one.pk).update(patient=make_patient(practice, "Nora"))
    assert before == 1
    assert changed()  # given to another patient


def test_one_practitioners_agenda_has_no_news_of_another(ask, anne, ines, booked_in):
    path = f"{NEWS}&practitioner={anne.pk}"
    before = ask(path=path)["ETag"]
    booked_in("2026-12-03", practitioner=ines)
    assert ask(before, path).status_code == 304
    assert ask().status_code == 204


def test_another_practice_is_no_news(ask, elsewhere, changed):
    Absence.objects.create(
        practitioner=elsewhere["practitioner"],
        start=at(THURSDAY, "14:00"),
        end=at(THURSDAY, "15:00"),
    )
    assert not changed()


def test_it_reads_what_a_page_costs_and_one_statement_more(ask, booked_in):
    for n in range(8):
        booked_in("2026-12-03", f"{10 + n}:00")
    tag = ask()["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert ask(tag).status_code == 304
    own = [q["sql"] for q in captured if "json_" in q["sql"]]
    assert len(own) == 1
    assert len(captured) <= 5  # the session, she, her places, the practitioners
    assert not [q for q in captured if not q["sql"].lstrip().startswith("SELECT")]


@pytest.mark.rule("3.12.14")
def test_it_writes_no_line(ask, booked_in):
    booked_in("2026-12-03")
    ask(ask()["ETag"])
    assert not JournalEntry.objects.filter(act=JournalEntry.Act.AGENDA).exists()


def test_who_may_not_read_is_told_nothing(client, sign_in, team):
    assert client.get(NEWS).status_code == 302
    assert sign_in(make_user("patient@x.example")).get(NEWS).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["", "start=x&end=y", "start=2026-12-07T00:00&end=2026-11-30T00:00", "start=1000-01-01T00:00&end=9999-01-01T00:00"],
)  # fmt: skip
def test_a_bad_range_is_a_400(owner, query):
    assert owner.get(f"/pro/agenda/news/?{query}").status_code == 400


@pytest.mark.rule("3.12.14")
@pytest.mark.parametrize("kind", [Lasting.TEAM, Lasting.BORROWED])
def test_a_page_that_asks_by_itself_keeps_no_session_alive(owner, ask, kind, time_machine):
    session = owner.session
    sessions.mark(session, kind, now=timezone.now())
    session.save()
    steps = int(sessions.idle_time(kind) / SELDOM)
    for n in range(1, steps + 1):
        time_machine.move_to(NOW + n * SELDOM - timedelta(seconds=1), tick=False)
        assert ask().status_code == 204
    time_machine.move_to(NOW + sessions.idle_time(kind) + timedelta(seconds=1), tick=False)
    assert ask().status_code == 302


def test_a_replacement_is_news(practice, anne, ines, changed):
    assert not changed()
    one = practice.replacements.create(
        practitioner=anne, substitute=ines, first_date=THURSDAY, last_date=THURSDAY
    )
    assert changed()
    one.delete()
    assert changed()
