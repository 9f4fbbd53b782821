"""Forms of the practice write what was changed on their page, and nothing else."""

import re

import pytest
from django.urls import reverse

from maia.office.fields.kept_form import KeptForm
from maia.office.urls import urlpatterns
from maia.practices.models import Practitioner
from maia.privacy.models import terms_of
from maia.schedules.models import AppointmentType, Schedule
from tests.conftest import make_type
from tests.pages import fields_of, shown, unticked

TWO_BREAKS = [(540, 720), (780, 900), (930, 1080)]


@pytest.fixture
def pages(practice, anne, follow_up, julie):
    """Each form of the practice: its page, its row, a field that two people change there."""
    terms = terms_of(practice)
    terms.save()
    return {
        "record": (reverse("office:patient", args=[julie.pk]), julie, "last_name", "first_name"),
        "type": (
            reverse("office:edit_type", args=[follow_up.pk]),
            follow_up,
            "description",
            "name",
        ),
        "sheet": (reverse("office:practitioner", args=[anne.pk]), anne, "title", "first_name"),
        "practice": (reverse("office:practice"), practice, "city", "name"),
        "terms": (reverse("office:privacy"), terms, "notice", "records_years"),
    }


EVERY = ("record", "type", "sheet", "practice", "terms")
WORDS = {"records_years": "25", "first_name": "Zoé", "name": "Autre", "last_name": "Zola"}


@pytest.mark.rule("3.1.9")
@pytest.mark.parametrize("name", EVERY)
def test_what_two_people_change_at_once_stays_of_both(owner, pages, name):
    path, row, one, other = pages[name]
    first, second = shown(owner, path), shown(owner, path)
    assert owner.post(path, first | {one: WORDS.get(one, "Tout autre")}).status_code == 302
    assert owner.post(path, second | {other: WORDS[other]}).status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, one)) == WORDS.get(one, "Tout autre")
    assert str(getattr(row, other)) == WORDS[other]


