"""Erasing a person: her record in a practice, or her account.

A record that is erased leaves its appointments in the agenda, as somebody's: dates and types for
the practice's figures, nothing that says whose.
"""

import secrets
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from maia.accounts.models import User
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.models import Membership
from maia.practices.team import remove_member

NOBODY = "—"


class CannotErase(Exception):
    """``code``: appointments_ahead, last_owner."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def erase_patient(patient: Patient, *, now: datetime) -> None:
    """Her details, notes, messages and invitations. Erased already, nothing happens.

    Raises `CannotErase` while she has appointments to come: they would be nobody's.
    """
    with transaction.atomic():
        record = Patient.objects.select_for_update().get(pk=patient.pk)
        if record.erased_at is not None:
            return
        if record.appointments.upcoming(now).exists():
            raise CannotErase("appointments_ahead")
        record.first_name, record.last_name = "", NOBODY
        record.email = record.undeliverable_email = record.notes = record.language = ""
        record.mobile = ""
        record.birth_date = record.user = None
        record.erased_at = now
        record.save()
        hers = Appointment.objects.filter(patient=record)
        HistoryEntry.objects.filter(appointment__in=hers, actor=HistoryEntry.Actor.PATIENT).update(
            user=None
        )
        for appointment in hers.only("pk"):
            hers.filter(pk=appointment.pk).update(
                note="",
                practice_notes="",
                request_key=None,
                link_token=secrets.token_urlsafe(12),  # the links in her mailbox
            )
        record.invitations.all().delete()
        messages = Message.objects.filter(patient=record)
        messages.filter(status=Message.Status.QUEUED).delete()
        messages.update(to="", subject="", body="", provider_id="")


def delete_account(user: User) -> None:
    """The account, its sessions, its seats. Records belong to the practices, which keep them.

    Raises `CannotErase` for the last owner of a practice.
    """
    with transaction.atomic():
        for seat in Membership.objects.filter(user=user).select_related("practice"):
            owners = seat.practice.team.filter(role=Membership.Role.OWNER)
            if seat.role == Membership.Role.OWNER and not owners.exclude(pk=seat.pk).exists():
                raise CannotErase("last_owner")
            remove_member(seat)
        keys = user.usersession_set.values("session_key")  # type: ignore[attr-defined]
        Session.objects.filter(session_key__in=keys).delete()
        user.delete()
