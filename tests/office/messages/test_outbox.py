"""Messages as the practice sees them, and what it does about those that did not go."""

from datetime import timedelta

import pytest
from django.urls import reverse

from maia.messaging.models import Message
from tests.conftest import NOW, make_patient
from tests.messaging.test_delivery import work
from tests.messaging.test_reminders import book
from tests.office.settings.test_practitioner import save


@pytest.fixture
def make(practice, anne):
    julie = make_patient(practice, "Julie", email="julie@patiente.example")

    def make_(status="failed", **fields):
        n = Message.objects.count()
        defaults = {"kind": "reminder", "channel": "email", "recipient": "patient",
                    "patient": julie, "error": "smtp 550", "due_at": NOW}  # fmt: skip
        return Message.objects.create(
            practice=practice, key=f"k{n}", try_after=NOW, status=status,
            **defaults | fields,
        )  # fmt: skip

    return make_


def act(client, message, action, **typed):
    return client.post(reverse("office:change_message", args=[message.pk, action]), typed)


def page(client, query=""):
    return client.get(f"/pro/messages/{query}").content.decode()


@pytest.mark.rule("3.6.15")
def test_all_are_listed_with_what_became_of_them(owner, make):
    make("sent", error="", receipt="delivered")
    make("dropped", error="grouped", channel="sms")
    make("queued", error="smtp 451", attempts=2)
    make("queued", error="", kind="confirmation")  # not due yet
    shown = page(owner)
    for words in (
        "remis",
        "le dit déjà",
        "Rappel",
        "ne peut pas encore le prendre (smtp 451)",
        "Julie",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 4), ("?status=problem", 2), ("?status=sent", 1), ("?channel=sms", 1), ("?status=queued", 1),
     ("?kind=confirmation", 1), ("?status=nonsense", 0), ("?page=99", 4), ("?channel=x&kind=y", 0)],
)  # fmt: skip
def test_filters(owner, make, query, count):
    make("failed")
    make("uncertain", error="worker_died")
    make("sent", error="", kind="confirmation")
    make("dropped", channel="sms", error="past")
    make("queued", error="")
    assert len(owner.get(f"/pro/messages/{query}").context["page"].object_list) == count


@pytest.mark.rule("3.6.15")
def test_the_page_begins_with_what_did_not_leave_and_what_leaves_next(owner, make):
    failed, waits = make("failed"), make("queued", error="", due_at=NOW + timedelta(days=1))
    never = make("dropped", error="cancelled_since", due_at=NOW + timedelta(days=20))
    sent = make("sent", error="")
    context = owner.get("/pro/messages/").context
    assert list(context["to_settle"]) == [failed]
    assert [one for _day, rows in context["next"] for one in rows] == [waits]
    listed = list(context["page"].object_list)
    assert sent in listed
    assert never not in listed  # of a reminder that will not be: only where it is asked for
    assert never in owner.get("/pro/messages/?status=dropped").context["page"].object_list
    assert "Prochains départs" not in page(owner, "?status=sent")


@pytest.mark.rule("3.6.5")
def test_the_agenda_says_that_some_did_not_leave(owner, make, practice):
    assert "ne sont pas partis" not in owner.get("/pro/").content.decode()
    make("failed")
    make("uncertain")
    assert "2 messages ne sont pas partis" in owner.get("/pro/").content.decode()
    owner.post("/pro/messages/seen/")
    assert "ne sont pas partis" not in owner.get("/pro/").content.decode()


@pytest.mark.rule("3.6.3")
def test_a_failed_one_is_sent_again_and_judged_again(owner, make, smtp, anne):
    failed = make(kind="test", recipient="practitioner", practitioner=anne, attempts=3)
    act(owner, failed, "resend")
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.error) == ("queued", 0, "")
    work()
    failed.refresh_from_db()
    assert failed.status == "sent"
    answer = act(owner, failed, "resend")
    assert answer.status_code == 302
    assert "déjà parti" in owner.get(answer["Location"]).content.decode()