@pytest.mark.parametrize("name", EVERY)
def test_the_same_field_is_asked_again_with_what_stands_there(owner, pages, name):
    path, row, field, _other = pages[name]
    first, second = shown(owner, path), shown(owner, path)
    assert owner.post(path, first | {field: "Première"}).status_code == 302
    answer = owner.post(path, second | {field: "Seconde"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "«\u00a0Première\u00a0»" in page
    row.refresh_from_db()
    assert getattr(row, field) == "Première"
    assert owner.post(path, fields_of(page)).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "Seconde"


@pytest.mark.parametrize("name", EVERY)
def test_a_field_that_the_page_did_not_show_stays(owner, pages, name):
    path, row, field, other = pages[name]
    type(row).objects.filter(pk=row.pk).update(**{field: "Avant"})
    typed = unticked(shown(owner, path), field, f"initial-{field}")
    assert owner.post(path, typed | {other: WORDS[other]}).status_code == 302
    row.refresh_from_db()
    assert getattr(row, field) == "Avant"
    assert str(getattr(row, other)) == WORDS[other]


def test_every_such_form_is_compared_and_saved_in_one_turn():
    named = {
        "office:patient", "office:edit_type", "office:practitioner", "office:schedule",
        "office:practice", "office:privacy", "office:contact", "office:attendance", "office:personal_event",
        "office:edit_period", "office:edit_room", "office:edit_step",
        "office:edit_place", "office:travel",
    }  # fmt: skip
    views = {pattern.callback for pattern in urlpatterns if f"office:{pattern.name}" in named}
    assert len(views) == len(named)
    assert all(_is_in_turn(view) for view in views)
    # A form that is kept, and is none of theirs, has a line above.
    assert {form.__name__ for form in _below(KeptForm)} == {
        "KeptRowForm", "FormWithPhone", "PatientForm", "ContactForm", "TypeForm", "PractitionerForm",
        "WeekForm", "AttendanceForm", "ChangeEventForm", "PracticeForm", "TermsForm", "CountForm", "PeriodForm",
        "ReplacementForm", "RoomForm", "StepForm",
        "PlaceForm", "TravelForm",
    }  # fmt: skip


def _is_in_turn(view):
    while view is not None:
        if getattr(view, "in_turn", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def _below(form):
    for one in form.__subclasses__():
        yield one
        yield from _below(one)


def test_lines_as_a_browser_ends_them_are_nobody_elses_change(owner, follow_up):
    AppointmentType.objects.filter(pk=follow_up.pk).update(description="Un\nDeux ", category=None)
    path = reverse("office:edit_type", args=[follow_up.pk])
    typed = shown(owner, path) | {"initial-description": "Un\r\nDeux "}
    answer = owner.post(path, typed | {"description": "Un\r\nDeux\r\nTrois"})
    assert answer.status_code == 302
    follow_up.refresh_from_db()
    assert follow_up.description == "Un\nDeux\nTrois"


def test_a_box_that_is_unticked_is_no(owner, follow_up):
    path = reverse("office:edit_type", args=[follow_up.pk])
    typed = unticked(shown(owner, path), "allow_online_booking")
    assert owner.post(path, typed).status_code == 302
    follow_up.refresh_from_db()
    assert not follow_up.allow_online_booking


def hours(plan):
    return {line.weekday: line.ranges for line in plan.lines.all()}


def test_several_breaks_of_a_day_are_shown_and_kept(owner, anne):
    anne.schedule.write({0: TWO_BREAKS, 1: [(540, 720)]})
    path = reverse("office:schedule", args=[anne.pk])
    typed = shown(owner, path)
    assert [typed[f"break_{e}_0"] for e in ("start_2", "end_2")] == ["15:00", "15:30"]
    assert owner.post(path, typed).status_code == 302
    assert hours(anne.schedule) == {0: TWO_BREAKS, 1: [(540, 720)]}
    assert owner.post(path, typed | {"start_0": "08:00", "start_1": "08:30"}).status_code == 302
    assert hours(anne.schedule) == {0: [(480, 720), *TWO_BREAKS[1:]], 1: [(510, 720)]}


def test_a_program_that_knows_of_one_break_loses_no_other(owner, anne):
    anne.schedule.write({0: TWO_BREAKS})
    path = reverse("office:schedule", args=[anne.pk])
    known = ("start_0", "break_start_0", "break_end_0", "end_0")
    typed = {name: value for name, value in shown(owner, path).items() if name in known}
    assert owner.post(path, typed).status_code == 302
    assert hours(anne.schedule) == {0: TWO_BREAKS}


def test_one_more_break_is_asked_for_without_a_script(owner, anne):
    anne.schedule.write({0: [(540, 1080)]})
    path = reverse("office:schedule", args=[anne.pk])
    typed = shown(owner, path) | {"break_start_0": "12:00", "break_end_0": "13:00"}
    answer = owner.post(path, typed | {"more_breaks": "1"})
    assert answer.status_code == 200
    assert hours(anne.schedule) == {0: [(540, 1080)]}  # nothing is saved yet
    typed = fields_of(answer.content.decode())
    assert typed["break_start_0"] == "12:00"
    typed |= {"break_start_2_0": "16:00", "break_end_2_0": "16:15"}
    assert owner.post(path, typed).status_code == 302
    assert hours(anne.schedule) == {0: [(540, 720), (780, 960), (975, 1080)]}


def test_enter_saves_and_asks_for_no_break(owner, anne, follow_up):
    for name, pk in (("schedule", anne.pk), ("edit_type", follow_up.pk)):
        page = owner.get(reverse(f"office:{name}", args=[pk])).content.decode()
        (form,) = [f for f in page.split("<form") if "more_breaks" in f]
        first = re.findall(r"<button[^>]*>", form)[0]
        assert "name=" not in first
        assert 'type="button"' not in first


def test_two_who_change_the_week_at_once(owner, anne):
    anne.schedule.write({0: [(540, 720)], 1: [(540, 720)]})
    path = reverse("office:schedule", args=[anne.pk])
    first, second = shown(owner, path), shown(owner, path)
    owner.post(path, first | {"end_0": "13:00", "start_2": "09:00", "end_2": "10:00"})
    assert owner.post(path, second | {"start_0": "08:00", "end_1": "11:00"}).status_code == 302
    assert hours(anne.schedule) == {0: [(480, 780)], 1: [(540, 660)], 2: [(540, 600)]}
    assert owner.post(path, second | {"end_0": "14:00"}).status_code == 422


def test_a_types_name_leaves_its_hours_alone(owner, follow_up):
    Schedule.set_own(follow_up, {0: TWO_BREAKS, 3: [(600, 700)]})
    path = reverse("office:edit_type", args=[follow_up.pk])
    typed = shown(owner, path)
    assert owner.post(path, typed | {"name": "Nouveau"}).status_code == 302
    follow_up.refresh_from_db()
    assert follow_up.name == "Nouveau"
    assert hours(follow_up.own_schedule) == {0: TWO_BREAKS, 3: [(600, 700)]}


def test_a_type_of_who_has_left_stays_hers(owner, practice, ines):
    type = make_type(practice, "D’Inès", practitioner=ines)
    Practitioner.objects.filter(pk=ines.pk).update(is_active=False)
    path = reverse("office:edit_type", args=[type.pk])
    assert owner.post(path, shown(owner, path) | {"name": "Autre"}).status_code == 302
    type.refresh_from_db()
    assert (type.name, type.practitioner) == ("Autre", ines)
    assert "a quitté l’équipe" in owner.get(reverse("office:types")).content.decode()


@pytest.mark.rule("3.1.6")
def test_regions_are_chosen_from_a_list(owner, practice):
    path = reverse("office:practice")
    typed = shown(owner, path)
    assert owner.post(path, typed | {"holiday_region": "67"}).status_code == 422
    assert owner.post(path, typed | {"holiday_region": "6AE"}).status_code == 302
    practice.refresh_from_db()
    assert practice.holiday_region == "6AE"


def test_a_form_of_a_session_that_had_ended_says_that_nothing_was_saved(owner, julie):
    path = reverse("office:patient", args=[julie.pk])
    typed = shown(owner, path) | {"notes": "Toxo négative"}
    owner.logout()
    owner.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    answer = owner.post(path, typed, follow=True)
    page = answer.content.decode()
    assert "ce que vous avez saisi n’a pas été enregistré" in page
    assert "Toxo" not in page
    julie.refresh_from_db()
    assert julie.notes == ""
