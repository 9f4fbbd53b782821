"""Appointments as CSV, as they are listed: no notes, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from maia.appointments.models import Appointment
from maia.patients.spreadsheet import harmless


def appointments_csv(rows: Iterable[Appointment], zone: ZoneInfo) -> str:
    """With the byte order mark and the semicolons that French spreadsheets expect; times are
    ``zone``'s wall clock."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    titles = [
        _("Date"), _("Start"), _("End"), _("Practitioner"), _("Type"), _("Last name"),
        _("First name"), _("Phone"), _("Email address"), _("Status"), _("Booked online"),
        _("Attendance"), _("Room"), _("Where"),
    ]  # fmt: skip
    writer.writerow([harmless(title) for title in titles])
    for row in rows:
        start, end = row.start.astimezone(zone), row.end.astimezone(zone)
        patient = row.patient
        cells = [
            f"{start:%d/%m/%Y}", f"{start:%H:%M}", f"{end:%H:%M}", row.practitioner.name,
            row.type.name, patient.last_name, patient.first_name,
            patient.mobile.as_national if patient.mobile else "", patient.email,
            row.status_in_words, _("yes") if row.booked_online else _("no"),
            row.get_attendance_display(), row.event.room or "", row.event.place or "",
        ]  # fmt: skip
        writer.writerow([harmless(str(cell)) for cell in cells])
    return "\ufeff" + out.getvalue()
