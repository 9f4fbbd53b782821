"""What Maia knows of somebody, handed out to her (articles 15 and 20 of the GDPR)."""

from dataclasses import asdict
from typing import Any

from maia.accounts.models import User
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.places import Reader, place_of
from maia.patients.addresses import Address
from maia.patients.models import Patient

Data = dict[str, Any]


def data_of_user(user: User) -> Data:
    """Her account and her records, for herself. Plain values: dates are ISO 8601."""
    records = Patient.objects.filter(user=user).select_related("practice").order_by("pk")
    return {
        "account": {
            "email": user.email,
            "language": user.language,
            "joined": user.date_joined.isoformat(),
            "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        },
        "practices": [data_of_patient(record, by_practice=False) for record in records],
    }


def data_of_patient(record: Patient, *, by_practice: bool) -> Data:
    """One record. ``by_practice``: with its notes, which the practice answers for, and hands out
    when she asks it."""
    details: Data = {
        "first_name": record.first_name,
        "last_name": record.last_name,
        "email": record.email,
        "birth_name": record.birth_name,
        "mobile": str(record.mobile),
        "phone": str(record.phone),
        "contact_name": record.contact_name,
        "contact_phone": str(record.contact_phone),
        **asdict(Address.of(record)),
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        "due_date": record.due_date.isoformat() if record.due_date else None,
        "child_birth_date": record.child_birth_date.isoformat()
        if record.child_birth_date
        else None,
        "own_practitioner": record.own_practitioner.name if record.own_practitioner else "",
        "no_sms": record.no_sms,
        "created": record.created_at.isoformat(),
    }
    if by_practice:
        details |= {
            "notes": record.notes,
            "barred": record.online_booking_barred,
            "external_id": record.external_id,
        }
    appointments = record.appointments.with_details().prefetch_related("history")
    return {
        "practice": {"name": record.practice.name, "address": record.practice.address},
        "record": details,
        "appointments": [
            _appointment(a, by_practice=by_practice) for a in appointments.order_by("event__start")
        ],
        "messages": [
            {
                "kind": message.kind,
                "channel": message.channel,
                "status": message.status,
                "sent": message.sent_at.isoformat() if message.sent_at else None,
                "to": message.to,
                "text": message.body,
            }
            for message in record.messages.filter(recipient="patient").order_by("pk")
        ],
    }


def _appointment(appointment: Appointment, *, by_practice: bool) -> Data:
    data: Data = {
        "start": appointment.start.isoformat(),
        "end": appointment.end.isoformat(),
        "type": appointment.type.name,
        "practitioner": appointment.practitioner.name,
        "place": place_of(appointment, Reader.PATIENT).on_one_line,
        "status": appointment.status,
        "attendance": appointment.attendance,
        "booked_online": appointment.booked_online,
        "note": appointment.note,
        "words": [
            {"at": entry.at.isoformat(), "by": entry.actor, "text": entry.words}
            for entry in appointment.history.all()
            if entry.words and entry.action != HistoryEntry.Action.GIVEN  # said to somebody else
        ],
    }
    return data | ({"practice_notes": appointment.practice_notes} if by_practice else {})
