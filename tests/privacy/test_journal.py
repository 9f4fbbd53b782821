"""Who opened which record, who changed what."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.models import HistoryEntry
from maia.office.settings.journal_lines import Lines
from maia.practices.seats import Seat
from maia.privacy.journal import Act, note
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, make_user
from tests.pages import on_one_line


@pytest.fixture
def lina(practice):
    return make_patient(practice, "Lina")


@pytest.fixture(autouse=True)
def on_tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def entries():
    return list(JournalEntry.objects.order_by("pk").values_list("who", "act", "detail"))


def test_opening_a_record_is_written_down_once_a_look(sign_in, team, lina, on_tuesday):
    path = reverse("office:patient", args=[lina.pk])
    client = sign_in(team["assistant"])
    client.get(path)
    client.get(path)
    assert [act for _who, act, _detail in entries()] == ["opened"]
    on_tuesday.move_to(NOW + timedelta(minutes=31), tick=False)
    client.get(path)
    assert len(entries()) == 2


@pytest.mark.rule("3.5.13")
def test_a_change_names_the_fields_and_never_what_they_say(owner, lina):
    owner.post(
        reverse("office:patient", args=[lina.pk]),
        {"first_name": "Lina", "last_name": "Petit", "notes": "Secret", "mobile": "06 39 98 12 34"},
    )
    (who, act, detail) = entries()[0]
    assert (who, act) == ("anne@tilleuls.example", "changed")
    assert "Notes du cabinet" in detail
    assert "Secret" not in detail
    assert "639981234" not in detail


def test_settings_exports_and_the_team_are_written_down(owner, practice, follow_up):
    owner.get("/pro/patients/export/")
    owner.post("/pro/settings/embed/", {"website": "mon-site.fr"})
    owner.post(reverse("office:change_type", args=[follow_up.pk, "archive"]), {"yes": "1"})
    typed = {"email": "nina@x.example", "role": "assistant"}
    owner.post("/pro/settings/team/", typed)
    assert [act for _who, act, _detail in entries()] == [
        "all_exported",
        "settings",
        "settings",
        "team",
    ]
    page = owner.get("/pro/settings/privacy/journal/").content.decode()
    assert "https://mon-site.fr" in page
    assert "A sorti tous les dossiers" in page


def test_only_the_owner_reads_it(sign_in, team, lina):
    assert sign_in(team["practitioner"]).get("/pro/settings/privacy/journal/").status_code == 403
    path = reverse("office:patient", args=[lina.pk])
    assert "Qui a ouvert ce dossier" not in sign_in(team["practitioner"]).get(path).content.decode()
    assert "Qui a ouvert ce dossier" in sign_in(team["owner"]).get(path).content.decode()


def test_who_left_stays_in_it(owner, team, sign_in, lina):
    assistant = team["assistant"]
    email = assistant.email
    sign_in(assistant).get(reverse("office:patient", args=[lina.pk]))
    assistant.delete()
    assert entries()[0][0] == email


@pytest.mark.rule("3.5.13")
def test_a_look_is_one_line_each_half_hour_and_a_change_one_each_time(practice, anne, lina):
    seat = Seat(anne.user, practice, "owner")
    for minutes in (0, 10, 40):
        note(Act.OPENED, seat, now=NOW + timedelta(minutes=minutes), patient=lina)
        note(Act.CHANGED, seat, now=NOW + timedelta(minutes=minutes), patient=lina, detail="email")
    lines = [act for _who, act, _detail in entries()]
    assert (lines.count("opened"), lines.count("changed")) == (2, 3)


def test_the_owner_asks_of_whom_what_and_when(owner, practice, team, lina, elsewhere):
    other = make_patient(practice, "Zoé")
    members = practice.team.select_related("user")
    seats = [Seat(member.user, practice, member.role) for member in members]
    one, two = seats[0], seats[-1]
    note(Act.CHANGED, one, now=NOW, patient=lina, detail="nom")
    note(Act.SETTINGS, two, now=NOW + timedelta(days=1), detail="type")
    note(Act.CHANGED, two, now=NOW + timedelta(days=2), patient=other, detail="prénom")
    path = reverse("office:journal")

    def shown(**asked):
        page = owner.get(path, asked).content.decode()
        return {word for word in ("· nom<", "· type<", "· prénom<") if word in page}

    assert len(shown()) == 3
    assert shown(who=one.user.email) == {"· nom<"}
    assert shown(act="changed") == {"· nom<", "· prénom<"}
    assert shown(act="changed", who=two.user.email) == {"· prénom<"}
    assert shown(patient=lina.pk) == {"· nom<"}
    assert shown(first="2026-12-02", last="2026-12-02") == {"· type<"}
    assert shown(last="2026-12-01") == {"· nom<"}
    assert shown(act="erased") == set()
    assert (
        "Rien ici n’est comme vous le demandez"
        in owner.get(path, {"act": "erased"}).content.decode()
    )
    # What cannot be read is said; another practice's patient is nobody.
    for wrong in ({"first": "hier"}, {"act": "x"}, {"first": "2026-12-02", "last": "2026-12-01"}):
        answer = owner.get(path, wrong)
        assert answer.status_code == 422, wrong
    assert shown(patient=elsewhere["patient"].pk) == set()
    assert (
        f"?patient={lina.pk}"
        in owner.get(reverse("office:patient", args=[lina.pk])).content.decode()
    )


@pytest.mark.rule("3.5.13")
def test_what_the_practice_did_to_appointments_is_in_it(owner, practice, anne, follow_up, lina):
    by, how = By.practice(anne.user), {"now": NOW}
    booked = book_appointment(follow_up, anne, at(THURSDAY, "09:00"), lina, by=by, **how)
    to = at(THURSDAY, "10:30")
    booked = move_appointment(booked, to, by=by, seen=booked.version, **how)
    cancel_appointment(booked, by=by, seen=booked.version, **how)
    mine = make_user("lina@patiente.example")
    theirs = book_appointment(
        follow_up, anne, at(THURSDAY, "14:00"), lina, by=By.patient(mine), **how
    )
    path = reverse("office:journal")

    def said(**asked):
        lines = owner.get(path, asked).context["page"]
        return [(str(line.what), line.who) for line in lines if line.appointment]

    anne_did = [
        (words, anne.user.email)
        for words in (
            "a annulé un rendez-vous",
            "a déplacé un rendez-vous",
            "a noté un rendez-vous",
        )
    ]
    assert said() == anne_did
    assert said(who=anne.user.email) == anne_did
    assert said(patient=lina.pk, first="2026-12-01", last="2026-12-01") == anne_did
    assert said(act="appointment-moved") == anne_did[1:2]
    assert said(act="settings") == said(last="2026-11-30") == []
    page = on_one_line(owner.get(path).content.decode())
    assert "3 décembre, 09:00 → 3 décembre, 10:30 ·" in page
    assert reverse("office:sheet", args=[booked.pk]) in page
    assert reverse("office:sheet", args=[theirs.pk]) not in page  # she did it herself


@pytest.mark.rule("3.5.13")
def test_a_page_of_it_is_as_many_statements_however_long(
    anne, follow_up, lina, django_assert_max_num_queries
):
    how = {"by": By.practice(anne.user), "now": NOW}
    for minutes in range(4):
        booked = book_appointment(
            follow_up, anne, at(THURSDAY, f"{9 + minutes:02}:00"), lina, **how
        )
    acts = [
        HistoryEntry(
            appointment=booked, action="edited", actor="practice", user=anne.user,
            at=NOW + timedelta(seconds=one),
        )
        for one in range(120)
    ]  # fmt: skip
    HistoryEntry.objects.bulk_create(acts)
    seat = Seat(anne.user, anne.practice, "owner")
    note(Act.SETTINGS, seat, now=NOW + timedelta(seconds=100, microseconds=5), detail="type")
    entries = JournalEntry.objects.all()
    lines = Lines(entries, HistoryEntry.objects.all(), "")
    with django_assert_max_num_queries(3):
        page = lines[0:50]
        said = [line.who + line.detail for line in page if line.patient or line.detail]
    assert len(said) == 50
    assert page[19].detail == "type"
    assert lines.count() == 125
    assert [line.at for line in page] == sorted((line.at for line in page), reverse=True)


def test_history_older_than_the_journal_is_not_in_it(owner, anne, follow_up, lina):
    how = {"by": By.practice(anne.user), "now": NOW}
    book_appointment(follow_up, anne, at(THURSDAY, "09:00"), lina, **how)
    HistoryEntry.objects.update(at=NOW - timedelta(days=400))
    assert "a noté un rendez-vous :" not in owner.get(reverse("office:journal")).content.decode()
    assert not owner.get(reverse("office:journal")).context["page"].object_list


def test_an_import_is_counted_in_words_and_a_type_says_what_became_of_it(owner, follow_up, anne):
    seat = Seat(anne.user, anne.practice, "owner")
    note(Act.IMPORTED, seat, now=NOW, detail="new: 1, there: 1")
    for action in ("archive", "restore", "duplicate"):
        owner.post(reverse("office:change_type", args=[follow_up.pk, action]), {"yes": "1"})
    page = owner.get(reverse("office:journal")).content.decode()
    assert "new: 1" not in page
    assert "nouveaux dossiers\u00a0: 1" in page
    details = [line.detail for line in owner.get(reverse("office:journal")).context["page"]]
    for done in ("archivé", "remis en service", "créé"):
        assert [one for one in details if one.startswith("type «") and one.endswith(f", {done}")]
