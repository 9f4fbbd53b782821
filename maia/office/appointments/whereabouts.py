"""What became of appointments that were on a page and are not there any more, in words."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from maia.appointments.dates import clock, weekday_date
from maia.appointments.models import Appointment, HistoryEntry


def whereabouts(rows: Iterable[Appointment], day: date) -> list[str]:
    """Of each that was on the page of ``day``, by name; who came to it stays as it was noted."""
    return [_whereabouts(row, day) for row in rows]


def _whereabouts(row: Appointment, day: date) -> str:
    start, name = timezone.localtime(row.start), row.patient.name or "—"
    if row.status == Appointment.Status.CANCELLED:
        return _("%(name)s: this appointment is cancelled. Its attendance stays as it was.") % {
            "name": name
        }
    moved = row.history.filter(action=HistoryEntry.Action.MOVED).exists()
    if moved or start.date() != day:
        words = _(
            "%(name)s: this appointment was moved to %(day)s at %(time)s. Its attendance stays as it "
            "was."
        )
        return words % {"name": name, "day": weekday_date(start), "time": clock(start)}
    if row.start > timezone.now():
        words = _("%(name)s: this appointment has not begun. Its attendance stays as it was.")
    else:
        words = _(
            "%(name)s: somebody has just changed this appointment. Its attendance stays as it was."
        )
    return words % {"name": name}
