"""The same form twice makes one thing; every address of the back office is decided here."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import resolve, reverse

from maia.accounts.models import Posted
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Event
from maia.invitations.models import Invitation
from maia.office.urls import urlpatterns
from maia.privacy.housekeeping import keep_house
from maia.schedules.models import Absence, Schedule
from maia.webhooks.models import Webhook
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type
from tests.office.settings.test_settings import type_form
from tests.office.test_again import READS
from tests.pages import anyway

# A new address that takes a form is decided: what it makes, it makes once for one key...
MAKES = {
    "new_patient", "new_replacement",
    "new_appointment", "new_absence", "new_event", "calendars", "new_feed", "test_message", "invite", "invite_to_book", "team", "change_invitation", "change_message",
    "rooms", "pathway", "french_pathway", "webhooks", "change_webhook", "tokens", "new_type", "change_type", "first_steps", "new_opening", "new_period", "new_type_period", "new_type_opening",
    "new_place",
}  # fmt: skip
# ... by a way of its own, ...
OTHERWISE = {
    "patient_import",  # one import of a file, and who is there already is not made again
    "embed",  # a website is one row
}  # fmt: skip
# ... by what it is about, which is as it was wanted already, ...
CHANGES = {
    "edit_replacement", "delete_replacement",
    "answer_request", "attendance", "contact", "correct_patient",
    "sheet", "move", "undo_move", "cancel", "confirm", "unconfirm", "delete_absence", "edit_absence", "personal_event", "move_event", "delete_event", "patient",
    "withdraw_invitation", "erase", "merge", "undo_merge", "all_seen", "practitioner",
    "schedule", "type_schedule", "edit_opening", "delete_opening", "edit_period", "delete_period", "change_calendar", "revoke_feed", "practice", "remove_website", "no_website",
    "privacy", "second_factor", "sign_out", "remove", "role", "renew_secret",
    "revoke_token", "edit_type", "edit_room", "change_room", "edit_step", "change_step",
    "edit_place", "give_up_place", "travel",
    "import_of", "change_import",
}  # fmt: skip
# ... or it makes nothing.
ASKS_ONLY = {
    "event_summary",
    "choose_practice",
    "patients",
    "patient_search",
    "noting_told",
    "preview_sms",
    "preview_type",
}
SHOWS_ONLY = READS | {"types", "export", "export_appointments", "hand_out", "show_feeds"}


def makes_once(view):
    while view is not None:
        if getattr(view, "makes_once", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_address_is_decided():
    decided = [MAKES, OTHERWISE, CHANGES, ASKS_ONLY, SHOWS_ONLY]
    names = {pattern.name for pattern in urlpatterns}
    assert sum(map(len, decided)) == len(set().union(*decided))
    assert names == set().union(*decided)
    for pattern in urlpatterns:
        assert makes_once(pattern.callback) is (pattern.name in MAKES), pattern.name


def rows():
    """How many of everything, and how often each invitation was sent."""
    counts = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label not in ("accounts.Allowance", "sessions.Session")
    }
    return counts | {"sent": sum(Invitation.objects.values_list("round", flat=True))}


@pytest.fixture
def there(practice, anne, julie):
    """What the forms are about."""
    own = make_type(practice, "Suites de couches")
    step = practice.pathway.create(type=own, first=30, last=36)
    Schedule.set_own(own, {0: [(540, 600)]})
    return {
        "anne": anne,
        "colleague": practice.practitioners.create(first_name="Zoé", last_name="Roy"),
        "type": make_type(practice),
        "own": own,
        "step": step,
        "webhook": practice.webhooks.create(url="https://compta.example/"),
        "record": make_patient(
            practice, "Zoé", email="zoe@x.example", due_date=NOW.date() + timedelta(days=60)
        ),
        "invitation": practice.invitations.create(
            email="n@x.example", role="assistant", sent_at=NOW, expires_at=NOW + timedelta(days=1)
        ),
        "message": practice.messages.create(
            practitioner=anne,
            kind="test",
            recipient="practitioner",
            channel="email",
            key="k",
            due_at=NOW,
            try_after=NOW,
            status="failed",
        ),
    }


def forms(there):
    """Of each that makes: its address and what is typed."""
    anne, away = there["anne"], {
        "practitioner": there["anne"].pk, "title": "", "repeat": "never",
        "first_date": "2026-12-07", "last_date": "2026-12-07",
    }  # fmt: skip
    return {
        "new_appointment": ([], {
            "first_name": "Zoé", "last_name": "Neuve", "practitioner": anne.pk,
            "type": there["type"].pk, "date": "2026-12-07", "time": "10:00",
            "allow_overlap": "on",  # nothing but the key says that it is the same one
        }),
        "new_patient": ([], {"first_name": "Lina", "last_name": "Neuve"}),
        "new_absence": ([], away),
        "new_opening": (
            [anne.pk], {"date": "2026-12-12", "start": "9h", "end": "12h", "for_all": "on"},
        ),
        "new_type_opening": (
            [there["own"].pk], {"date": "2026-12-12", "start": "9h", "end": "12h"},
        ),
        "new_period": ([anne.pk], {"name": "Été", "first_date": "2027-07-01"}),
        "new_type_period": ([there["own"].pk], {"name": "Été", "first_date": "2027-07-01"}),
        "new_replacement": ([], {
            "practitioner": anne.pk, "substitute": there["colleague"].pk, "first_date": "2026-12-07",
            "last_date": "2026-12-08", "hours": "substitute",
        }),
        "new_place": ([], {"name": "Quai", "street": "1 quai Neuf", "city": "Rennes"}),
        "new_event": ([], {"practitioner": anne.pk, "date": "2026-12-07", "whole_days": "on"}),
        "calendars": ([anne.pk], {"name": "Maternité", "url": "https://hopital.example/a.ics"}),
        "new_feed": ([anne.pk], {"titles": "masked"}),
        "test_message": ([anne.pk], {"channel": "email"}),
        "invite": ([there["record"].pk], {}),
        "invite_to_book": ([there["record"].pk, there["step"].pk], {}),
        "team": ([], {"email": "lea@x.example", "role": "assistant"}),
        "change_invitation": ([there["invitation"].pk, "again"], {}),
        "webhooks": ([], {"url": "https://compta.example/autre"}),
        "change_webhook": ([there["webhook"].pk, "test"], {}),
        "tokens": ([], {"name": "Compta", "role": "owner", "lasts": "365"}),
        "rooms": ([], {"name": "Échographe"}),
        "pathway": ([], {"type": there["type"].pk, "unit": "weeks", "first": "11", "last": "13"}),
        "french_pathway": ([], {"type_0": there["type"].pk}),
        "new_type": ([], type_form()),
        "first_steps": ([], {"types": "perineum"}),
        "change_type": ([there["type"].pk, "duplicate"], {}),
        "change_message": ([there["message"].pk, "resend"], {}),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(MAKES))
def test_the_same_form_twice_makes_one_thing_and_leads_to_the_same_page(owner, there, name):
    args, typed = forms(there)[name]
    if name == "french_pathway":  # to begin with: where there is none
        there["step"].delete()
    path, typed = reverse(f"office:{name}", args=args), {**typed, "request_key": str(uuid4())}
    before = rows()
    first = owner.post(path, typed)
    assert first.status_code == 302, first.content.decode()
    made = rows()
    assert made != before
    again = owner.post(path, typed)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert rows() == made
    owner.post(path, typed)
    assert rows() == made


def test_a_personal_event_is_one_and_another_is_another(owner, there):
    _args, typed = forms(there)["new_event"]
    typed |= {"request_key": str(uuid4())}
    path = reverse("office:new_event")
    for _ in range(2):
        assert owner.post(path, typed).status_code == 302
    assert Event.objects.count() == 1
    anyway(owner, path, typed | {"title": "Garage"})  # went back, and typed on
    assert Event.objects.count() == 2
    anyway(owner, path, typed | {"request_key": str(uuid4())})
    assert Event.objects.count() == 3


def test_what_was_refused_may_be_sent_again(owner, there, practice):
    typed = {"url": "https://compta.example/autre", "request_key": str(uuid4())}
    practice.webhooks.bulk_create(
        Webhook(practice=practice, url=f"https://x/{n}") for n in range(4)
    )
    path = reverse("office:webhooks")
    assert owner.post(path, typed).status_code == 422
    practice.webhooks.last().delete()
    assert owner.post(path, typed).status_code == 302
    assert practice.webhooks.filter(url=typed["url"]).exists()


def test_what_was_refused_by_a_redirect_may_be_sent_again(owner, there, anne):
    path = reverse("office:new_feed", args=[anne.pk])
    for _ in range(10):
        owner.post(path)
    typed = {"request_key": str(uuid4())}
    owner.post(path, typed)
    anne.user.feeds.first().delete()
    owner.post(path, typed)
    assert anne.user.feeds.count() == 10


def test_a_key_is_hers_and_nonsense_is_none(sign_in, team, there):
    _args, typed = forms(there)["new_event"]
    path = reverse("office:new_event")
    typed |= {"request_key": str(uuid4())}
    sign_in(team["owner"]).post(path, typed)
    anyway(sign_in(team["assistant"]), path, typed)
    assert Event.objects.count() == 2
    for n, key in enumerate(("", "x", "1" * 5000, "\x00")):
        again = anyway(sign_in(team["owner"]), path, typed | {"request_key": key})
        assert again.status_code == 302
        assert Event.objects.count() == 3 + n


def test_a_mark_is_kept_a_day(owner, there):
    owner.post(reverse("office:new_feed", args=[there["anne"].pk]), {"request_key": str(uuid4())})
    assert keep_house(NOW + timedelta(hours=23))["posted"] == 0
    assert keep_house(NOW + timedelta(hours=25))["posted"] == 1
    assert not Posted.objects.exists()


def test_every_such_form_shows_its_key(owner, there, settings):
    anne = there["anne"]
    pages = {
        reverse("office:new_patient"), reverse("office:new_replacement"),
        reverse("office:new_appointment"), reverse("office:new_absence"), reverse("office:new_event"), reverse("office:calendars", args=[anne.pk]),
        reverse("office:practitioner", args=[anne.pk]), reverse("office:team"),
        reverse("office:new_opening", args=[anne.pk]), reverse("office:new_period", args=[anne.pk]),
        reverse("office:new_place"),
        *(reverse(f"office:{new}", args=[there["own"].pk]) for new in ("new_type_opening", "new_type_period")),
        reverse("office:patient", args=[there["record"].pk]), reverse("office:webhooks"),
        reverse("office:tokens"), reverse("office:first_steps"), reverse("office:new_type"), reverse("office:types"),
        reverse("office:rooms"), reverse("office:pathway"), reverse("office:french_pathway"),
        reverse("office:message", args=[there["message"].pk]),
    }  # fmt: skip
    seen = set()
    for page in pages:
        for form in re.findall(r"<form\s.*?</form>", owner.get(page).content.decode(), re.DOTALL):
            head = form.partition(">")[0]
            if 'method="post"' not in head or ('action="/pro/' not in head and " action=" in head):
                continue
            action = re.search(r'action="([^"]+)"', form.partition(">")[0])
            match = resolve(action[1] if action else page)
            if match.url_name in MAKES and match.kwargs.get("action") in (
                None, "again", "duplicate", "test", "resend",
            ):  # fmt: skip
                assert 'name="request_key"' in form, (page, form)
                seen.add(match.url_name)
    assert seen == MAKES


def written():
    """All but what reading leaves: a refusal shows the sheet."""
    return {name: count for name, count in rows().items() if name != "privacy.JournalEntry"}


def test_what_changes_an_appointment_twice_is_written_once(owner, there, anne, julie, practice):
    type = there["type"]
    made = book_appointment(type, anne, at(THURSDAY, "09:30"), julie, by=By.practice(None), now=NOW)
    for name, typed in (
        ("unconfirm", {}),
        ("confirm", {}),
        ("cancel", {"yes": "1"}),
    ):
        path = reverse(f"office:{name}", args=[made.pk])
        made.refresh_from_db()
        typed["version"] = made.version
        before = written()
        owner.post(path, typed)
        once = written()
        assert once != before, name
        owner.post(path, typed)
        assert written() == once, name
    assert not Absence.objects.exists()
