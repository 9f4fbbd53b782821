"""How sending fails. The text is for the practitioner and the log: no address, no name in it."""


class TemporaryFailure(Exception):
    """Not taken; worth another try."""


class AccountRefused(TemporaryFailure):
    """Because of who sends: a password, a relay, a sender's address. It goes once the operator has
    put that right, and is held against nobody."""


class RecipientBusy(TemporaryFailure):
    """Because of this mailbox, for now: full, or greylisting. The provider itself works."""


class PermanentFailure(Exception):
    """Refused for good."""


class MailboxRefused(PermanentFailure):
    """Because of this mailbox, not of this letter: nothing else need be sent there."""


class AnswerLost(Exception):
    """Handed over, and nobody knows whether it was taken."""
