"""An appointment as iCalendar (RFC 5545), for the patient's own calendar.

It says who, when and where, never what for: calendars are shared and shown on locked screens.
Times are in UTC, which every reader reads alike; a description of a zone is read by each its own
way.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vCalAddress

from maia.appointments.models import Appointment
from maia.appointments.places import Reader, place_of
from maia.appointments.replacing_words import replaces

OURS = "@maia"  # ends every UID of Maia's


class Method(StrEnum):
    PUBLISH = "PUBLISH"  # a file that she downloads
    REQUEST = "REQUEST"  # certain, in an email
    CANCEL = "CANCEL"


def new_calendar(method: Method | None) -> Calendar:
    """One of Maia's, without events; without a method it is an agenda, sent by nobody."""
    calendar = Calendar()
    calendar.add("prodid", "-//Maia//Maia//FR")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method.value)
    return calendar


def new_event(uid: str, start: datetime, end: datetime, stamp: datetime) -> Event:
    """``start``, ``end`` and ``stamp``, of its last change, are UTC instants."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("class", "PRIVATE")
    return event


def event_of(appointment: Appointment, stamp: datetime) -> Event:
    """When it is, and how sure it is; its summary and its place depend on who reads it.

    The same UID for the life of the appointment, SEQUENCE grown with each change.
    """
    event = new_event(f"{appointment.uid}{OURS}", appointment.start, appointment.end, stamp)
    event.add("sequence", appointment.sequence)
    event.add("status", _STATUS[Appointment.Status(appointment.status)])
    return event


_STATUS = {
    Appointment.Status.CONFIRMED: "CONFIRMED",
    Appointment.Status.UNCONFIRMED: "TENTATIVE",
    Appointment.Status.CANCELLED: "CANCELLED",
}


def describe_for_patient(event: Event, appointment: Appointment) -> None:
    """With whom and where, as anybody may read it who sees her calendar."""
    name = one_line(appointment.practitioner.name)
    event.add("summary", _("Appointment with %(name)s") % {"name": name})
    if whom := replaces(appointment.practitioner, appointment.type, appointment.start):
        event.add("description", one_line(f"{appointment.practitioner.name}, {whom}"))
    if place := place_of(appointment, Reader.ANYBODY):
        event.add("location", one_line(place.in_a_calendar))


def ics(appointment: Appointment, method: Method, organizer: str) -> bytes:
    """The calendar file. ``organizer`` is an email address, which an update must repeat.

    A request is TENTATIVE and rings no alarm.
    """
    event = event_of(appointment, appointment.changed_at)
    describe_for_patient(event, appointment)
    if method == Method.CANCEL:  # a request too: whatever she had of it is void
        event["status"] = "CANCELLED"
    sender = vCalAddress(f"mailto:{organizer}")
    sender.params["cn"] = one_line(appointment.practice.name).replace('"', "'")
    event.add("organizer", sender)
    if method != Method.PUBLISH and appointment.patient.email:
        attendee = vCalAddress(f"mailto:{appointment.patient.email}")
        attendee.params["partstat"] = "ACCEPTED"
        attendee.params["rsvp"] = "FALSE"
        event.add("attendee", attendee)
    if event["status"] == "CONFIRMED":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(hours=-2))
        alarm.add("description", event["summary"])
        event.add_component(alarm)
    calendar = new_calendar(method)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def one_line(text: str) -> str:
    return " ".join(text.splitlines())
