"""How sending fails. The text is for the practitioner and the log: no address, no name in it."""


class TemporaryFailure(Exception):
    """Not taken; worth another try."""


class PermanentFailure(Exception):
    """Refused for good."""


class MailboxRefused(PermanentFailure):
    """Because of this mailbox, not of this letter: nothing else need be sent there."""


class AnswerLost(Exception):
    """Handed over, and nobody knows whether it was taken."""
