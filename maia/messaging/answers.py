"""What a mail server's refusal is about: who sends, whom to, or what (RFC 5321, RFC 3463).

That decides what becomes of the letter. Words about who sends (an account, a limit, a relay) are
believed before any code, for programs give the nearest one; then the enhanced code, then the plain
one. Only an enhanced code of a mailbox marks it. What is not certainly about the recipient or the
letter is tried again, and nobody is marked.
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


_MOST_WORDS = 4_000  # characters of an answer
_ENHANCED = re.compile(r"(?:^|\s)#?([245])\.(\d{1,3})\.(\d{1,3})(?=[\s:;,-]|$)", re.ASCII)
# Who sends has to show who she is, or cannot (RFC 4954).
_AUTHENTICATION = {523, 524, 530, 534, 535, 538}
# Not understood: ours, or the operator's, never hers.
_PROTOCOL = {500, 501, 502, 503, 504, 521, 555, 556}
# RFC 3463 and its registry, subject and detail.
_NO_SUCH_MAILBOX = {(1, 1), (1, 3), (1, 6), (1, 10), (2, 1), (7, 17), (7, 18)}
_OF_THE_SENDER = {(1, 7), (1, 8), (1, 90), (2, 252), (4, 5)}  # the last three: limits, send-as
_OF_THE_RECIPIENT = {(1, 2), (1, 4), (2, 2), (4, 4)}  # where she gets her letters, not whether
_OF_THE_LETTER = {(2, 3), (2, 4), (3, 4), (3, 5), (4, 6)}
# Policy that a letter, or its reader, meets; at the end only, since nothing else is known before.
_POLICY = {(7, 0), (7, 1), (7, 2)}
_SENDER_WORDS = re.compile(
    r"relay|authenti|not (?:permitted|allowed|authori[sz]ed) to (?:send|relay)|sender|"
    r"mail from|log ?in|credential|domain (?:is )?not (?:verified|validated|allowed)|"
    r"black ?list|block ?list|dnsbl|rbl|spamhaus|client host|\bip\b|spf|dkim|dmarc|reverse dns",
    re.IGNORECASE,
)
# Stronger than the code beside them.
_ACCOUNT_WORDS = re.compile(
    r"relay(?:ing|ed)?\b(?![.-]\w| recipient| domains? table)|authenticat|send-?as|"
    r"\b(?:your|votre|sending|sender'?s?) (?:[\w-]+ ){0,2}(?:account|compte)\b|"
    r"account\b.{0,60}\b(?:spam|abuse|sending)|submission (?:quota|limit)|"
    r"sender (?:address |domain )?(?:is )?(?:unknown|rejected|denied|blocked|not|over)|"
    r"(?:daily|hourly|monthly|sending|outbound|outgoing) (?:[\w-]+ ){0,3}(?:limit|quota|rate)|"
    r"(?:limit|quota|rate) (?:[\w-]+ ){0,3}(?:sent|sending|outgoing|outbound)\b|"
    r"too many (?:e-?mails|messages|mails|recipients)|"
    r"you(?:'ve| have)? (?:\w+ )?(?:exceeded|reached)",
    re.IGNORECASE | re.DOTALL,
)
# Whose limit, nobody knows.
_LIMIT_WORDS = re.compile(
    r"quota|limit|exceed|\brates?\b|throttl|too (?:many|much|quickly|fast)|temporar", re.IGNORECASE
)
_MAILBOX_WORDS = re.compile(
    r"(?:no such|unknown|invalid|non-?existent) (?:\w+ )?(?:user|mailbox|recipient|address)|"
    r"(?:user|mailbox|recipient|account)\b.{0,60}? "
    r"(?:unknown|not found|not exist|does(?: not|n't) exist)|"
    r"(?:user|mailbox|recipient)\b.{0,60}? disabled|"
    r"no mailbox|mailbox unavailable|recipient address rejected|user not local",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"<[^<>]*>|[^\s<>]*@[^\s<>]*")  # its words say nothing about anybody


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
    words = _ADDRESS.sub(" ", text[:_MOST_WORDS]).replace("’", "'")
    if about in _OF_THE_LETTER:
        return PermanentFailure(said)
    if code in _AUTHENTICATION or about in _OF_THE_SENDER or _ACCOUNT_WORDS.search(words):
        return AccountRefused(said)
    if about is not None:
        return _by_enhanced_code(stage, about, words)(said)
    return _by_words(stage, code, words)(said)


def is_about_sender(text: str) -> bool:
    """Whether a provider's words are about who sends."""
    return bool(_SENDER_WORDS.search(text) or _ACCOUNT_WORDS.search(text))


def _by_enhanced_code(stage: Stage, about: tuple[int, int], text: str) -> type[Exception]:
    subject, _detail = about
    if subject == 6:
        return PermanentFailure
    if stage == Stage.MAIL:
        return AccountRefused
    if about in _NO_SUCH_MAILBOX:
        return _uncertain(stage) if _LIMIT_WORDS.search(text) else MailboxRefused
    if subject == 7:
        of_letter = stage in (Stage.DATA, Stage.END) and about in _POLICY
        return PermanentFailure if of_letter and not is_about_sender(text) else AccountRefused
    if about in _OF_THE_RECIPIENT:
        return PermanentFailure
    if is_about_sender(text):
        return AccountRefused
    if _MAILBOX_WORDS.search(text):
        return PermanentFailure  # the code does not say that she is not there
    return AccountRefused if subject in (3, 5) else _uncertain(stage)


def _by_words(stage: Stage, code: int, text: str) -> type[Exception]:
    if code == 552:
        return PermanentFailure  # too large, or too full
    if stage == Stage.MAIL or code in _PROTOCOL or is_about_sender(text):
        return AccountRefused
    if _LIMIT_WORDS.search(text):
        return _uncertain(stage)
    return PermanentFailure if _MAILBOX_WORDS.search(text) else _uncertain(stage)


def _uncertain(stage: Stage) -> type[Exception]:
    """Once it has seen the letter, it is the letter that it will not have. Before, this one is tried
    again, and the others do not wait for it: it may be about one address."""
    return RecipientBusy if stage == Stage.RCPT else PermanentFailure
