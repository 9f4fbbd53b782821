"""Who opened which record, who changed what."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.practices.seats import Seat
from maia.privacy.journal import Act, note
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, make_patient


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
