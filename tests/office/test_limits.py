"""What costs, writes to people or asks other machines has a limit, said in words on the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maia.accounts.limits import LIMITS, Limited
from maia.invitations.models import Invitation
from maia.jobs.working import work_on_jobs
from maia.messaging.models import Message
from maia.messaging.spending import count
from maia.patients.import_jobs import READ, run_read
from maia.schedules.models import ExternalCalendar
from maia.tokens.models import Token
from tests.conftest import NOW, make_patient


def post(client, name, /, *args, **typed):
    return client.post(reverse(f"office:{name}", args=args), typed)


def most(act):
    return min(most for most, _per in LIMITS[act])


def assert_too_often(answer, seconds):
    assert answer.status_code == 429
    assert answer["Retry-After"] == str(seconds)
    assert "aussi souvent que permis" in answer.content.decode()


def test_tests_of_messages(owner, anne, ines):
    for n in range(5):
        hers = (anne, ines)[n % 2]  # hers, not the sheet's
        assert post(owner, "test_message", hers.pk, channel="sms").status_code == 302
    assert_too_often(post(owner, "test_message", ines.pk, channel="sms"), 3600)
    assert Message.objects.filter(kind="test").count() == 5
    assert post(owner, "test_message", anne.pk, channel="email").status_code == 302


def test_tests_of_webhooks_and_programs_that_come_and_go(owner, practice):
    for n in range(10):
        assert post(owner, "webhooks", url=f"https://compta.example/{n}").status_code == 302
        practice.webhooks.all().delete()
    assert_too_often(post(owner, "webhooks", url="https://compta.example/x"), 3600)
    assert not practice.webhooks.exists()  # nothing half done
    webhook = practice.webhooks.create(url="https://compta.example/")
    assert_too_often(post(owner, "change_webhook", webhook.pk, "test"), 3600)


def test_calendars_read_by_hand(owner, anne):
    calendar = ExternalCalendar.objects.create(
        practitioner=anne, name="Maternité", url="https://hopital.example/a.ics"
    )
    for _ in range(10):
        assert post(owner, "change_calendar", calendar.pk, "refresh").status_code == 302
    assert_too_often(post(owner, "change_calendar", calendar.pk, "refresh"), 3600)
    added = post(owner, "calendars", anne.pk, name="x", url="https://hopital.example/b.ics")
    assert_too_often(added, 3600)


def test_one_address_is_invited_five_times_a_day_and_what_was_typed_stays(owner, practice):
    typed = {"email": "lea@x.example", "role": "assistant", "first_name": "", "last_name": ""}
    for _ in range(5):
        assert post(owner, "team", **typed).status_code == 302
    answer = post(owner, "team", **typed)
    assert answer.status_code == 429
    assert 'value="lea@x.example"' in answer.content.decode()
    assert "aussi souvent que permis" in answer.content.decode()
    invitation = Invitation.objects.get()
    assert_too_often(post(owner, "change_invitation", invitation.pk, "again"), 86400)
    assert Invitation.objects.get().round == invitation.round


def test_a_practice_invites_fifty_patients_a_day(owner, practice):
    records = [make_patient(practice, email=f"p{n}@x.example") for n in range(51)]
    for record in records[:50]:
        assert post(owner, "invite", record.pk).status_code == 302
    assert_too_often(post(owner, "invite", records[50].pk), 86400)
    assert Invitation.objects.count() == 50


def test_tokens_exports_searches_and_sending_again(owner, practice, monkeypatch, anne):
    for act in (Limited.EXPORT, Limited.SEARCH, Limited.RESEND, Limited.MAKE_TOKEN):
        monkeypatch.setitem(LIMITS, act, [(1, LIMITS[act][0][1])])
    assert owner.get(reverse("office:export")).status_code == 200
    record = make_patient(practice)
    assert owner.get(reverse("office:hand_out", args=[record.pk])).status_code == 429
    assert post(owner, "patient_search", patient_search="petit").status_code == 200
    post(owner, "patients", q="petit")
    assert owner.get(reverse("office:patients_found")).status_code == 429
    message = Message.objects.create(
        practice=practice, practitioner=anne, kind="test", recipient="practitioner",
        channel="email", key="k", due_at=NOW, try_after=NOW, status="failed",
    )  # fmt: skip
    assert post(owner, "change_message", message.pk, "resend").status_code == 302
    Message.objects.update(status="failed")
    assert post(owner, "change_message", message.pk, "resend").status_code == 429
    typed = {"name": "Compta", "role": "owner", "lasts": "365"}
    assert post(owner, "tokens", **typed).status_code == 302
    assert post(owner, "tokens", **typed).status_code == 429
    assert Token.objects.count() == 1


@pytest.mark.rule("3.6.14")
@pytest.mark.parametrize(("gone", "words"), [(12, "12 sur 300"), (300, "300 sur 300")])
def test_the_messages_page_says_what_is_gone_of_todays_sms(owner, practice, settings, gone, words):
    settings.SMS_URL, settings.SMS_A_DAY = "console://", 300
    count(Message(practice=practice), gone, NOW)
    page = owner.get(reverse("office:messages")).content.decode()
    assert words in page
    assert ("demain à huit heures" in page) is (gone == 300)


def test_a_search_on_the_sheet_counts_and_nothing_typed_is_lost(owner, practice, monkeypatch):
    monkeypatch.setitem(LIMITS, Limited.SEARCH, [(1, LIMITS[Limited.SEARCH][0][1])])
    make_patient(practice, "Léa")
    typed = {"patient_search": "petit", "first_name": "Zoé", "last_name": "Roux"}
    assert "Léa" in post(owner, "new_appointment", **typed).content.decode()
    answer = post(owner, "new_appointment", **typed)
    page = answer.content.decode()
    assert answer.status_code == 429
    assert "aussi souvent que permis" in page
    assert 'value="Zoé"' in page
    assert "Léa" not in page
    assert (
        post(owner, "new_appointment", first_name="Zoé").status_code == 422
    )  # no search, no limit


def test_lists_sent_and_read_anew_count_for_who_sends_them(owner, practice, monkeypatch):
    monkeypatch.setitem(LIMITS, Limited.IMPORT, [(2, LIMITS[Limited.IMPORT][0][1])])

    def send():
        file = SimpleUploadedFile("liste.csv", "Nom;Prénom\nRoux;Zoé\n".encode())
        return post(owner, "patient_import", file=file)

    sent = send()
    assert sent.status_code == 302
    work_on_jobs({READ: run_read}, "w", lambda: NOW)
    chosen = {"titles_row": "1", "column-0": "first_name", "column-1": "last_name"}
    for status in (302, 429):
        answer = owner.post(sent["Location"], chosen | {"existing": "keep"})
        assert answer.status_code == status
        work_on_jobs({READ: run_read}, "w", lambda: NOW)
    assert "aussi souvent que permis" in answer.content.decode()
    answer = send()
    assert answer.status_code == 429
    assert "aussi souvent que permis" in answer.content.decode()
    assert practice.patient_imports.count() == 1
