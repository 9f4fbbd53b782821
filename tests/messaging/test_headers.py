"""Headers as they arrive, byte by byte: folded as RFC 5322 and 2047 want, and none made up."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP

import pytest
from django.urls import reverse

from maia.outside.mail import Mail, with_name
from tests.conftest import make_user
from tests.messaging.test_answers import server  # noqa: F401
from tests.messaging.test_delivery import work
from tests.messaging.test_owed import book

LONG = "Maison de santé des Érables et de l’Île de la Réunion, sages-femmes libérales associées à Sainte-Suzanne (974)"
NAMES = [
    "Cabinet des Tilleuls", LONG, "A" * 120, "é" * 120, 'Cabinet "des Lilas" <x@y.example>',
    "Cabinet\r\nBcc: x@evil.example", "=?utf-8?q?Bcc:_x?=", "助産師" * 30, "\\",
]  # fmt: skip


def head(raw):
    return raw.split(b"\r\n\r\n", 1)[0]


def assert_well_written(raw):
    lines = head(raw).split(b"\r\n")
    assert all(len(line) <= 78 for line in lines), lines
    assert all(line.isascii() for line in lines)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", head(raw)))
    assert not any(re.fullmatch(rb"[\w-]+:\s*", line) for line in lines), lines
    assert b"\n" not in raw.replace(b"\r\n", b"")
    read = message_from_bytes(raw, policy=SMTP)
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "All"
    assert read["Message-ID"].endswith("@maia.example>")
    assert read["Bcc"] is None
    assert len(read.get_all("From")) == len(read.get_all("To")) == 1
    return message_from_bytes(raw)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_practice_is_called(follow_up, anne, julie, practice, server, name):  # noqa: F811
    practice.name = name
    practice.save()
    book(follow_up, anne, julie)
    work()
    assert len(server.taken) == 2
    for raw in server.taken:
        read = assert_well_written(raw)
        sender = str(make_header(decode_header(read["From"].split("<rdv@")[0].strip())))
        if name.isascii() and len(name) < 40:
            sender = message_from_bytes(raw, policy=SMTP)["From"].addresses[0].display_name
        assert sender == " ".join(name.split())


def test_the_codes_to_sign_in_as_well(client, server, db):  # noqa: F811
    make_user("nour@patiente.example")
    client.post(reverse("account_request_login_code"), {"email": "nour@patiente.example"})
    (raw,) = server.taken
    assert_well_written(raw)


@pytest.mark.parametrize("subject", ["x\r\nBcc: x@evil.example", "é" * 300, "A" * 200, "mot " * 60])
def test_whatever_a_subject_says(settings, subject):
    settings.DEFAULT_FROM_EMAIL = "Maia <rdv@maia.example>"
    mail = Mail(subject, "x", with_name("Maia", "rdv@maia.example"), ["a@b.example"])
    read = assert_well_written(mail.message().as_bytes(linesep="\r\n"))
    assert str(make_header(decode_header(read["Subject"]))).split() == subject.split()


def test_an_address_that_no_line_holds_stays_on_the_first():
    to = f"{'a' * 64}@{'b' * 60}.example"
    raw = Mail("x", "x", "rdv@maia.example", [to]).message().as_bytes(linesep="\r\n")
    assert f"\r\nTo: {to}\r\n".encode() in raw
