"""Where an appointment happens, as its reader may know it (rule 3.8).

The one place that says so: pages, emails, calendar files, feeds and the API ask `place_of`.
"""

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.translation import gettext as _

from maia.appointments.models import Appointment
from maia.patients.models import Patient
from maia.practices.models import Place, PlaceKind, Practitioner
from maia.schedules.models import AppointmentType


class Reader(Enum):
    PATIENT = auto()  # signed in, or in her own mailbox
    # Who holds the personal link, or sees her calendar: perhaps not she.
    ANYBODY = auto()
    PRACTICE = auto()


@dataclass(frozen=True)
class Whereabouts:
    """``words`` are in the language that is active, and empty where the address says it all."""

    kind: PlaceKind
    words: str = ""
    lines: tuple[str, ...] = ()  # an address
    directions: str = ""  # how to come, how to get in
    link: str = ""  # of the video room
    phone: str = ""  # hers, where the midwife calls; or the site's own
    is_another_site: bool = False  # than where the practice mostly is
    site: int | None = None  # its key

    def __bool__(self) -> bool:
        return bool(self.words or self.lines)

    @property
    def is_at_the_practice(self) -> bool:
        """Where its own address is right."""
        return self.kind == PlaceKind.SITE and not self.is_another_site

    @property
    def on_one_line(self) -> str:
        """For an email or a calendar; without how to get there."""
        return ", ".join(part for part in (self.words, *self.lines) if part)

    @property
    def in_a_calendar(self) -> str:
        """The same, with the link that opens it."""
        return " ".join(part for part in (self.on_one_line, self.link) if part)

    @property
    def map_query(self) -> str:
        """What a map may be asked: where patients come. Nobody's home is given away."""
        return self.lines[0] if self.kind == PlaceKind.SITE and self.lines else ""


def place_of(appointment: Appointment, reader: Reader) -> Whereabouts:
    return _place(
        appointment.type,
        appointment.practitioner,
        appointment.patient,
        appointment.event.place,
        reader,
        is_certain=appointment.status == Appointment.Status.CONFIRMED,
    )


def place_of_offer(
    type: AppointmentType,
    practitioner: Practitioner,
    patient: Patient | None,
    site: Place | None = None,
) -> Whereabouts:
    """Before it is booked, for the patient; ``patient`` is None when she is not known yet."""
    return _place(type, practitioner, patient, site, Reader.PATIENT, is_certain=False)


def _place(
    type: AppointmentType,
    practitioner: Practitioner,
    patient: Patient | None,
    site: Place | None,
    reader: Reader,
    *,
    is_certain: bool,
) -> Whereabouts:
    match PlaceKind(type.place):
        case PlaceKind.HOME:
            return _home(patient, reader)
        case PlaceKind.PHONE:
            return _phone(practitioner, patient, reader)
        case PlaceKind.VIDEO:
            return _video(type, reader, is_certain=is_certain)
    if site is not None and not site.is_main:
        return _at(site)
    own = practitioner.has_own_address
    return Whereabouts(
        PlaceKind.SITE,
        site.name if site and not own else "",
        lines=(practitioner.address,) if practitioner.address else (),
        directions="" if own else practitioner.practice.directions,
        site=None if site is None else site.pk,
    )


def _at(site: Place) -> Whereabouts:
    lines = (site.address,) if site.address else ()
    phone = str(site.phone.as_national) if site.phone else ""
    return Whereabouts(
        PlaceKind.SITE,
        site.name,
        lines,
        site.directions,
        phone=phone,
        is_another_site=True,
        site=site.pk,
    )


def _home(patient: Patient | None, reader: Reader) -> Whereabouts:
    address = patient.address if patient else ""
    access = patient.access if patient else ""
    lines = (address,) if address else ()
    match reader:
        case Reader.PRACTICE:
            words = (
                _("At the patient's home")
                if address
                else _("At the patient's home: no address yet")
            )
            return Whereabouts(PlaceKind.HOME, words, lines, access)
        case Reader.PATIENT:
            return Whereabouts(PlaceKind.HOME, _("At your home"), lines, access)
    return Whereabouts(PlaceKind.HOME, _("At your home"))


def _phone(practitioner: Practitioner, patient: Patient | None, reader: Reader) -> Whereabouts:
    called = (patient.mobile or patient.phone) if patient else None
    number = str(called.as_national) if called else ""
    said = {"name": practitioner.name, "phone": number}
    match reader:
        case Reader.PRACTICE:
            words = _("By phone, at %(phone)s") % said if number else _("By phone: no number yet")
            return Whereabouts(PlaceKind.PHONE, words, phone=number)
        case Reader.PATIENT if number:
            words = _("By phone: %(name)s calls you at %(phone)s") % said
            return Whereabouts(PlaceKind.PHONE, words, phone=number)
    return Whereabouts(PlaceKind.PHONE, _("By phone: %(name)s calls you") % said)


def _video(type: AppointmentType, reader: Reader, *, is_certain: bool) -> Whereabouts:
    shown = is_certain or reader is Reader.PRACTICE
    return Whereabouts(PlaceKind.VIDEO, _("By video"), link=type.video_link if shown else "")
