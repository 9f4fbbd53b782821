"""One letter over an open SMTP session, step by step, so that each step's failure has its meaning.

`smtplib.sendmail` does the same and forgets where it was: a server that hangs up before the final
dot has taken nothing, one that does after it may have.
"""

import select
import smtplib
import socket
import ssl

from maia.messaging.answers import Stage, failure_of_answer
from maia.messaging.failures import AnswerLost, TemporaryFailure

HANGING_UP_SECONDS = 0.002  # the time for a hang-up to arrive that came with the last reply


def hand_over(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
    """``content`` is the whole message, with CRLF. Raises the failures of `failures`."""
    stage = Stage.MAIL
    try:
        server.ehlo_or_helo_if_needed()
        _expect({250}, Stage.MAIL, server.mail(sender, _options(server, content)))
        stage = Stage.RCPT
        _expect({250, 251}, stage, server.rcpt(recipient))
        stage = Stage.DATA
        _expect({354}, stage, server.docmd("DATA"))
        text = _quoted(content)
        server.send(text)
        _refuse_unless_listening(server)
        stage = Stage.END
        server.send(b".\r\n")
        _expect({250}, stage, server.getreply())
    except smtplib.SMTPResponseException as error:  # EHLO, or a reply that is none
        if stage == Stage.END:
            raise AnswerLost("smtp") from error
        raise TemporaryFailure(f"smtp {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        kind = AnswerLost if stage == Stage.END else TemporaryFailure
        raise kind(type(error).__name__) from error


def _refuse_unless_listening(server: smtplib.SMTP) -> None:
    """Who has hung up in the middle of the text has taken nothing, as long as no dot was sent."""
    sock = server.sock
    if sock is None or isinstance(sock, ssl.SSLSocket):  # whose bytes may be no reply
        return
    if not select.select([sock], [], [], HANGING_UP_SECONDS)[0]:
        return
    if not sock.recv(1, socket.MSG_PEEK):
        raise smtplib.SMTPServerDisconnected
    code, answer = server.getreply()
    raise failure_of_answer(Stage.DATA, code, answer.decode("utf-8", "replace"))


def _expect(wanted: set[int], stage: Stage, answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code in wanted:
        return
    if not 400 <= code < 600:  # no reply that anybody understands
        raise (AnswerLost if stage == Stage.END else TemporaryFailure)(f"smtp {code}")
    raise failure_of_answer(stage, code, text.decode("utf-8", "replace"))


def _options(server: smtplib.SMTP, content: bytes) -> list[str]:
    options = [f"size={len(content)}"] if server.has_extn("size") else []
    if server.has_extn("8bitmime") and not content.isascii():
        options.append("body=8bitmime")
    return options


def _quoted(content: bytes) -> bytes:
    """Lines that begin with a dot have one more, and the last line ends."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)
