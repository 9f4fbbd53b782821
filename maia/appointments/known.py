"""Whom a practice knows: whose record it made itself, and who has come (rule 3.2.5)."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from maia.appointments.models import Appointment
from maia.patients.models import Patient

# Struck out, or nobody came: it makes nobody known.
MISSED = Q(status=Appointment.Status.CANCELLED) | Q(attendance=Appointment.Attendance.NO_SHOW)


def is_known(patient: Patient, now: datetime) -> bool:
    """Whether the practice made her record, or has seen her: who did not come is not known yet
    (rule 3.2)."""
    return patient.pk in known_among([patient], now)


def known_among(patients: Iterable[Patient], now: datetime) -> set[int]:
    """The keys of those whom `is_known` knows, in one query."""
    everybody = list(patients)
    made = {one.pk for one in everybody if one.origin == Patient.Origin.PRACTICE}
    others = {one.pk for one in everybody} - made
    if not others:
        return made
    seen = Appointment.objects.filter(patient__in=others, event__end__lte=now).exclude(MISSED)
    return made | set(seen.values_list("patient_id", flat=True).distinct())
