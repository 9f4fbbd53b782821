"""An appointment as iCalendar (RFC 5545), for the patient's own calendar.

It says who, when and where, never what for: calendars are shared and shown on locked screens.
"""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from maia.appointments.models import Appointment
from maia.appointments.places import Reader, place_of

OURS = "@maia"  # ends every UID of Maia's


class Method(StrEnum):
    PUBLISH = "PUBLISH"  # a file that she downloads
    REQUEST = "REQUEST"  # booked or moved, in an email
    CANCEL = "CANCEL"


def new_calendar(method: Method) -> Calendar:
    """One of Maia's, without events."""
    calendar = Calendar()
    calendar.add("prodid", "-//Maia//Maia//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    return calendar


def ics(appointment: Appointment, method: Method, organizer: str) -> bytes:
    """The calendar file. ``organizer`` is an email address, which an update must repeat.

    The same UID for the life of the appointment, SEQUENCE grown with each change.
    """
    practice, practitioner = appointment.practice, appointment.practitioner
    zone = practice.zone
    event = Event()
    event.add("uid", f"{appointment.uid}{OURS}")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.created_at)
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    event.add("summary", _("Appointment with %(name)s") % {"name": practitioner.name})
    event.add("class", "PRIVATE")
    # A calendar is seen by others: neither her address nor her number.
    place = place_of(appointment, Reader.ANYBODY)
    if place:
        event.add("location", place.in_a_calendar)
    cancelled = appointment.status == Appointment.Status.CANCELLED
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    sender = vCalAddress(f"mailto:{organizer}")
    sender.params["cn"] = practice.name
    event.add("organizer", sender)
    if method != Method.PUBLISH and appointment.patient.email:
        attendee = vCalAddress(f"mailto:{appointment.patient.email}")
        attendee.params["partstat"] = "ACCEPTED"
        attendee.params["rsvp"] = "FALSE"
        event.add("attendee", attendee)
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(hours=-2))
        alarm.add("description", event["summary"])
        event.add_component(alarm)
    calendar = new_calendar(method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
