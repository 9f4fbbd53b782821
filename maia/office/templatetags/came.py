"""Who came, as a sign: three of them fit beside a name on a phone."""

from django import template

from maia.appointments.models import Appointment

register = template.Library()
Attendance = Appointment.Attendance
SIGNS = {Attendance.ATTENDED: "✓", Attendance.NO_SHOW: "✗", Attendance.EXCUSED: "~"}


@register.simple_tag
def came_sign(attendance: str) -> str:
    """Empty for what nobody has said yet."""
    return SIGNS.get(Attendance(attendance), "") if attendance else ""
