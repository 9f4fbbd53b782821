"""Erasing a person: her record in a practice, or her account.

A record that is erased leaves its appointments in the agenda, as somebody's: dates and types for
the practice's figures, nothing that says whose.
"""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from maia.accounts import short_memory
from maia.accounts.models import User
from maia.appointments.models import Appointment, HistoryEntry
from maia.messaging.models import Message
from maia.patients.import_forgetting import forget_lines_of
from maia.patients.models import ImportedRecord, Merge, Patient, RecordErased
from maia.practices.models import Membership, Practice
from maia.practices.team import TeamRefused, remove_member
from maia.privacy.journal import forget_names

NOBODY = "—"


class CannotErase(Exception):
    """``code``: appointments_ahead, last_owner."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def erase_patient(patient: Patient, *, now: datetime) -> None:
    """Her details, notes, messages and invitations. Erased already, nothing happens.

    Raises `CannotErase` while she has appointments to come: they would be nobody's; a
    request whose start has come is over. Raises `RecordErased` for a record that was merged into another meanwhile.
    """
    with transaction.atomic():
        # Held as by whoever imports, then as by whoever writes on her record or books for her:
        # they come before, and are erased as well, or after, and are told that she is.
        Practice.objects.select_for_update(no_key=True).only("pk").get(pk=patient.practice_id)
        record = Patient.objects.select_for_update().filter(pk=patient.pk).first()
        if record is None:
            raise RecordErased
        if record.erased_at is not None:
            return
        if record.appointments.upcoming(now).not_expired(now).exists():
            raise CannotErase("appointments_ahead")
        forget_lines_of(record)
        record.first_name, record.last_name = "", NOBODY
        record.email = record.undeliverable_email = record.notes = record.language = ""
        record.mobile = record.phone = record.contact_phone = ""
        record.birth_name = record.contact_name = record.external_id = ""
        record.street = record.postcode = record.city = record.access = ""
        record.birth_date = record.user = record.own_practitioner = None
        record.due_date = record.child_birth_date = None
        record.erased_at = now
        record.save()
        hers = list(record.appointments.all())
        for appointment in hers:
            appointment.note = appointment.practice_notes = ""
            appointment.request_key = None
            appointment.renew_link()
        Appointment.objects.bulk_update(
            hers, ["note", "practice_notes", "request_key", "link_token"], batch_size=200
        )
        acts = HistoryEntry.objects.filter(appointment__patient=record)
        acts.exclude(words="").update(words="")
        acts.filter(actor=HistoryEntry.Actor.PATIENT).update(user=None)
        # What was once noted for her by mistake, with the words that she read of it.
        HistoryEntry.objects.filter(old_patient=record).update(old_patient=None, words="")
        record.invitations.all().delete()
        ImportedRecord.objects.filter(patient=record).delete()  # what she was before
        Merge.objects.filter(kept=record).delete()  # and who went into her record
        forget_names(record)
        # The practitioner's notices name her as well.
        about = Message.objects.filter(Q(patient=record) | Q(appointment__patient=record))
        about.filter(status=Message.Status.QUEUED).delete()
        about.forget_texts()
    short_memory.forget_everything()


def delete_account(user: User) -> None:
    """The account, its sessions, its seats. Records belong to the practices, which keep them.

    Raises `CannotErase` for the last owner of a practice.
    """
    with transaction.atomic():
        for seat in Membership.objects.filter(user=user).select_related("practice"):
            try:
                remove_member(seat)
            except TeamRefused as refusal:
                raise CannotErase(refusal.code) from refusal
        keys = user.usersession_set.values("session_key")  # type: ignore[attr-defined]
        Session.objects.filter(session_key__in=keys).delete()
        user.delete()
