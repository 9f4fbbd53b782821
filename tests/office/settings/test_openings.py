"""Exceptional openings in the settings: listed, made, changed and deleted."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.slots import free_slots
from maia.practices.models import Practitioner
from maia.privacy.models import JournalEntry
from maia.schedules.models import AppointmentType, Schedule, SpecialDay
from tests.conftest import NOW, THURSDAY, at, make_type
from tests.pages import anyway, fields_of, on_one_line, shown

SATURDAY = date(2026, 12, 12)
CHRISTMAS = date(2026, 12, 25)
CLOCKS_FORWARD = date(2027, 3, 28)
NINE_TO_NOON = {"start": "9h", "end": "12h", "for_all": "on"}


@pytest.fixture
def new(owner, anne):
    path = reverse("office:new_opening", args=[anne.pk])
    return lambda day, **typed: owner.post(path, {"date": f"{day}", **NINE_TO_NOON, **typed})


@pytest.fixture
def opening(anne):
    return anne.schedule.special_days.create(date=SATURDAY, start=540, end=720, title="Garde")


def page_of(answer):
    return on_one_line(answer.content.decode())


def error_at(field, page):
    return page.partition(f'id="id_{field}_error">')[2].partition("</p>")[0]


@pytest.mark.rule("3.1.13")
def test_a_saturday_is_opened_and_offered_at_once(new, owner, anne, follow_up):
    answer = new(SATURDAY, title=" Garde ", break_start="10:00", break_end="10h30")
    assert answer.status_code == 302
    slots = free_slots(follow_up, [anne], SATURDAY, SATURDAY, now=NOW)[SATURDAY]
    hours = [f"{slot.start.astimezone(anne.practice.zone):%H:%M}" for slot in slots]
    assert hours == ["09:00", "09:30", "10:30", "11:00", "11:30"]
    page = page_of(owner.get(answer["Location"]))
    assert "Samedi 12 décembre 2026, 09:00 – 10:00, 10:30 – 12:00</a>" in page
    assert "<small>Garde · pour tous les types</small>" in page
    line = JournalEntry.objects.get()
    assert line.detail == f"ouverture exceptionnelle du 12/12/2026\u00a0: {anne.name}"


def test_what_is_listed(owner, anne, follow_up, opening):
    opening.types.add(follow_up)
    anne.schedule.special_days.create(date=NOW.date() - timedelta(days=1), start=540, end=720)
    christmas = anne.schedule.special_days.create(date=CHRISTMAS, start=540, end=1440)
    path = reverse("office:openings", args=[anne.pk])
    page = page_of(owner.get(path))
    coming, _, past = page.partition("1 ouverture passée")
    assert coming.index("Samedi 12 décembre") < coming.index(
        "Vendredi 25 décembre 2026, 09:00 – 24:00"
    )
    assert f"Garde · {follow_up.name}" in coming
    assert "Ouvre le vendredi 25 décembre, jour férié (Noël)." in coming
    assert past.count("<li>") >= 1
    assert reverse("office:schedule", args=[anne.pk]) in page
    assert path in page_of(owner.get(reverse("office:schedule", args=[anne.pk])))
    anne.absences.create(start=at(CHRISTMAS, "00:00"), end=at(CHRISTMAS, "23:00"), title="Congés")
    assert "une absence en ferme quand même une partie : Congés" in page_of(owner.get(path))
    christmas.delete()
    opening.delete()
    assert "Aucune ouverture à venir" in page_of(owner.get(path))


def test_several_dates_at_once_are_all_saved_or_none(new, anne, opening):
    january = [date(2027, 1, day) for day in (9, 16, 16)]
    typed = {f"date_{n}": f"{day}" for n, day in enumerate([SATURDAY, *january[:2]], start=2)}
    refused = new(date(2027, 1, 23), **typed)
    assert refused.status_code == 422
    page = page_of(refused)
    assert error_at("date_2", page) == (
        "Samedi 12 décembre 2026 a déjà une ouverture exceptionnelle : Garde"
    )
    assert SpecialDay.objects.count() == 1
    twice = new(january[0], date_2=f"{january[1]}", date_3=f"{january[2]}")
    assert error_at("date_3", page_of(twice)) == "Cette date y est déjà."
    del typed["date_2"]
    assert new(date(2027, 1, 23), **typed).status_code == 302
    assert SpecialDay.objects.count() == 4
    assert {one.ranges[0] for one in SpecialDay.objects.all()} == {(540, 720)}


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"start": "", "end": ""}, "start", "Dites de quelle heure à quelle heure."),
        ({"start": "12:00", "end": "9h"}, "end", "La fin vient avant le début."),
        ({"start": ""}, "start", "Donnez un début et une fin"),
        ({"end": ""}, "end", "Donnez un début et une fin"),
        ({"break_start": "8h", "break_end": "9h30"}, "break_start", "La pause"),
        ({"break_start": "10h"}, "break_start", "Une pause a un début et une fin"),
        ({"date": CLOCKS_FORWARD, "start": "2h30"}, "start", "cette heure n’existe pas"),
        ({"date": "2026-11-01"}, "date", "Cette date est passée."),
        ({"date": "2062-12-12"}, "date", "dix ans"),
        ({"date": ""}, "date", "obligatoire"),
        ({"for_all": ""}, "for_all", "Cochez les types"),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(new, typed, field, words):
    day = typed.pop("date", SATURDAY)
    answer = new(day, **typed)
    assert answer.status_code == 422
    assert words in error_at(field, page_of(answer))
    assert not SpecialDay.objects.exists()


def test_for_chosen_types_that_she_offers(new, owner, anne, ines, practice, follow_up):
    hers = make_type(practice, "À Inès", practitioner=ines)
    own = make_type(practice, "Rééducation")
    Schedule.set_own(own, {0: [(540, 600)]})
    page = page_of(owner.get(reverse("office:new_opening", args=[anne.pk])))
    assert follow_up.name in page
    assert hers.name not in page
    assert "que s’ils sont cochés : Rééducation." in page
    foreign = new(SATURDAY, for_all="", types=[hers.pk])
    assert foreign.status_code == 422
    assert new(SATURDAY, for_all="", types=[follow_up.pk]).status_code == 302
    opening = SpecialDay.objects.get()
    assert list(opening.types.all()) == [follow_up]
    # Archived since, it stays until it is unticked.
    follow_up.archived = True
    follow_up.save()
    path = reverse("office:edit_opening", args=[opening.pk])
    typed = shown(owner, path)
    assert owner.post(path, typed | {"title": "Garde"}).status_code == 302
    assert list(opening.types.all()) == [follow_up]


def test_what_it_does_is_said_as_it_is_typed(new, anne, follow_up):
    anne.schedule.write({3: [(540, 720), (840, 1080)]})
    anne.absences.create(start=at(CHRISTMAS, "00:00"), end=at(CHRISTMAS, "23:59"), title="Congés")
    answer = new(THURSDAY, date_2=CHRISTMAS, date_3=SATURDAY, preview="1")
    page = page_of(answer)
    assert answer.status_code == 200
    assert "Le jeudi 3 décembre, elle remplace 09:00 – 12:00, 14:00 – 18:00." in page
    assert "Ouvre le vendredi 25 décembre, jour férié (Noël)." in page
    assert "une absence la ferme quand même entièrement : Congés." in page
    assert "Ouvre le samedi 12 décembre, fermé d’habitude." in page
    for_one = page_of(new(THURSDAY, for_all="", types=[follow_up.pk], preview="1"))
    assert "elle remplace pour ces types 09:00" in for_one
    unread = new("", start="x", preview="1")
    assert unread.status_code == 200
    assert "<h1>" not in page_of(unread)  # what is said of a save waits for the next page
    assert not SpecialDay.objects.exists()
    anne.closed_on_public_holidays = False
    anne.save()
    assert "férié" not in page_of(new(CHRISTMAS, preview="1"))


def test_one_more_break_is_asked_for_and_saved(new, owner, anne):
    more = new(SATURDAY, break_start="10h", break_end="10h15", more_breaks="1")
    assert more.status_code == 200
    assert 'name="break_end_2"' in page_of(more)
    two = {
        "break_start": "10h",
        "break_end": "10h15",
        "break_start_2": "11h",
        "break_end_2": "11h15",
    }
    assert new(SATURDAY, **two).status_code == 302
    opening = SpecialDay.objects.get()
    assert opening.ranges == [(540, 600), (615, 660), (675, 720)]
    path = reverse("office:edit_opening", args=[opening.pk])
    assert owner.post(path, shown(owner, path)).status_code == 302
    opening.refresh_from_db()
    assert opening.ranges == [(540, 600), (615, 660), (675, 720)]


@pytest.fixture
def booked(anne, follow_up, julie):
    return lambda day, clock: book_appointment(
        follow_up, anne, at(day, clock), julie, by=By.practice(None), now=NOW, allow_overlap=True
    )


@pytest.mark.rule("3.1.8")
def test_who_would_be_left_outside_is_named_before_it_is_saved(new, owner, anne, booked, julie):
    anne.schedule.write({3: [(540, 1080)]})
    booked(THURSDAY, "16:00")
    path = reverse("office:new_opening", args=[anne.pk])
    typed = {"date": f"{THURSDAY}", **NINE_TO_NOON}
    warned = owner.post(path, typed)
    assert warned.status_code == 409
    assert julie.name in page_of(warned)
    assert not SpecialDay.objects.exists()
    assert anyway(owner, path, typed).status_code == 302
    assert SpecialDay.objects.get().date == THURSDAY


def test_another_who_came_since_is_named_anew(new, anne, booked, practice):
    anne.schedule.write({3: [(540, 1080)]})
    booked(THURSDAY, "16:00")
    page = new(THURSDAY).content.decode()
    mark = page.partition('name="anyway"')[2].partition('value="')[2].partition('"')[0]
    booked(THURSDAY, "17:00")
    assert new(THURSDAY, anyway=mark).status_code == 409
    assert not SpecialDay.objects.exists()


def test_it_is_changed_and_what_another_made_of_it_is_not_written_over(owner, anne, opening):
    path = reverse("office:edit_opening", args=[opening.pk])
    typed = shown(owner, path)
    assert (typed["title"], typed["start"], typed["end"]) == ("Garde", "09:00", "12:00")
    assert owner.post(path, typed | {"end": "13h"}).status_code == 302
    stale = owner.post(path, typed | {"end": "11h"})
    assert stale.status_code == 422
    assert "quelqu’un a modifié cette ouverture" in page_of(stale)
    opening.refresh_from_db()
    assert opening.ranges == [(540, 780)]
    anne.schedule.special_days.create(date=CHRISTMAS, start=540, end=600)
    taken = owner.post(path, shown(owner, path) | {"date": f"{CHRISTMAS}"})
    assert error_at("date", page_of(taken)) == (
        "Vendredi 25 décembre 2026 a déjà une ouverture exceptionnelle."
    )


def test_deleting_asks_by_its_date_and_names_who_would_be_left_outside(
    owner, anne, opening, booked, julie
):
    anne.schedule.write({})
    path = reverse("office:delete_opening", args=[opening.pk])
    first = owner.post(path)
    asked = page_of(first)
    assert "Supprimer l’ouverture du samedi 12 décembre 2026 ?" in asked
    assert "Garde" in asked
    assert julie.name not in asked
    booked(SATURDAY, "10:00")
    again = owner.post(path, fields_of(first.content.decode()))  # somebody has come meanwhile
    assert again.status_code == 409
    assert f"Samedi 12 décembre 2026, 10:00 – {julie.name}".lower() in page_of(again).lower()
    assert SpecialDay.objects.exists()
    assert owner.post(path, fields_of(again.content.decode())).status_code == 302
    assert not SpecialDay.objects.exists()


def test_a_types_own_openings_are_none_of_hers(owner, anne, follow_up):
    Schedule.set_own(follow_up, {0: [(540, 600)]})
    own = follow_up.own_schedule.special_days.create(date=SATURDAY, start=540, end=600)
    page = page_of(owner.get(reverse("office:edit_opening", args=[own.pk])))
    assert follow_up.name in page
    assert "Suivi de grossesse" not in page_of(
        owner.get(reverse("office:openings", args=[anne.pk]))
    )


@pytest.mark.rule("3.12.13")
def test_in_the_agenda_it_leads_to_its_page(owner, sign_in, team, anne, opening):
    path = reverse("office:events")
    span = {"start": "2026-12-12T00:00", "end": "2026-12-13T00:00"}

    def links(client):
        rows = client.get(path, span).json()
        return [row["url"] for row in rows if row.get("classNames") == ["opening"]]

    assert links(owner) == [reverse("office:edit_opening", args=[opening.pk])]
    assert set(links(sign_in(team["assistant"]))) == {""}


def test_in_english(owner, anne, opening):
    with translation.override("en"):
        page = owner.get(
            reverse("office:openings", args=[anne.pk]), headers={"accept-language": "en"}
        )
    assert "for all types" in page_of(page)


@pytest.mark.rule("3.1.13")
def test_an_opening_for_types_that_are_gone_opens_nothing_and_says_so(
    owner, anne, follow_up, practice
):
    opening = SpecialDay.objects.create(
        schedule=anne.schedule, date="2026-12-05", start=540, end=720, breaks=[]
    )
    opening.types.add(follow_up, other := make_type(practice, "Rééducation"))
    page = reverse("office:openings", args=[anne.pk])
    assert "plus proposé" not in owner.get(page).content.decode()
    AppointmentType.objects.filter(pk=follow_up.pk).update(archived=True)
    words = owner.get(page).content.decode()
    assert "Suivi de grossesse (n’est plus proposé)" in words
    assert "n’ouvre rien" not in words
    other.set_owners([Practitioner.objects.create(practice=practice, last_name="Haddad")])
    other.save()
    words = owner.get(page).content.decode()
    assert "Rééducation (n’est plus proposé)" in words
    assert "Elle n’ouvre rien\u00a0: ces types ne sont plus proposés." in words
    assert not free_slots(other, [anne], date(2026, 12, 5), date(2026, 12, 5), now=NOW)
