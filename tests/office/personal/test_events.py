"""Personal events on their pages: made, shown in one line, changed, moved, dropped."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.personal import Text, block_time
from maia.appointments.agenda import By
from maia.appointments.models import Event, Series
from maia.office.personal.forms import PersonalForm
from maia.practices.seats import memberships_of, take_seat
from maia.schedules.repeating import Rule
from tests.conftest import NOW, THURSDAY, at, make_patient
from tests.pages import anyway

NEW = "/pro/events/new/"


def typed(anne, **more):
    return {
        "practitioner": anne.pk, "title": "Staff", "date": "2026-12-03", "time": "14:00", "until": "15:00",
    } | more  # fmt: skip


def text(answer):
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def page_of(event):
    return reverse("office:personal_event", args=[event.pk])


def sent_by(page):
    """What a browser would post of a page that was changed in nothing."""
    form = re.search(r'<form\s[^>]*class="personal".*?</form>', page, re.DOTALL)[0]
    said = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = (re.search(rf'\s{a}="([^"]*)"', tag) for a in ("name", "value"))
        kind = re.search(r'type="(\w+)"', tag)[1]
        if name is None or (kind in ("checkbox", "radio") and not re.search(r"\schecked", tag)):
            continue
        said.setdefault(name[1], []).append(
            unescape(value[1]) if value else "on" if kind in ("checkbox", "radio") else ""
        )
    for name, inside in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.DOTALL):
        said[name] = re.findall(r'<option value="([^"]*)" selected', inside)
    for name, inside in re.findall(
        r'<textarea name="([\w-]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL
    ):
        said.setdefault(name, []).append(unescape(inside).strip("\r\n"))
    return said


def series(anne, rule="FREQ=WEEKLY", last=None, **how):
    span = (at(THURSDAY, "14:00"), at(THURSDAY, "15:00"))
    how = {"now": NOW, "allow_overlap": False} | how
    return block_time(anne, *span, Text("Staff"), rule=Rule(rule, last), **how)


def shown(practice):
    rows = Event.objects.filter(kind="personal").order_by("start")
    return [f"{row.start.astimezone(practice.zone):%d/%m %H:%M} {row.title}" for row in rows]


def test_the_day_looked_at_goes_along_to_each_form(owner):
    """By its key and by its tab: `n`, then *Événement* or *Absence*."""
    page = owner.get("/pro/appointments/new/?date=2026-12-10").content.decode()
    assert f'href="{NEW}?date=2026-12-10"' in page
    event = owner.get(f"{NEW}?date=2026-12-10").context["form"].initial
    assert (str(event["date"]), str(event["time"])) == ("2026-12-10", "09:00:00")
    assert event["weekdays"] == [3]
    away = owner.get("/pro/absences/new/?date=2026-12-10").context["form"].initial
    assert (str(away["first_date"]), str(away["last_date"])) == ("2026-12-10", "2026-12-10")


def test_from_the_agenda_when_and_whose_are_filled_in(owner, ines):
    page = text(
        owner.get(f"{NEW}?start=2026-12-10T15:30&end=2026-12-10T16:15&practitioner={ines.pk}")
    )
    for value in (
        'value="2026-12-10"',
        'value="15:30"',
        'value="16:15"',
        f'<option value="{ines.pk}" selected',
    ):
        assert value in page
    for nonsense in (
        "start=x",
        "start=9999-12-31T10:00",
        "start=2026-12-10T15:30&end=2025-01-01T00:00",
        "practitioner=x",
    ):
        assert owner.get(f"{NEW}?{nonsense}").status_code == 200


@pytest.mark.rule("3.12.16")
def test_every_tuesday_with_no_end_is_one_line(owner, anne, practice):
    weekly = typed(anne, repeat="weekly", weekdays=["1"], note="Salle 2", colour="#2f6db0")
    assert owner.post(NEW, weekly).status_code == 302
    first = Event.objects.order_by("start").first()
    assert first.start == at(date(2026, 12, 8), "14:00")  # the first Tuesday from that day on
    assert (first.note, first.colour, Series.objects.get().last_date) == (
        "Salle 2",
        "#2f6db0",
        None,
    )
    page = text(owner.get("/pro/absences/"))
    assert page.count("Staff") == 1
    assert "Tous les mardis, sans fin, 14:00 – 15:00" in page
    assert "prochaine fois le mardi 8 décembre 2026" in page


def test_the_page_of_a_new_one_is_sent_as_a_browser_does(owner, anne):
    page = sent_by(owner.get(f"{NEW}?start=2026-12-10T15:30").content.decode())
    assert owner.post(NEW, page | {"title": "Staff", "repeat": "weekly"}).status_code == 302
    assert Series.objects.get().first_date == date(2026, 12, 10)


def test_the_summary_says_what_is_being_typed_and_saves_nothing(owner, anne):
    path = reverse("office:event_summary")
    words = text(owner.post(path, typed(anne, repeat="nth", every="1")))
    assert "Tous les mois, le 1er jeudi, sans fin, 14:00 – 15:00" in words
    assert "Premières dates : jeudi 3 décembre, jeudi 7 janvier, jeudi 4 février." in words
    assert text(owner.post(path, typed(anne, until="13:00"))).strip() == ""
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": "13:00"}, "until"),
        ({"time": ""}, "time"),
        ({"date": "hier"}, "date"),
        ({"whole_days": "on", "last_date": "2028-12-03"}, "date"),
        ({"last_date": "2026-12-01"}, "last_date"),
        ({"repeat": "weekly", "repeat_until": "2026-12-01"}, "repeat_until"),
        ({"repeat": "daily", "last_date": "2026-12-05"}, "repeat"),
        ({"repeat": "weekly", "weekdays": ["9"]}, "weekdays"),
        ({"repeat": "weekly", "every": "0"}, "every"),
        ({"repeat": "weekly", "date": "2031-01-02"}, "repeat"),
        ({"repeat": "hourly"}, "repeat"),
        ({"colour": "red"}, "colour"),
        ({"title": "x" * 200}, "title"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_typed_is_lost(owner, anne, more, field):
    answer = owner.post(NEW, typed(anne, note="Gardez-moi", **more))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Gardez-moi" in text(answer)
    assert not Event.objects.exists()


NO_END = "Cet événement ne se répète pas\N{NO-BREAK SPACE}: choisissez une répétition, ou effacez cette date."


@pytest.mark.parametrize("until", ["2026-12-31", "hier"])
@pytest.mark.parametrize("repeat", ["never", ""])
def test_an_end_of_what_does_not_repeat_is_refused_where_it_was_typed(anne, owner, repeat, until):
    seat = take_seat(memberships_of(anne.user)[0], shown=True)
    form = PersonalForm(typed(anne, repeat=repeat, repeat_until=until), seat=seat)
    assert list(form.errors) == ["repeat_until"]
    assert len(form.errors["repeat_until"]) == 1
    assert PersonalForm(typed(anne, repeat=repeat, repeat_until=""), seat=seat).is_valid()
    answer = owner.post(NEW, typed(anne, repeat=repeat, repeat_until=until))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert NO_END in page
    assert f'value="{until}"' in page
    assert not Event.objects.exists()
    owner.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "This event does not repeat: choose" in text(
        owner.post(NEW, typed(anne, repeat=repeat, repeat_until=until))
    )


def test_the_end_that_a_repetition_had_does_not_stand_in_the_way_of_ending_it(owner, anne):
    first = series(anne, last=date(2026, 12, 17))[0]
    page = sent_by(owner.get(page_of(first)).content.decode()) | {"which": "all", "repeat": "never"}
    other = owner.post(page_of(first), page | {"repeat_until": "2026-12-24"})
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["repeat_until"])
    for end in (page, {name: value for name, value in page.items() if name != "repeat_until"}):
        assert owner.post(page_of(first), end).status_code == 200  # asks first
    assert owner.post(page_of(first), page | {"yes": "1"}).status_code == 302
    assert Event.objects.count() == 1


@pytest.mark.rule("3.4.4")
def test_what_it_overlaps_is_said_with_whom_and_saved_on_purpose(owner, anne, follow_up, julie):
    by = By.practice(None)
    for day in (10, 17):
        book_appointment(follow_up, anne, at(date(2026, 12, day), "14:30"), julie, by=by, now=NOW)
    weekly = typed(anne, repeat="weekly", repeat_until="2026-12-31")
    answer = owner.post(NEW, weekly)
    assert answer.status_code == 409
    page = text(answer)
    assert "2 dates sur 5 chevauchent quelque chose dans l’agenda" in page
    assert "jeudi 10 décembre 2026, 14:30 – 15:00 – Julie Petit" in page
    assert not Series.objects.exists()
    assert anyway(owner, NEW, weekly).status_code == 302
    assert Event.objects.filter(kind="personal").count() == 5
    assert Event.objects.filter(kind="personal", exclusive=False).count() == 2


@pytest.mark.rule("3.12.15")
@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ("this", ["03/12 14:00 Staff", "10/12 16:00 Bilan", "17/12 14:00 Staff"]),
        ("following", ["03/12 14:00 Staff", "10/12 16:00 Bilan", "17/12 16:00 Bilan"]),
        ("all", ["03/12 16:00 Bilan", "10/12 16:00 Bilan", "17/12 16:00 Bilan"]),
    ],
)
def test_this_one_the_following_or_all_change(owner, anne, practice, which, expected):
    second = series(anne, last=date(2026, 12, 17))[1]
    page = owner.get(page_of(second)).content.decode()
    change = sent_by(page) | {"which": which, "title": "Bilan", "time": "16:00", "until": "17:00"}
    assert owner.post(page_of(second), change).status_code == 302
    assert shown(practice) == expected


def test_a_page_that_was_changed_in_nothing_changes_nothing(owner, anne, practice):
    second = series(anne, "FREQ=WEEKLY;BYDAY=MO,TH", date(2026, 12, 17))[1]
    before = list(Event.objects.order_by("pk").values("pk", "start", "end", "title", "is_apart"))
    for which in ("this", "following", "all"):
        change = sent_by(owner.get(page_of(second)).content.decode()) | {"which": which}
        assert owner.post(page_of(second), change).status_code == 302
        after = list(Event.objects.order_by("pk").values("pk", "start", "end", "title", "is_apart"))
        assert after == before


def test_moved_to_another_day_the_following_come_back_on_that_day(owner, anne, practice):
    second = series(anne, last=date(2026, 12, 31))[1]
    change = sent_by(owner.get(page_of(second)).content.decode())
    change |= {"which": "following", "date": "2026-12-11"}
    asked = owner.post(page_of(second), change)
    assert "1 autre date disparaît : jeudi 31 décembre 2026" in text(asked)
    assert [line[:5] for line in shown(practice)] == ["03/12", "10/12", "17/12", "24/12", "31/12"]
    owner.post(page_of(second), change | {"yes": "1"})
    assert [line[:5] for line in shown(practice)] == ["03/12", "11/12", "18/12", "25/12"]


@pytest.mark.rule("3.12.15")
def test_who_has_one_open_while_all_are_moved_loses_nothing(owner, sign_in, team, anne, practice):
    first, second, _third = series(anne, last=date(2026, 12, 31))[:3]
    colleague = sign_in(team["assistant"])
    open_page = sent_by(colleague.get(page_of(second)).content.decode())
    change = sent_by(owner.get(page_of(first)).content.decode())
    change |= {"which": "all", "time": "16:00", "until": "17:00"}
    assert owner.post(page_of(first), change).status_code == 302
    answer = colleague.post(page_of(second), open_page | {"note": "Salle 2"})
    assert answer.status_code == 302
    second.refresh_from_db()
    assert (second.note, second.start) == ("Salle 2", at(date(2026, 12, 10), "16:00"))


@pytest.mark.rule("3.12.5")
def test_a_repetition_that_ends_asks_naming_what_goes(owner, anne, practice):
    second = series(anne, "FREQ=WEEKLY;BYDAY=MO,TH", date(2026, 12, 31))[1]
    change = sent_by(owner.get(page_of(second)).content.decode())
    change |= {"which": "all", "repeat": "never", "title": "Seul"}
    before = shown(practice)
    asked = owner.post(page_of(second), change)
    page = text(asked)
    assert "Supprimer des dates de « Staff » ?" in page
    assert (
        "8 autres dates disparaissent, du jeudi 3 décembre 2026 au jeudi 31 décembre 2026" in page
    )
    assert shown(practice) == before
    asked_again = re.findall(r'name="weekdays" value="(\d)"', asked.content.decode())
    assert asked_again == change["weekdays"] == ["0", "3"]
    assert owner.post(page_of(second), change | {"yes": "1"}).status_code == 302
    assert shown(practice) == ["07/12 14:00 Seul"]


def test_of_one_without_end_no_last_date_is_named(owner, anne):
    first = series(anne)[0]
    change = sent_by(owner.get(page_of(first)).content.decode())
    page = text(owner.post(page_of(first), change | {"which": "all", "repeat": "never"}))
    assert (
        "Les autres dates à partir du jeudi 10 décembre 2026 disparaissent : 108 sont dans l’agenda."
        in page
    )
    assert "2028" not in page


@pytest.mark.rule("3.12.1")
def test_a_new_weekly_one_follows_the_date_that_is_typed(owner, anne, practice):
    """The page was opened on a Thursday; she types a Tuesday, and touches no weekday."""
    page = sent_by(owner.get(f"{NEW}?start=2026-12-03T14:00").content.decode())
    weekly = page | {"title": "Staff", "repeat": "weekly", "date": "2026-12-08"}
    assert owner.post(NEW, weekly).status_code == 302
    assert shown(practice)[:2] == ["08/12 14:00 Staff", "15/12 14:00 Staff"]
    page = sent_by(owner.get(f"{NEW}?start=2026-12-03T16:00").content.decode())
    weekly = page | {"repeat": "weekly", "date": "2026-12-08", "weekdays": ["2"]}  # she chose it
    assert owner.post(NEW, weekly).status_code == 302
    assert Series.objects.get(begins="16:00").first_date == date(2026, 12, 9)


@pytest.mark.rule("3.1.2")
def test_an_hour_that_the_clocks_skip_is_refused_where_it_is_typed(owner, anne, follow_up, julie):
    night = {"date": "2027-03-28", "time": "02:30", "until": "03:30"}
    answer = owner.post(NEW, typed(anne, **night))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["time"])
    assert "cette heure n’existe pas" in text(answer)
    answer = owner.post(NEW, typed(anne, **night | {"time": "01:30", "until": "02:30"}))
    assert list(answer.context["form"].errors) == ["until"]
    assert not Event.objects.exists()
    event = series(anne)[0]
    for start, end in (
        ("2027-03-28T02:30", "2027-03-28T03:30"),
        ("2027-03-28T01:30", "2027-03-28T02:30"),
    ):
        answer = drag(owner, event, start, end)
        assert answer.status_code == 422
    by = By.practice(None)
    booked = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    for more in ({"time": "02:30"}, {"time": "01:30", "end": "2027-03-28T02:30"}):
        answer = owner.post(
            reverse("office:move", args=[booked.pk]),
            {"date": "2027-03-28", "version": booked.version, **more},
        )
        assert answer.status_code == 422
    booked.refresh_from_db()
    assert booked.start == at(THURSDAY, "09:00")


def test_of_two_at_once_the_second_is_told_at_the_field(owner, anne, practice):
    (event,) = block_time(
        anne,
        at(THURSDAY, "14:00"),
        at(THURSDAY, "15:00"),
        Text("Staff"),
        now=NOW,
        allow_overlap=False,
    )
    page = sent_by(owner.get(page_of(event)).content.decode())
    owner.post(page_of(event), page | {"title": "Équipe"})
    answer = owner.post(page_of(event), page | {"title": "Réunion", "note": "Salle 2"})
    assert answer.status_code == 422
    assert "Équipe" in text(answer)
    owner.post(page_of(event), page | {"note": "Salle 3"})  # another field
    event.refresh_from_db()
    assert (event.title, event.note) == ("Équipe", "Salle 3")


def test_a_rule_that_the_form_cannot_say_is_kept(owner, anne):
    first = series(anne, "FREQ=YEARLY;BYMONTH=12;BYDAY=1TH")[0]
    page = owner.get(page_of(first)).content.decode()
    assert "FREQ=YEARLY;BYMONTH=12;BYDAY=1TH" in page
    change = sent_by(page) | {"which": "all", "time": "16:00", "until": "17:00"}
    assert owner.post(page_of(first), change).status_code == 302
    assert Series.objects.get().rule == "FREQ=YEARLY;BYMONTH=12;BYDAY=1TH"


@pytest.mark.rule("3.12.5")
def test_deleting_asks_by_name_which_ones(owner, anne, practice):
    first, second, _third = series(anne, last=date(2026, 12, 17))
    path = reverse("office:delete_event", args=[second.pk])
    page = text(owner.get(path))
    assert "Supprimer Staff" in page
    assert "3 dates" in page
    assert "2 dates" in page
    owner.post(path, {"which": "all"})  # not sure yet
    assert Event.objects.count() == 3
    for version in ("", "x", "7"):
        said = {"yes": "1", "which": "this", "version": version}
        assert owner.post(path, said).status_code == 409
    assert owner.post(path, {"yes": "1", "which": "this"}).status_code == 409
    assert Event.objects.count() == 3
    owner.post(path, {"yes": "1", "which": "this", "version": "0"})
    assert shown(practice) == ["03/12 14:00 Staff", "17/12 14:00 Staff"]
    path = reverse("office:delete_event", args=[first.pk])
    assert owner.post(path, {"yes": "1", "which": "all", "version": "7"}).status_code == 409
    owner.post(path, {"yes": "1", "which": "all", "version": "0"})
    assert not Event.objects.exists()


def drag(client, event, start, end, **more):
    day, _sep, clock = start.partition("T")
    posted = {"date": day, "time": clock, "end": end, "version": event.version} | more
    return client.post(
        reverse("office:move_event", args=[event.pk]),
        posted,
        headers={"accept": "application/json"},
    )


@pytest.mark.rule("3.12.15")
def test_a_drag_moves_this_one_only_says_so_and_is_undone(owner, anne, practice, follow_up, julie):
    _first, second, _third = series(anne, last=date(2026, 12, 17))
    answer = drag(owner, second, "2026-12-11T10:00", "2026-12-11T11:30")
    assert "les autres de la série restent" in answer.json()["said"]
    assert shown(practice) == ["03/12 14:00 Staff", "11/12 10:00 Staff", "17/12 14:00 Staff"]
    assert (
        drag(owner, second, "2026-12-12T10:00", "2026-12-12T11:00").status_code == 409
    )  # was seen before
    made = answer.json()
    assert owner.post(made["undo"], {"version": made["version"], **made["back"]}).status_code == 200
    second.refresh_from_db()
    assert (second.start, second.is_apart) == (at(date(2026, 12, 10), "14:00"), False)
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=By.practice(None), now=NOW)
    answer = drag(owner, second, "2026-12-03T09:00", "2026-12-03T09:30")
    assert (answer.status_code, answer.json()["overlaps"]) == (409, True)
    assert answer.json()["met"] == ["jeudi 3 décembre 2026, 09:00 – 09:30 – Julie Petit"]
    there = ("2026-12-03T09:00", "2026-12-03T09:30")
    assert drag(owner, second, *there, allow_overlap="on").status_code == 409  # of no warning
    mark = answer.json()["mark"]
    assert drag(owner, second, *there, allow_overlap=mark).status_code == 200


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2026-12-03T10:00", "2026-12-03T09:00"),
        ("2026-12-03T10:00", "2031-12-03T09:00"),
        ("x", "y"),
    ],
)
def test_a_drag_that_cannot_be_read_changes_nothing(owner, anne, start, end):
    event = series(anne)[0]
    assert drag(owner, event, start, end).status_code == 422


@pytest.mark.parametrize("version", ["", "x", "7"])
def test_a_drag_says_what_it_has_seen(owner, anne, version):
    event = series(anne)[0]
    answer = drag(owner, event, "2026-12-03T10:00", "2026-12-03T11:00", version=version)
    assert answer.status_code == 409
    event.refresh_from_db()
    assert event.start == at(THURSDAY, "14:00")


@pytest.mark.rule("3.12.15")
def test_a_drag_gives_it_to_a_colleague_and_is_undone(owner, anne, ines, elsewhere):
    (event,) = block_time(
        anne,
        at(THURSDAY, "14:00"),
        at(THURSDAY, "15:00"),
        Text("Staff"),
        now=NOW,
        allow_overlap=False,
    )
    there = ("2026-12-03T10:00", "2026-12-03T11:00")
    for nobody in (elsewhere["practitioner"].pk, "x"):
        assert drag(owner, event, *there, practitioner=nobody).status_code == 404
    answer = drag(owner, event, *there, practitioner=ines.pk).json()
    event.refresh_from_db()
    assert (event.practitioner, event.start) == (ines, at(THURSDAY, "10:00"))
    assert "est passé à Inès Haddad" in answer["said"]
    assert (
        owner.post(answer["undo"], {"version": answer["version"], **answer["back"]}).status_code
        == 200
    )
    event.refresh_from_db()
    assert (event.practitioner, event.start) == (anne, at(THURSDAY, "14:00"))


def test_one_of_a_series_that_is_dragged_to_a_colleague_leaves_it(owner, anne, ines, practice):
    _first, second, _third = series(anne, last=date(2026, 12, 17))
    answer = drag(owner, second, "2026-12-10T10:00", "2026-12-10T11:00", practitioner=ines.pk)
    assert "ne fait plus partie de sa série" in answer.json()["said"]
    second.refresh_from_db()
    assert (second.practitioner, second.series) == (ines, None)


def undo(client, answer, **more):
    made = answer.json()
    return client.post(made["undo"], {"version": made["version"], **made["back"], **more})


@pytest.mark.rule("3.12.15")
def test_such_a_drag_is_undone_whole(owner, anne, ines, practice):
    """In whose agenda, when, and as which of its series."""
    _first, second, third = series(anne, last=date(2026, 12, 17))
    was = rows()
    answer = drag(owner, second, "2026-12-10T10:00", "2026-12-10T11:00", practitioner=ines.pk)
    other = drag(owner, third, "2026-12-18T10:00", "2026-12-18T11:00").json()["back"]
    for forged in ("", "x", other["stood"]):
        assert undo(owner, answer, stood=forged).status_code == 409
    assert undo(owner, answer, version="0").status_code == 409
    back = undo(owner, answer)
    assert "fait de nouveau partie de sa série" in back.json()["said"]
    assert undo(owner, answer).status_code == 409
    third.refresh_from_db()
    assert rows()[:2] == was[:2]
    # It goes along with all again.
    page = sent_by(owner.get(page_of(second)).content.decode())
    owner.post(page_of(second), page | {"which": "all", "title": "Réunion"})
    assert shown(practice)[:2] == ["03/12 14:00 Réunion", "10/12 14:00 Réunion"]


def rows():
    """All that says where each stands."""
    columns = ("pk", "practitioner", "start", "end", "series", "series_date", "is_apart")
    return list(Event.objects.order_by("pk").values_list(*columns, "exclusive"))


def test_what_cannot_be_undone_any_more_is_said_and_stays(owner, anne, ines, follow_up, julie):
    _first, second, third = series(anne, last=date(2026, 12, 17))
    there = {"practitioner": ines.pk}
    dragged = [
        drag(owner, second, "2026-12-10T10:00", "2026-12-10T11:00", **there),
        drag(owner, third, "2026-12-17T10:00", "2026-12-17T11:00", **there),
    ]
    by = By.practice(None)
    book_appointment(follow_up, anne, at(date(2026, 12, 10), "14:30"), julie, by=by, now=NOW)
    taken = undo(owner, dragged[0])
    assert taken.status_code == 409
    assert "a été pris entre-temps" in taken.json()["error"]
    Series.objects.all().delete()
    gone = undo(owner, dragged[1])
    assert gone.status_code == 409
    assert "ou sa série" in gone.json()["error"]
    anne.is_active = False
    anne.save()
    assert "est partie" in undo(owner, dragged[1]).json()["error"]
    assert {event.practitioner for event in Event.objects.filter(kind="personal")} == {anne, ines}


def test_over_what_it_was_on_purpose_it_goes_back_without_a_question(owner, anne, follow_up, julie):
    by = By.practice(None)
    book_appointment(follow_up, anne, at(THURSDAY, "14:30"), julie, by=by, now=NOW)
    event = series(anne, last=THURSDAY, allow_overlap=True)[0]
    answer = drag(owner, event, "2026-12-03T16:00", "2026-12-03T17:00")
    event.refresh_from_db()
    assert event.exclusive
    assert undo(owner, answer).status_code == 200
    event.refresh_from_db()
    assert (event.start, event.exclusive) == (at(THURSDAY, "14:00"), False)


def test_a_drag_overlaps_what_was_read_and_nothing_that_came_since(
    owner, anne, ines, follow_up, julie, practice
):
    by = By.practice(None)
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), julie, by=by, now=NOW)
    event = series(anne)[0]
    there = ("2026-12-03T09:00", "2026-12-03T10:00")
    mark = drag(owner, event, *there).json()["mark"]
    zoe = make_patient(practice, "Zoé")
    book_appointment(follow_up, anne, at(THURSDAY, "09:30"), zoe, by=by, now=NOW)
    again = drag(owner, event, *there, allow_overlap=mark)
    assert again.status_code == 409
    assert [line.split(" – ")[-1] for line in again.json()["met"]] == ["Julie Petit", "Zoé Petit"]
    # The same sentences of another agenda are another warning.
    for patient, time in ((julie, "09:00"), (zoe, "09:30")):
        book_appointment(
            follow_up, ines, at(THURSDAY, time), patient, by=by, now=NOW, allow_overlap=True
        )
    mark = again.json()["mark"]
    given = drag(owner, event, *there, practitioner=ines.pk, allow_overlap=mark)
    assert given.status_code == 409
    assert drag(owner, event, *there, allow_overlap=mark).status_code == 200


def test_its_page_gives_it_to_a_colleague(owner, anne, ines, practice):
    first = series(anne, last=date(2026, 12, 17))[0]
    page = sent_by(owner.get(page_of(first)).content.decode())
    assert page["practitioner"] == [str(anne.pk)]
    owner.post(page_of(first), page | {"which": "all", "practitioner": ines.pk})
    assert ines.events.count() == 3
    assert not anne.events.exists()
    ines.is_active = False
    ines.save()
    page = sent_by(owner.get(page_of(first)).content.decode())
    assert page["practitioner"] == [str(ines.pk)]  # whose it is, though she has left
    answer = owner.post(page_of(first), page | {"practitioner": "99999"})
    assert list(answer.context["form"].errors) == ["practitioner"]


def test_the_agenda_draws_its_colour_with_readable_ink_and_says_that_it_is_repeated(owner, anne):
    series(anne)
    Event.objects.update(colour="#e3b505")
    rows = owner.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00").json()
    (row,) = [row for row in rows if row.get("title") == "Staff"]
    assert (row["colour"], row["ink"], row["classNames"]) == ("#e3b505", "#000000", ["repeated"])
    assert row["is"]["name"] == "Événement personnel"


def test_an_assistant_takes_time_in_the_agenda(sign_in, team, anne):
    assert sign_in(team["assistant"]).post(NEW, typed(anne)).status_code == 302


def test_pages_cost_no_more_for_a_long_series(owner, anne, django_assert_max_num_queries):
    series(anne)
    series(anne, "FREQ=DAILY", allow_overlap=True)
    with django_assert_max_num_queries(25):
        owner.get("/pro/absences/")
    with django_assert_max_num_queries(25):
        owner.get(page_of(Event.objects.first()))


def test_whole_days_over_several(owner, anne):
    days = {"whole_days": "on", "time": "", "until": "", "last_date": "2026-12-05"}
    assert owner.post(NEW, typed(anne, **days)).status_code == 302
    event = Event.objects.get()
    assert (event.start, event.end) == (
        at(THURSDAY, "00:00"),
        at(THURSDAY + timedelta(days=3), "00:00"),
    )
    change = sent_by(owner.get(page_of(event)).content.decode())
    assert change["last_date"] == ["2026-12-05"]


def test_another_rhythm_of_this_one_alone_is_asked_about_and_nothing_is_lost(owner, anne, practice):
    first = series(anne, last=date(2026, 12, 17))[0]
    page = sent_by(owner.get(page_of(first)).content.decode())
    for more in ({"repeat": "monthly"}, {"every": "2"}, {"repeat_until": ""}, {"weekdays": ["1"]}):
        answer = owner.post(page_of(first), page | {"title": "Réunion"} | more)
        assert answer.status_code == 422, more
        assert list(answer.context["form"].errors) == ["which"]
        assert "celui-ci et les suivants" in text(answer)
        assert "Réunion" in text(answer)
        assert shown(practice)[0] == "03/12 14:00 Staff"
    owner.post(page_of(first), page | {"repeat": "monthly", "which": "all", "sure": "1"})
    # What is folded away says nothing.
    saved = owner.post(page_of(first), page | {"title": "Réunion", "which": "this"})
    assert saved.status_code == 302


@pytest.mark.parametrize("path", [NEW, "/pro/absences/new/", "/pro/appointments/new/", None])
def test_who_has_left_meanwhile_is_given_nothing_and_that_is_said(
    owner, anne, ines, follow_up, julie, path
):
    """Of a page that was opened while she was there, be she the only colleague."""
    event = series(anne, last=date(2026, 12, 17))[0]
    page = sent_by(owner.get(page_of(event)).content.decode())
    ines.is_active = False
    ines.save()
    before = Event.objects.count()
    away = {"first_date": "2026-12-09", "last_date": "2026-12-09", "repeat": "never"}
    noted = {"patient": julie.pk, "type": follow_up.pk, "time": "10:00", "date": "2026-12-09"}
    change = page | {"which": "all", "practitioner": ines.pk, "title": "Réunion"}
    there = typed(anne) | away | noted | {"practitioner": ines.pk} if path else change
    answer = owner.post(path or page_of(event), there)
    assert answer.status_code == 422
    assert "Cette collègue est partie." in text(answer)
    assert list(answer.context["form"].errors) == ["practitioner"]
    assert Event.objects.count() == before
    assert not ines.events.exists()
    assert not ines.absences.exists()


def test_an_evening_ends_at_midnight(owner, anne):
    assert owner.post(NEW, typed(anne, time="20:00", until="00:00")).status_code == 302
    event = Event.objects.get()
    assert event.end == at(THURSDAY + timedelta(days=1), "00:00")
    page = sent_by(owner.get(page_of(event)).content.decode())
    assert (page["until"], page["last_date"]) == (["00:00"], [""])
    owner.post(page_of(event), page | {"note": "Garde"})
    event.refresh_from_db()
    assert (event.note, event.end) == ("Garde", at(THURSDAY + timedelta(days=1), "00:00"))
    days = {"first_date": "2026-12-10", "last_date": "2026-12-10", "repeat": "never"}
    hours = {"part_of_day": "on", "first_time": "18:00", "last_time": "00:00"}
    away = {"practitioner": anne.pk} | days | hours
    assert owner.post("/pro/absences/new/", away).status_code == 302
    assert anne.absences.get().end == at(date(2026, 12, 11), "00:00")


def test_what_somebody_else_typed_is_told_as_it_is_typed(owner, anne):
    event = series(anne, last=THURSDAY)[0]
    page = sent_by(owner.get(page_of(event)).content.decode())
    later = {"time": "15:00", "until": "16:00", "date": "2026-12-04"}
    assert owner.post(page_of(event), page | later).status_code == 302
    answer = owner.post(page_of(event), page | {"time": "16:00", "until": "17:00"})
    assert "«\N{NO-BREAK SPACE}15:00\N{NO-BREAK SPACE}»" in answer.content.decode()