def test_an_uncertain_one_is_settled_by_hand(owner, make):
    asked, unsure = make("uncertain"), make("uncertain")
    act(owner, asked, "arrived")
    asked.refresh_from_db()
    assert asked.status == "sent"
    act(owner, unsure, "seen")
    unsure.refresh_from_db()
    assert (unsure.status, unsure.settled_at is None) == ("uncertain", False)
    assert "n’est pas parti" not in page(owner)
    assert act(owner, unsure, "explode").status_code == 404


def test_one_that_did_not_arrive_is_to_look_at_and_can_be_sent_again(owner, make):
    lost = make("sent", error="", receipt="undelivered")
    assert "n’est pas parti" in owner.get("/pro/").content.decode()
    act(owner, lost, "resend")
    lost.refresh_from_db()
    assert (lost.status, lost.receipt) == ("queued", "")


def test_a_failed_one_cannot_be_said_to_have_arrived(owner, make):
    failed = make("failed")
    act(owner, failed, "arrived")
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_where_it_leads_back_to_is_ours(owner, make):
    message = make()
    assert act(owner, message, "seen", next="/pro/messages/?page=2")["Location"].endswith("page=2")
    there = act(owner, message, "seen", next="https://evil.example/")["Location"]
    assert there == reverse("office:message", args=[message.pk])


def test_one_message_shows_what_it_said(owner, make):
    sent = make("sent", error="", body="Bonjour <b>Julie</b>", subject="Rappel", to="j@x.example")
    shown = owner.get(reverse("office:message", args=[sent.pk])).content.decode()
    assert "Bonjour &lt;b&gt;Julie" in shown
    assert "j@x.example" in shown


def test_a_test_to_herself_by_both_channels(owner, anne, smtp, sms):
    anne.phone, anne.sms_template = "+33639980009", "RDV {date} {time}"
    anne.save()
    for channel in ("email", "sms"):
        owner.post(reverse("office:test_message", args=[anne.pk]), {"channel": channel})
    work()
    (mail,) = smtp.taken
    assert mail["To"] == "anne@tilleuls.example"
    assert "RDV mercredi 30 septembre 09:00" in mail.get_body(("plain",)).get_content()
    assert sms.taken[0]["body"]["body"]["text"] == "RDV mercredi 30 septembre 09:00"
    assert (
        owner.post(reverse("office:test_message", args=[anne.pk]), {"channel": "x"}).status_code
        == 404
    )


def test_a_test_without_a_mobile_says_why(owner, anne, sms):
    answer = owner.post(reverse("office:test_message", args=[anne.pk]), {"channel": "sms"})
    work()
    assert "pas de numéro de téléphone" in owner.get(answer["Location"]).content.decode()


def test_an_address_that_does_not_work_is_said_on_the_record(owner, make, smtp, anne):
    smtp.mood = "never"
    message = make("queued", error="", kind="test", practitioner=anne)
    work()
    julie = message.patient
    julie.undeliverable_email = julie.email
    julie.save()
    record = reverse("office:patient", args=[julie.pk])
    assert "Cette adresse ne fonctionne pas" in owner.get(record).content.decode()
    message.refresh_from_db()
    act(owner, message, "resend")  # she has emptied it
    assert "Cette adresse ne fonctionne pas" not in owner.get(record).content.decode()


@pytest.mark.rule("3.6.2")
def test_a_new_reminder_time_moves_the_waiting_ones(owner, anne, follow_up, julie):
    book(follow_up, anne, julie)
    work()
    assert save(owner, anne, reminder_time="20:00").status_code == 302
    due = Message.objects.filter(kind="reminder").values_list("due_at", flat=True)
    assert {f"{at:%H:%M}" for at in due} == {"19:00"}  # UTC


def test_why_one_was_not_sent_stands_after_a_space_that_holds(owner, make):
    message = make()
    said = owner.get(reverse("office:message", args=[message.pk])).content.decode()
    assert f"{message.get_status_display()}\xa0: " in said
    assert f"{message.get_status_display()}: " not in said
