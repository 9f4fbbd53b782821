"""A mail server's answers, by what they are about: who sends, whom to, what (rule 3.6)."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from maia.messaging.answers import Stage, failure_of_answer
from maia.messaging.failures import (
    AccountRefused,
    MailboxRefused,
    PermanentFailure,
    RecipientBusy,
    TemporaryFailure,
)
from maia.messaging.models import Message
from maia.messaging.reasons import reason
from tests.conftest import NOW
from tests.messaging.stages import HANG_UP, STAGES, staged_server
from tests.messaging.test_delivery import to_patient, work
from tests.messaging.test_owed import book

HOUR = timedelta(hours=1)


@pytest.mark.once
@pytest.mark.parametrize(
    ("stage", "answer", "kind"),
    [
        # Who sends.
        ("AUTH", "535 5.7.8 bad password", AccountRefused),
        ("AUTH", "535 authentication failed", AccountRefused),
        ("AUTH", "454 4.7.0 later", TemporaryFailure),
        ("GREETING", "554 no service", TemporaryFailure),
        ("MAIL", "530 5.7.0 authentication required", AccountRefused),
        ("MAIL", "530 authentication required", AccountRefused),
        ("MAIL", "550 sender not allowed", AccountRefused),
        ("MAIL", "553 5.7.1 sender address not owned by user", AccountRefused),
        ("MAIL", "550 5.1.1 no such sender", AccountRefused),
        ("MAIL", "501 5.1.7 bad sender", AccountRefused),
        ("RCPT", "554 5.7.1 <x@y.example>: Relay access denied", AccountRefused),
        ("RCPT", "554 relay access denied", AccountRefused),
        ("RCPT", "550 relaying denied for unknown user", AccountRefused),
        ("RCPT", "550 5.7.1 client host blocked using zen.example", AccountRefused),
        ("RCPT", "550 unknown user; authentication required", AccountRefused),
        ("RCPT", "503 5.5.1 authenticate first", AccountRefused),
        ("RCPT", "550 5.7.23 SPF validation failed", AccountRefused),
        ("RCPT", "550 5.1.8 sender domain not found", AccountRefused),
        ("END", "554 5.7.1 relay access denied", AccountRefused),
        ("END", "550 5.7.26 unauthenticated sender", AccountRefused),
        # An account or a limit, whatever code stands beside it.
        ("RCPT", "550 Your account is disabled", AccountRefused),
        ("RCPT", "550 5.2.1 Your mail account is disabled", AccountRefused),
        ("RCPT", "550 account disabled: sending account suspended", AccountRefused),
        ("RCPT", "550 account has been disabled due to spam, contact support", AccountRefused),
        ("RCPT", "550 5.1.90 you've reached your daily limit for recipients", AccountRefused),
        ("RCPT", "550 you’ve reached your limit", AccountRefused),
        ("RCPT", "550 5.1.1 relaying denied", AccountRefused),
        ("RCPT", "550 5.1.3 Invalid address, relaying denied", AccountRefused),
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded", AccountRefused),
        ("RCPT", "550 5.1.1 Sender unknown: your account is suspended", AccountRefused),
        ("RCPT", "550 5.1.1 mailbox disabled: sending quota exceeded", AccountRefused),
        ("RCPT", "552 You have exceeded the messages of this hour", AccountRefused),
        ("END", "554 5.2.252 SendAsDenied; not allowed", AccountRefused),
        ("END", "550 5.4.5 Daily sending quota exceeded", AccountRefused),
        ("END", "554 too many messages from you", AccountRefused),
        # Her mailbox.
        ("RCPT", "550 5.1.1 user unknown", MailboxRefused),
        ("RCPT", "550 5.1.6 has moved", MailboxRefused),
        ("RCPT", "550 5.1.10 null MX", MailboxRefused),
        ("RCPT", "550 5.2.1 mailbox disabled", MailboxRefused),
        ("RCPT", "550-5.1.1 The account that you tried\n550 5.1.1 does not exist", MailboxRefused),
        ("END", "550 5.1.1 user unknown", MailboxRefused),
        ("RCPT", "550 5.1.1 <x@y.example>: unknown in relay recipient table", MailboxRefused),
        ("RCPT", "550 5.1.1 <relay.limit@y.example>: no such user", MailboxRefused),
        ("RCPT", "550 5.2.1 The email account that you tried to reach is disabled", MailboxRefused),
        # Hers, and not so certain that she is marked.
        ("RCPT", "550 no such mailbox", PermanentFailure),
        ("RCPT", "550 <x@y.example>: User unknown in local table", PermanentFailure),
        ("RCPT", "550 5.5.0 Requested action not taken: mailbox unavailable", PermanentFailure),
        ("RCPT", "550 Requested action not taken: mailbox unavailable", PermanentFailure),
        ("RCPT", "550 5.4.1 Recipient address rejected: Access denied", PermanentFailure),
        ("RCPT", "551 User not local; please try another", PermanentFailure),
        # Her mailbox, for now.
        ("RCPT", "450 4.2.0 greylisted", RecipientBusy),
        ("RCPT", "451 try later", RecipientBusy),
        ("RCPT", "550 4.7.1 greylisted", RecipientBusy),
        ("RCPT", "452 4.2.2 full", RecipientBusy),
        ("RCPT", "421 4.3.2 closing", TemporaryFailure),
        # Nobody knows whose: this one is tried again, and nobody waits for it.
        ("RCPT", "550 User quota exceeded, account temporarily disabled", RecipientBusy),
        ("RCPT", "550 5.2.1 is receiving mail too quickly", RecipientBusy),
        ("RCPT", "550 account disabled", RecipientBusy),
        ("RCPT", "550 rejected", RecipientBusy),
        ("RCPT", "550 5.0.0 rejected", RecipientBusy),
        ("RCPT", "550 5.4.1 access denied", RecipientBusy),
        # This letter, or nobody knows: it fails, and nobody is marked.
        ("RCPT", "552 5.2.2 mailbox full", PermanentFailure),
        ("RCPT", "550 5.1.2 no such domain", PermanentFailure),
        ("END", "554 5.7.1 looks like spam", PermanentFailure),
        ("END", "552 5.3.4 too big", PermanentFailure),
        ("END", "554 transaction failed", PermanentFailure),
        ("MAIL", "552 too big", PermanentFailure),
        # The server.
        ("MAIL", "451 4.3.0 disk full", TemporaryFailure),
        ("END", "452 4.3.1 no room", TemporaryFailure),
        ("RCPT", "550 5.3.2 not accepting messages", AccountRefused),
    ],
)  # fmt: skip
def test_what_an_answer_is_about(stage, answer, kind):
    failure = failure_of_answer(Stage[stage], int(answer[:3]), answer[4:])
    assert type(failure) is kind
    assert "example" not in str(failure)


@pytest.fixture
def server(settings):
    with staged_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "maia", "secret"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Maia <rdv@maia.example>"
        yield server


@pytest.fixture
def booked(follow_up, anne, julie):
    return book(follow_up, anne, julie)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("AUTH", "535 5.7.8 bad password"),
        ("MAIL", "530 5.7.0 authentication required"),
        ("MAIL", "550 sender not allowed"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("RCPT", "554 relay access denied"),
        ("RCPT", "550 Your account is disabled"),
        ("RCPT", "550 5.1.1 relaying denied"),
        ("DOT", "554 5.2.252 SendAsDenied"),
        ("DOT", "550 5.7.1 relay access denied"),
    ],
)
def test_an_operators_fault_put_right_an_hour_later_costs_nothing(
    booked, julie, server, stage, answer
):
    server.answers = {stage: answer}
    for minutes in (0, 5, 20):
        work(NOW + timedelta(minutes=minutes))
    waiting = to_patient()
    assert waiting.status == "queued"
    assert waiting.error.startswith("account smtp")
    assert "serveur" in reason(waiting)
    julie.refresh_from_db()
    assert not julie.email_is_undeliverable
    assert server.taken == []
    server.answers = {}
    for minutes in (60, 65, 70, 100):  # a rest, one to see, then all
        work(NOW + timedelta(minutes=minutes))
    told = Message.objects.exclude(kind="reminder")
    assert {m.status for m in told} == {"sent"}
    assert len(server.taken) == told.count() == 2


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_hangs_up_before_the_dot_has_taken_nothing(booked, server, stage):
    server.answers = {stage: HANG_UP}
    Message.objects.all().delete()
    work()
    Message.objects.filter(recipient="practitioner").delete()
    message = to_patient()
    assert message.status == ("uncertain" if stage == "DOT" else "queued")
    server.answers = {}
    before = len(server.taken)
    work(NOW + HOUR)
    assert to_patient().status == ("uncertain" if stage == "DOT" else "sent")
    assert len(server.taken) - before == (0 if stage == "DOT" else 1)


def test_a_mailbox_that_is_unknown_is_marked_and_the_server_goes_on(booked, julie, server):
    server.answers = {"RCPT": "550 5.1.1 no such user"}
    work()
    assert (to_patient().status, to_patient().error) == ("failed", "smtp 550 5.1.1")
    julie.refresh_from_db()
    assert julie.email_is_undeliverable


@pytest.mark.parametrize(
    ("answer", "status"),
    [("550 5.5.0 mailbox unavailable", "failed"), ("550 User quota exceeded", "queued")],
)
def test_what_is_not_certain_marks_nobody_and_rests_nobody(booked, julie, server, answer, status):
    server.answers = {"RCPT": answer}
    work()
    assert to_patient().status == status
    assert not to_patient().error.startswith("account")
    julie.refresh_from_db()
    assert not julie.email_is_undeliverable


def test_greylisting_is_waited_out_and_rests_nobody_else(booked, julie, server):
    server.answers = {"RCPT": "450 4.2.0 greylisted"}
    work()
    assert to_patient().status == "queued"
    server.answers = {}
    work(NOW + timedelta(minutes=6))
    assert to_patient().status == "sent"
    julie.refresh_from_db()
    assert not julie.email_is_undeliverable


def test_lines_that_begin_with_a_dot_arrive_as_they_are(booked, julie, server):
    booked.type.instructions = ".\n\n..\n\nfin"
    booked.type.save()
    work()
    letter = next(raw for raw in server.taken if b"julie@" in raw)
    assert b"\r\n..\r\n" in letter  # quoted: a line of one dot ends a letter
    assert b"\r\n...\r\n" in letter
    assert len(server.taken) == 2


class _Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def brevo(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        settings.EMAIL_BACKEND = "anymail.backends.brevo.EmailBackend"
        base = f"http://127.0.0.1:{server.server_port}/"
        settings.ANYMAIL = {"BREVO_API_KEY": "x", "BREVO_API_URL": base}
        settings.DEFAULT_FROM_EMAIL = "Maia <rdv@maia.example>"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (401, b'{"code": "unauthorized"}', "queued"),
        (402, b'{"code": "not_enough_credits"}', "queued"),
        (403, b"{}", "queued"),
        (400, b'{"message": "the sender you used is not valid"}', "queued"),
        (400, b'{"message": "subject is missing"}', "failed"),
        (429, b"{}", "queued"),
        (500, b"{}", "queued"),
        (504, b"{}", "uncertain"),
    ],
)
def test_a_providers_refusals_as_well(booked, julie, brevo, status, body, outcome):
    brevo.answer = (status, body)
    work()
    assert to_patient().status == outcome
    julie.refresh_from_db()
    assert not julie.email_is_undeliverable
    if outcome == "queued":
        brevo.answer = (201, b'{"messageId": "<1@brevo.example>"}')
        for minutes in (60, 65, 70):
            work(NOW + timedelta(minutes=minutes))
        assert to_patient().status == "sent"
