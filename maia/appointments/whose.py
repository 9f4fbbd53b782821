"""Noted for the wrong person: the practice corrects it, as long as it has only just been noted."""

from datetime import datetime, timedelta

from maia.appointments.agenda import (
    TOLD,
    By,
    Telling,
    agenda_of,
    patient_of,
    read_again,
    record,
    refuse_if_over,
    save,
)
from maia.appointments.exceptions import ChangedMeanwhile, TooLate
from maia.appointments.models import Appointment, HistoryEntry
from maia.appointments.one_place import refuse_if_busy
from maia.patients.models import Patient

A_MOMENT = timedelta(hours=1)  # after it was noted


def may_be_given(appointment: Appointment, now: datetime) -> bool:
    """Noted by the practice, within the hour, and still to come: what a patient booked is hers."""
    return (
        not appointment.booked_online
        and appointment.status != Appointment.Status.CANCELLED
        and now < appointment.start
        and now - appointment.created_at <= A_MOMENT
    )


def give_to(
    appointment: Appointment,
    patient: Patient,
    *,
    by: By,
    now: datetime,
    seen: int | None = None,
    allow_overlap: bool = False,
    telling: Telling = TOLD,
) -> Appointment:
    """From now on it is the appointment of ``patient``, of the same practice, who is told of it as of a
    new one. ``telling``: whether who had it until now is told that it is none of hers, if she has been
    told of it at all, and with which words. What her link opened, it opens no more.

    Raises `AlreadyCancelled`, `RequestExpired`, `TooLate`, `PatientBusy`, `ChangedMeanwhile`, `RecordErased`.
    """
    former = patient_of(appointment)
    with agenda_of(appointment.practitioner, holding=[former, patient]):
        current = read_again(appointment, seen)
        if current.patient_id == patient.pk:
            return current
        if current.patient_id != former.pk:
            raise ChangedMeanwhile
        refuse_if_over(current, now)
        if not may_be_given(current, now):
            raise TooLate
        if not allow_overlap:
            refuse_if_busy(patient, current.start, current.end)
        # What nobody has been told yet, nobody is told: it was meant for somebody else.
        current.history.filter(announced=False).update(tells=False)
        current.patient = patient
        current.renew_link()
        current.sequence += 1
        save(current, "patient", "link_token", "sequence")
        record(
            current,
            HistoryEntry.Action.GIVEN,
            by,
            now,
            new_start=current.start,
            telling=telling,
            old_patient=former,
        )
    return current
