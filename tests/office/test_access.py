"""Who may see or do what: every address of the back office, as everybody."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.calendars.models import Feed
from maia.office.urls import urlpatterns
from maia.patients.import_models import packed
from maia.practices.models import Membership
from maia.practices.seats import Seat
from maia.schedules.models import Schedule
from maia.tokens.models import Token
from tests.conftest import NOW, THURSDAY, at, make_user
from tests.office.conftest import BACKEND

POST_ONLY = {
    "sign_out",
    "renew_secret",
    "change_calendar",
    "new_feed",
    "revoke_feed",
    "change_webhook",
    "revoke_token",
    "second_factor",
    "patient_search",
    "noting_told",
    "remove_website",
    "no_website",
    "all_seen",
    "change_message",
    "test_message",
    "unconfirm",
    "answer_request",
    "invite",
    "invite_to_book",
    "withdraw_invitation",
    "change_invitation",
    "preview_type",
    "preview_sms",
    "remove",
    "choose_practice",
    "delete_absence",
    "delete_opening",
    "delete_period",
    "delete_replacement",
    "give_up_place",
    "event_summary",
    "move_event",
    "merge",
    "move",
    "undo_move",
    "cancel",
    "confirm",
    "change_type",
    "change_room",
    "change_step",
    "change_import",
}
OF_NOTHING = {
    "rooms",
    *("pathway", "french_pathway"),
    "round",
    "places",
    "new_place",
    "new_patient",
    *("replacements", "new_replacement"),
    "first_steps",
    "booking_page",
    "appointments",
    "export_appointments",
    "attendance",
    "more",
    "nowhere",
    "doors",
    "webhooks",
    "tokens",
    "privacy",
    "journal",
    "second_factor",
    "patients_found",
    "embed",
    "no_website",
    "messages",
    "all_seen",
    "preview_type",
    "preview_sms",
    "practice",
    "team",
    "absences",
    "new_absence",
    "new_event",
    "event_summary",
    "patients",
    "export",
    "patient_import",
    "agenda",
    "events",
    "news",
    "new_appointment",
    "availability",
    "patient_search",
    "noting_told",
    "settings",
    "types",
}
OWNER = {
    *("replacements", "new_replacement", "edit_replacement", "delete_replacement"),
    *("rooms", "edit_room", "change_room"),
    *("pathway", "french_pathway", "edit_step", "change_step"),
    "places",
    "new_place",
    "edit_place",
    "give_up_place",
    "first_steps",
    "doors",
    "role",
    "sign_out",
    "renew_secret",
    "webhooks",
    "change_webhook",
    "privacy",
    "journal",
    "second_factor",
    "hand_out",
    "erase",
    "practice",
    "team",
    "remove",
    "change_invitation",
    "embed",
    "remove_website",
    "no_website",
}
SETTINGS = OWNER | {
    "travel",
    "export_appointments",
    "undo_merge",
    "show_feeds",
    "merge",
    "calendars",
    "change_calendar",
    "new_feed",
    "revoke_feed",
    "tokens",
    "revoke_token",
    "test_message",
    "preview_type",
    "preview_sms",
    "export",
    "patient_import",
    "import_of",
    "import_remarks",
    "change_import",
    "settings",
    "practitioner",
    "schedule",
    "openings",
    "new_opening",
    "edit_opening",
    "delete_opening",
    *("periods", "new_period", "edit_period", "delete_period"),
    *("type_schedule", "type_periods", "new_type_period", "type_openings", "new_type_opening"),
    "types",
    "new_type",
    "edit_type",
    "change_type",
}


def paths(practice, practitioner, type, appointment):
    """Each address of the back office with the ids of one practice's things."""
    absence = practitioner.absences.create(start=NOW, end=NOW + timedelta(hours=1))
    plan, _made = Schedule.objects.get_or_create(practitioner=practitioner)
    opening = plan.special_days.create(date=NOW.date() + timedelta(days=60), start=540, end=600)
    period = plan.periods.create(name="Été", first_date=NOW.date() + timedelta(days=300))
    Schedule.set_own(type, {0: [(540, 600)]})
    later = NOW.date() + timedelta(days=400)
    colleague = practice.practitioners.create(first_name="Zoé", last_name="Roy", is_active=False)
    replacement = practice.replacements.create(
        practitioner=practitioner, substitute=colleague, first_date=later, last_date=later
    )
    event = practitioner.events.create(
        practice=practice, kind="personal", start=NOW, end=NOW + timedelta(hours=1)
    )
    message = practice.messages.create(
        kind="confirmation", recipient="patient", channel="email", key=f"x{practice.pk}",
        due_at=NOW, try_after=NOW, status="failed",
    )  # fmt: skip
    invitation = practice.invitations.create(
        email="new@tilleuls.example", role="assistant", sent_at=NOW, expires_at=NOW
    )
    website = practice.websites.create(origin="https://www.mon-site.fr")
    token = Token.objects.create(
        user=practitioner.user, practice=practice, role="practitioner", name="x",
        digest=f"x{practice.pk}", created_at=NOW,
        membership=practice.team.filter(user=practitioner.user).first(),
    )  # fmt: skip
    calendar = practitioner.calendars.create(name="Garde", url="https://garde.example/a.ics")
    feed = Feed.objects.create(user=practitioner.user, practitioner=practitioner)
    site = practice.places.create(name="Quai")
    webhook = practice.webhooks.create(url="https://compta.example/")
    importing = practice.patient_imports.create(
        file_name="x.csv", state="done", created_at=NOW, remarks=packed([])
    )
    member = practice.team.order_by("-pk").values_list("pk", flat=True).first() or 0
    room = practice.rooms.create(name="Échographe")
    step = practice.pathway.create(type=type, first=11, last=13)
    ids = {
        "edit_step": step.pk,
        "change_step": step.pk,
        "edit_room": room.pk,
        "change_room": room.pk,
        "renew_secret": webhook.pk,
        "sign_out": member,
        "role": member,
        "calendars": practitioner.pk,
        "change_calendar": calendar.pk,
        "new_feed": practitioner.pk,
        "show_feeds": practitioner.pk,
        "revoke_feed": feed.pk,
        "change_webhook": webhook.pk,
        "remove_website": website.pk,
        "revoke_token": token.pk,
        "remove": member,
        "delete_absence": absence.pk,
        "edit_absence": absence.pk,
        "personal_event": event.pk,
        "move_event": event.pk,
        "delete_event": event.pk,
        "choose_practice": practice.pk,
        "practitioner": practitioner.pk,
        "schedule": practitioner.pk,
        "openings": practitioner.pk,
        "travel": practitioner.pk,
        "edit_place": site.pk,
        "give_up_place": site.pk,
        "new_opening": practitioner.pk,
        "edit_opening": opening.pk,
        "delete_opening": opening.pk,
        "periods": practitioner.pk,
        "new_period": practitioner.pk,
        "edit_period": period.pk,
        "delete_period": period.pk,
        "edit_replacement": replacement.pk,
        "delete_replacement": replacement.pk,
        "type_schedule": type.pk,
        "type_periods": type.pk,
        "new_type_period": type.pk,
        "type_openings": type.pk,
        "new_type_opening": type.pk,
        "edit_type": type.pk,
        "change_type": type.pk,
        "patient": appointment.patient_id,
        "merge": appointment.patient_id,
        "undo_merge": appointment.patient_id,
        "message": message.pk,
        "change_message": message.pk,
        "test_message": practitioner.pk,
        "hand_out": appointment.patient_id,
        "erase": appointment.patient_id,
        "invite": appointment.patient_id,
        "invite_to_book": appointment.patient_id,
        "withdraw_invitation": appointment.patient_id,
        "change_invitation": invitation.pk,
        "import_of": importing.pk,
        "import_remarks": importing.pk,
        "change_import": importing.pk,
    }
    for pattern in urlpatterns:
        name = pattern.name
        args = []
        if "<int:pk>" in str(pattern.pattern):
            args.append(ids.get(name, appointment.pk))
        if "<int:step>" in str(pattern.pattern):
            args.append(step.pk)
        if "<str:action>" in str(pattern.pattern):
            args.append(
                {
                    "change_invitation": "again",
                    "change_message": "seen",
                    "change_webhook": "pause",
                    "change_calendar": "remove",
                    "change_import": "undo",
                    "change_step": "up",
                }.get(name, "archive")
            )
        yield name, reverse(f"office:{name}", args=args)


