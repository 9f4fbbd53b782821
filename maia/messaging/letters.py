"""An email, ready to leave."""

from dataclasses import dataclass

from maia.appointments.ics import Method


@dataclass(frozen=True)
class Letter:
    """Texts and the calendar file, if it has one."""

    subject: str
    text: str
    html: str
    calendar: bytes | None = None
    method: Method | None = None
