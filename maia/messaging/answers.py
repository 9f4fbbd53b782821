"""What a mail server's refusal is about: who sends, whom to, or what (RFC 5321, RFC 3463).

That decides what becomes of the letter. The enhanced code is believed before the plain one, both
before words. Only what is about a mailbox marks it; where that is not certain, nobody is marked.
"""

import re
from enum import Enum, auto

from maia.messaging.failures import (
    AccountRefused,
    MailboxRefused,
    PermanentFailure,
    RecipientBusy,
    TemporaryFailure,
)


class Stage(Enum):
    """Of one letter's way to a mail server. Before END nothing can have been taken."""

    GREETING = auto()  # connect, EHLO, STARTTLS
    AUTH = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()  # asked whether it may come, and the text itself
    END = auto()  # the final dot


_ENHANCED = re.compile(r"(?:^|\s)#?([245])\.(\d{1,3})\.(\d{1,3})(?=[\s:;,-]|$)", re.ASCII)
# Who sends has to show who she is, or cannot (RFC 4954).
_AUTHENTICATION = {523, 524, 530, 534, 535, 538}
# Not understood: ours, or the operator's, never hers.
_PROTOCOL = {500, 501, 502, 503, 504, 521, 555, 556}
# RFC 3463 and its registry, subject and detail.
_NO_SUCH_MAILBOX = {(1, 1), (1, 3), (1, 6), (1, 10), (2, 1), (7, 17), (7, 18)}
_OF_THE_SENDER = {(1, 7), (1, 8)}
_OF_THE_LETTER = {(2, 3), (2, 4), (3, 4), (3, 5), (4, 6)}
# Policy that a letter, or its reader, meets; at the end only, since nothing else is known before.
_POLICY = {(7, 0), (7, 1), (7, 2)}
_SENDER_WORDS = re.compile(
    r"relay|authenti|not (?:permitted|allowed|authori[sz]ed) to (?:send|relay)|sender|"
    r"mail from|log ?in|credential|domain (?:is )?not (?:verified|validated|allowed)|"
    r"black ?list|block ?list|dnsbl|rbl|spamhaus|client host|\bip\b|spf|dkim|dmarc|reverse dns",
    re.IGNORECASE,
)
_MAILBOX_WORDS = re.compile(
    r"(?:no such|unknown|invalid|non-?existent) (?:\w+ )?(?:user|mailbox|recipient|address)|"
    r"(?:user|mailbox|recipient|account)\b.{0,60}? "
    r"(?:unknown|not found|not exist|does(?: not|n't) exist|disabled)|"
    r"no mailbox|mailbox unavailable",
    re.IGNORECASE | re.DOTALL,
)


def failure_of_answer(stage: Stage, code: int, text: str) -> Exception:
    """The kind of failure that a reply ``code`` other than the wanted one is; its words are never
    kept, for servers repeat the address in them."""
    enhanced = _ENHANCED.search(text)
    said = f"smtp {code}"
    kind, about = code // 100, None
    if enhanced:
        kind, about = int(enhanced[1]), (int(enhanced[2]), int(enhanced[3]))
        said = f"{said} {enhanced[1]}.{enhanced[2]}.{enhanced[3]}"
    if stage in (Stage.GREETING, Stage.AUTH):
        refused = kind == 5 and code != 554  # 554 greets while it is closed
        return (AccountRefused if refused else TemporaryFailure)(said)
    if kind != 5:
        busy = stage == Stage.RCPT and code != 421
        return (RecipientBusy if busy else TemporaryFailure)(said)
    if code in _AUTHENTICATION or about in _OF_THE_SENDER:
        return AccountRefused(said)
    if about is not None:
        return _by_enhanced_code(stage, about, text)(said)
    return _by_words(stage, code, text)(said)


def is_about_sender(text: str) -> bool:
    """Whether a provider's words are about who sends."""
    return bool(_SENDER_WORDS.search(text))


def _by_enhanced_code(stage: Stage, about: tuple[int, int], text: str) -> type[Exception]:
    subject, _detail = about
    if stage != Stage.MAIL and about in _NO_SUCH_MAILBOX:
        return MailboxRefused
    if about in _OF_THE_LETTER or subject == 6:
        return PermanentFailure
    if subject == 7:
        of_letter = stage in (Stage.DATA, Stage.END) and about in _POLICY
        return PermanentFailure if of_letter and not is_about_sender(text) else AccountRefused
    if subject in (3, 5) or stage == Stage.MAIL:
        return AccountRefused
    return PermanentFailure  # of this letter or its way there: nobody is marked


def _by_words(stage: Stage, code: int, text: str) -> type[Exception]:
    if code == 552:
        return PermanentFailure  # too large, or too full
    if stage == Stage.MAIL or code in _PROTOCOL or is_about_sender(text):
        return AccountRefused
    if stage == Stage.RCPT and code in (550, 551, 553) and _MAILBOX_WORDS.search(text):
        return MailboxRefused
    return PermanentFailure