def call(client, name, path):
    return client.post(path) if name in POST_ONLY else client.get(path)


@pytest.fixture
def ours(practice, anne, follow_up, julie):
    made = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
    )
    return list(paths(practice, anne, follow_up, made))


@pytest.fixture
def theirs(elsewhere):
    made = book_appointment(
        elsewhere["type"],
        elsewhere["practitioner"],
        at(THURSDAY, "09:30"),
        elsewhere["patient"],
        by=By.practice(None),
        now=NOW,
    )
    things = elsewhere["practice"], elsewhere["practitioner"], elsewhere["type"], made
    return list(paths(*things))


def test_nobody_is_asked_to_sign_in(client, ours):
    for name, path in ours:
        answer = call(client, name, path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/accounts/login/"), path


def test_a_patient_is_refused_everywhere(sign_in, julie, ours):
    client = sign_in(julie.user)
    for name, path in ours:
        assert call(client, name, path).status_code == 403, path


@pytest.mark.rule("3.5.12")
def test_an_assistant_has_the_agenda_and_no_settings(sign_in, team, ours):
    client = sign_in(team["assistant"])
    for name, path in ours:
        status = call(client, name, path).status_code
        assert (status == 403) is (name in SETTINGS | {"delete_absence", "edit_absence"}), (
            f"{path} {status}"
        )


def test_a_colleague_changes_her_own_settings_only(sign_in, team, anne, ines, ours):
    client = sign_in(team["practitioner"])
    for name, path in ours:
        refused = name in OWNER | {
            *(
                "practitioner",
                "schedule",
                "openings",
                "new_opening",
                "edit_opening",
                "delete_opening",
                "periods",
                "new_period",
                "travel",
                "edit_period",
                "delete_period",
                "delete_absence",
                "edit_absence",
                "test_message",
            ),  # Anne's
            *("calendars", "change_calendar", "new_feed", "show_feeds"),
        }
        assert (call(client, name, path).status_code == 403) is refused, path
    assert client.get(reverse("office:schedule", args=[ines.pk])).status_code == 200
    hers = anne.appointment_types.create(practice=anne.practice, name="À elle", duration_minutes=30)
    assert client.get(reverse("office:edit_type", args=[hers.pk])).status_code == 403


def test_the_owner_opens_everything(owner, ours):
    for name, path in ours:
        expected = (
            (404,) if name in {"merge", "test_message", "nowhere"} else (200, 302, 400, 409, 422)
        )  # with whom? by what?
        assert call(owner, name, path).status_code in expected, path


def test_nothing_of_another_practice_is_reached(sign_in, team, ours, theirs, elsewhere):
    for user in team.values():
        client = sign_in(user)
        for name, path in theirs:
            if name in OF_NOTHING | {"new_type", "choose_practice"}:
                continue
            assert call(client, name, path).status_code in (403, 404), path
        client.post(reverse("office:choose_practice", args=[elsewhere["practice"].pk]))
        assert "Cabinet des Tilleuls" in client.get("/pro/").content.decode()


def test_another_owner_sees_nothing_of_ours(sign_in, elsewhere, ours):
    client = sign_in(elsewhere["owner"])
    feed = client.get("/pro/agenda/events/?start=2026-11-30T00:00&end=2026-12-07T00:00")
    assert "Julie" not in feed.content.decode()
    for path in ("/pro/patients/", "/pro/patients/export/"):
        assert "Julie" not in client.get(path).content.decode()
    for path, typed in (("/pro/patients/", "q"), ("/pro/patients/search/", "patient_search")):
        assert "Julie" not in client.post(path, {typed: "julie"}, follow=True).content.decode()
    for name, path in ours:
        if name not in OF_NOTHING | {"new_type", "choose_practice"}:
            assert call(client, name, path).status_code == 404, path


def test_ids_of_another_practice_in_a_form_are_refused(owner, elsewhere, anne, follow_up, julie):
    good = {
        "request_key": "8d3ff0b8-6a0b-4a0a-9a56-0d8b1b9d7c11",
        "patient": julie.pk,
        "practitioner": anne.pk,
        "type": follow_up.pk,
        "date": "2026-12-03",
        "time": "09:30",
    }
    for field in ("patient", "practitioner", "type"):
        answer = owner.post("/pro/appointments/new/", good | {field: elsewhere[field].pk})
        assert answer.status_code == 422, field
    assert owner.post("/pro/appointments/new/", good).status_code == 302


def test_who_works_in_two_practices_sees_each_apart(client, team, elsewhere):
    both = team["owner"]
    Membership.objects.create(practice=elsewhere["practice"], user=both, role="assistant")
    client.force_login(both, BACKEND)
    assert "Cabinet des Tilleuls" in client.get("/pro/").content.decode()
    client.post(reverse("office:choose_practice", args=[elsewhere["practice"].pk]))
    assert '<a href="/pro/">Ailleurs</a>' in client.get("/pro/").content.decode()
    assert client.get("/pro/settings/").status_code == 403


def test_who_left_the_team_is_outside_at_once(sign_in, team, practice):
    client = sign_in(team["practitioner"])
    assert client.get("/pro/").status_code == 200
    practice.team.filter(user=team["practitioner"]).delete()
    assert client.get("/pro/").status_code == 403


def test_signing_in_leads_where_one_belongs(sign_in, team, julie):
    assert sign_in(team["owner"]).get("/accounts/arrived/")["Location"] == "/pro/"
    assert sign_in(julie.user).get("/accounts/arrived/")["Location"] == "/mes-rendez-vous/"


def test_seats(practice, anne, ines):
    def may(user, role, whose):
        return Seat(user, practice, role).may_change_settings_of(whose)

    assert may(anne.user, "owner", ines)
    assert may(ines.user, "practitioner", ines)
    assert not may(ines.user, "practitioner", anne)
    assert not may(ines.user, "assistant", ines)
    assert not may(make_user("x@y.example"), "practitioner", ines)
