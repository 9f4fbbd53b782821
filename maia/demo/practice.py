"""The demo practice: two midwives, their types, and an agenda two thirds full around today.

The same for the same day: every choice comes from a generator seeded with the date.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from anyascii import anyascii
from django.db import transaction

from maia.accounts.models import User
from maia.appointments.models import Appointment, Event, HistoryEntry
from maia.availability.intervals import Interval
from maia.availability.weekly import WeeklyHours, lay_out
from maia.demo.personal import take_time
from maia.messaging.reminders import owe, reminders_of
from maia.patients.models import Patient
from maia.practices.models import Membership, Practice, Practitioner
from maia.schedules.holidays import public_holidays
from maia.schedules.models import Absence, AppointmentType, Category, PlaceKind, Schedule

PASSWORD = "maia-demo"  # noqa: S105  printed by `make run`
DAYS_BEHIND, DAYS_AHEAD = 28, 63

Week = dict[int, list[tuple[int, int]]]
Busy = dict[int, list[Event]]  # of each patient, by key


def load_demo(now: datetime) -> Practice:
    """Makes the demo practice around ``now``. The database has none yet."""
    random = Random(now.date().isoformat())  # noqa: S311
    with transaction.atomic():
        practice = _practice()
        camille, ines = _team(practice)
        types = _types(practice, camille)
        patients = _patients(practice, random)
        busy: Busy = defaultdict(list)
        for practitioner in (camille, ines):
            _fill_agenda(practitioner, types, patients, busy, now, random)
        take_time(camille, ines, now)
        _give_to_lea_and_sofia(practice, now)
        _owe_reminders(practice, now)
    return practice


def _practice() -> Practice:
    practice = Practice(
        name="Cabinet des Lilas",
        slug="cabinet-des-lilas",
        street="12 rue des Lilas",
        postcode="44000",
        city="Nantes",
        directions="Au rez-de-chaussée, sonnez « Sages-femmes ». Tram 2, arrêt Michelet.",
        phone="+33261914512",
        email="cabinet@lilas.example",
        accent_colour="#7a4f9a",
        without_website=True,
    )
    practice.full_clean()
    practice.save()
    return practice


def _team(practice: Practice) -> tuple[Practitioner, Practitioner]:
    camille = _practitioner(practice, "Camille", "Lefèvre", Membership.Role.OWNER, position=0)
    _hours(
        Schedule.objects.create(practitioner=camille),
        {
            0: "09:00-12:30 14:00-18:30",
            1: "09:00-12:30 14:00-18:30",
            2: "09:00-13:00",
            3: "09:00-12:30 14:00-19:30",
            4: "09:00-12:30 14:00-17:00",
        },
    )
    ines = _practitioner(practice, "Inès", "Haddad", Membership.Role.PRACTITIONER, position=1)
    _hours(
        Schedule.objects.create(practitioner=ines),
        {
            0: "08:30-12:00 13:30-17:00",
            1: "08:30-12:00 13:30-17:00",
            3: "10:00-13:00 14:00-19:00",
            4: "08:30-12:00 13:30-16:30",
            5: "09:00-12:00",
        },
    )
    return camille, ines


def _practitioner(
    practice: Practice, first: str, last: str, role: Membership.Role, position: int
) -> Practitioner:
    name = {"Inès": "ines"}.get(first, first.lower())
    user = _user(f"{name}@lilas.example")
    Membership.objects.create(practice=practice, user=user, role=role)
    practitioner: Practitioner = Practitioner.objects.create(
        practice=practice,
        user=user,
        first_name=first,
        last_name=last,
        title="sage-femme",
        email=user.email,
        position=position,
    )
    return practitioner


def _user(email: str) -> User:
    return User.objects.create_user(email, PASSWORD, verified=True, language="fr")


def _hours(schedule: Schedule, lines: dict[int, str]) -> None:
    schedule.write({weekday: _ranges(text) for weekday, text in lines.items()})


def _ranges(text: str) -> list[tuple[int, int]]:
    """ "09:00-12:30 14:00-18:00" in minutes since midnight."""

    def minutes(clock: str) -> int:
        hour, minute = clock.split(":")
        return int(hour) * 60 + int(minute)

    return [(minutes(a), minutes(b)) for a, b in (part.split("-") for part in text.split())]


def _types(practice: Practice, camille: Practitioner) -> list[AppointmentType]:
    pregnancy, after, care = (
        Category.objects.create(practice=practice, name=name, position=position)
        for position, name in enumerate(("Grossesse", "Après la naissance", "Gynécologie"))
    )
    made = [
        AppointmentType(
            name="Première consultation de grossesse",
            category=pregnancy,
            duration_minutes=45,
            colour="#7a4f9a",
            allow_online_booking=True,
            description="Nous faisons connaissance et préparons ensemble le suivi.",
            instructions="- votre **carte Vitale** ;\n- vos derniers résultats d’analyses ;\n"
            "- le compte rendu de votre échographie, si vous en avez un.",
        ),
        AppointmentType(
            name="Suivi de grossesse",
            category=pregnancy,
            duration_minutes=30,
            colour="#2f7d6b",
            allow_online_booking=True,
            description="Consultation mensuelle, à partir du **4ᵉ mois**. "
            "Pensez à vos résultats d’analyses du mois.",
        ),
        AppointmentType(
            name="Entretien prénatal précoce",
            category=pregnancy,
            duration_minutes=60,
            colour="#c2703d",
            allow_online_booking=True,
            description="Un temps pour parler de votre projet, seule ou accompagnée.",
        ),
        AppointmentType(
            name="Rééducation périnéale",
            category=after,
            practitioner=camille,
            duration_minutes=30,
            colour="#3b6fb6",
            allow_online_booking=True,
            description="À partir de **six semaines** après l’accouchement, sur ordonnance.",
        ),
        AppointmentType(
            name="Visite à domicile",
            category=after,
            duration_minutes=45,
            buffer_before_minutes=15,
            buffer_after_minutes=15,
            colour="#d39b2a",
            allow_online_booking=True,
            needs_confirmation=True,
            place=PlaceKind.HOME,
            description="Dans les jours qui suivent la **sortie de maternité** : la sage-femme vient "
            "chez vous, pour vous et votre bébé.",
        ),
        AppointmentType(
            name="Conseil allaitement en vidéo",
            category=after,
            duration_minutes=30,
            colour="#4a7f8f",
            allow_online_booking=True,
            place=PlaceKind.VIDEO,
            video_link="https://visio.lilas.example/cabinet-des-lilas",
            description="Installez-vous avec votre bébé là où vous l’allaitez.",
        ),
        AppointmentType(
            name="Point téléphonique",
            category=after,
            duration_minutes=20,
            colour="#6d6a9c",
            allow_online_booking=True,
            place=PlaceKind.PHONE,
            description="Pour une question qui n’attend pas la prochaine consultation.",
        ),
        AppointmentType(
            name="Suivi gynécologique et contraception",
            category=care,
            duration_minutes=30,
            colour="#b4476b",
            allow_online_booking=True,
            description="Frottis, contraception, questions : de l’adolescence à la ménopause.",
        ),
        AppointmentType(
            name="Pose ou retrait de stérilet",
            category=care,
            duration_minutes=45,
            colour="#8a3f57",
            allow_online_booking=True,
            known_patients_only=True,
            description="Après une première consultation de contraception au cabinet.",
        ),
        AppointmentType(
            name="Consultation d’urgence",
            duration_minutes=20,
            colour="#b3261e",
            allow_online_booking=False,
            send_sms_reminder=False,
        ),
    ]
    for position, type in enumerate(made):
        type.practice, type.position = practice, position
        type.full_clean()
        type.save()
    own = Schedule.objects.create(appointment_type=made[3])
    _hours(own, {0: "09:00-12:30", 1: "14:00-18:30", 3: "16:00-19:30"})
    return made


_STREETS = ["rue du Port", "quai de la Fosse", "rue des Olivettes", "allée des Érables"]
_FIRST = [
    "Aïcha",
    "Alice",
    "Amandine",
    "Anaïs",
    "Aurélie",
    "Awa",
    "Bérénice",
    "Chloé",
    "Claire",
    "Coline",
    "Élise",
    "Emma",
    "Fanny",
    "Fatou",
    "Gaëlle",
    "Hélène",
    "Inaya",
    "Jade",
    "Jeanne",
    "Julie",
    "Justine",
    "Laure",
    "Lina",
    "Louise",
    "Lucie",
    "Maëlle",
    "Manon",
    "Margaux",
    "Marion",
    "Mathilde",
    "Nadia",
    "Naïma",
    "Noémie",
    "Océane",
    "Pauline",
    "Rose",
    "Salomé",
    "Sarah",
    "Soizic",
    "Yasmine",
]
_LAST = [
    "Aubert",
    "Benali",
    "Bernard",
    "Blanchard",
    "Bouvier",
    "Caron",
    "Charpentier",
    "Chevalier",
    "Cissé",
    "Colin",
    "Da-Silva",
    "Dubois",
    "Dumont",
    "Fontaine",
    "Garnier",
    "Gautier",
    "Guérin",
    "Huet",
    "Jacob",
    "Joly",
    "Lambert",
    "Leclerc",
    "Legrand",
    "Lemoine",
    "Marchand",
    "Mercier",
    "Meunier",
    "Morin",
    "Nguyen",
    "Noël",
    "Olivier",
    "Perrin",
    "Picard",
    "Renaud",
    "Robin",
    "Rousseau",
    "Roux",
    "Simon",
    "Traoré",
    "Vidal",
]


def _patients(practice: Practice, random: Random) -> list[Patient]:
    people = []
    for n, (first, last) in enumerate(zip(_FIRST * 2, random.sample(_LAST * 2, 80), strict=True)):
        address = f"{first}.{last}{n}@patiente.example".lower()
        people.append(
            Patient(
                practice=practice,
                first_name=first,
                last_name=last.replace("-", " "),
                email=anyascii(address),
                mobile=f"+33639980{n:03d}",
                birth_date=date(1980 + random.randrange(26), 1 + n % 12, 1 + n % 28),
                language="fr",
                street=f"{1 + 3 * n} {_STREETS[n % len(_STREETS)]}",
                postcode="44000",
                city="Nantes",
                access=f"{1 + n % 4}e étage" if n % 3 else "",
            )
        )
    for person in people:
        person.write_search_text()
    return Patient.objects.bulk_create(people)


def _fill_agenda(
    practitioner: Practitioner,
    types: list[AppointmentType],
    patients: list[Patient],
    busy: Busy,
    now: datetime,
    random: Random,
) -> None:
    hers = [t for t in types if t.is_offered_by(practitioner)]
    away = _holiday_week(practitioner, now) if practitioner.position else None
    events = []
    for day, worked in _working_days(practitioner, now):
        if away and away.start.date() <= day < away.end.date():
            continue
        # This week is nearly full, the last one has room: two thirds taken in all.
        weeks_ahead = max((day - now.date()).days, 0) / 7
        taken = 0.92 - 0.055 * weeks_ahead
        for start, end in worked:
            at = start
            while True:
                type = random.choice(hers)
                until = at + type.duration
                if until > end:
                    break
                if random.random() < taken:
                    events.append(_event(practitioner, type, at, until))
                at = until
    _book_all(Event.objects.bulk_create(events), patients, busy, now, random)


def _working_days(
    practitioner: Practitioner, now: datetime
) -> Iterator[tuple[date, list[Interval]]]:
    zone = practitioner.practice.zone
    today = now.astimezone(zone).date()
    lines = practitioner.schedule.lines.all()
    hours = WeeklyHours({line.weekday: line.ranges for line in lines})
    dates = [today + timedelta(days=n) for n in range(-DAYS_BEHIND, DAYS_AHEAD)]
    closed = public_holidays(practitioner.practice, dates[0], dates[-1])
    yield from lay_out(hours, [d for d in dates if d not in closed], zone)


def _holiday_week(practitioner: Practitioner, now: datetime) -> Absence:
    zone = practitioner.practice.zone
    today = now.astimezone(zone).date()
    monday = today + timedelta(days=35 - today.weekday())
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    week: Absence = Absence.objects.create(
        practitioner=practitioner, start=start, end=start + timedelta(days=7), title="Congés"
    )
    return week


def _event(
    practitioner: Practitioner, type: AppointmentType, start: datetime, end: datetime
) -> Event:
    return Event(
        practice=practitioner.practice,
        practitioner=practitioner,
        kind=Event.Kind.APPOINTMENT,
        type=type,
        start=start,
        end=end,
        buffer_before_minutes=type.buffer_before_minutes,
        buffer_after_minutes=type.buffer_after_minutes,
    )


def _who_is_free(event: Event, patients: list[Patient], busy: Busy, random: Random) -> Patient:
    """Nobody is in two places: there are more patients than practitioners."""
    while True:
        patient = random.choice(patients)
        hers = busy[patient.pk]
        if all(one.end <= event.start or event.end <= one.start for one in hers):
            hers.append(event)
            return patient


def _book_all(
    events: list[Event], patients: list[Patient], busy: Busy, now: datetime, random: Random
) -> None:
    actors, status = HistoryEntry.Actor, Appointment.Status
    appointments = []
    for event in events:
        type = event.type
        assert type is not None
        online = type.allow_online_booking and random.random() < 0.6
        waits = online and type.needs_confirmation and event.start > now and random.random() < 0.4
        made_at = min(event.start, now) - timedelta(days=random.randrange(2, 20))
        appointments.append(
            Appointment(
                practice=event.practice,
                event=event,
                patient=_who_is_free(event, patients, busy, random),
                status=status.UNCONFIRMED if waits else status.CONFIRMED,
                booked_online=online,
                sms_reminder=type.send_sms_reminder,
                created_at=made_at,
                waits_since=made_at if waits else None,
                recalled_at=now if waits else None,  # nobody was there to be reminded
            )
        )
    HistoryEntry.objects.bulk_create(
        HistoryEntry(
            appointment=appointment,
            action=HistoryEntry.Action.BOOKED,
            actor=actors.PATIENT if appointment.booked_online else actors.PRACTICE,
            at=appointment.created_at,
            new_start=appointment.event.start,
            of_request=appointment.status == status.UNCONFIRMED,
            announced=True,  # long ago
        )
        for appointment in Appointment.objects.bulk_create(appointments)
    )


def _owe_reminders(practice: Practice, now: datetime) -> None:
    ahead = Appointment.objects.with_details().filter(practice=practice).upcoming(now)
    owe(reminder for a in ahead for reminder in reminders_of(a, since=a.created_at))


def _give_to_lea_and_sofia(practice: Practice, now: datetime) -> None:
    """Each has one appointment to come and one behind her, with her own midwife."""
    for first, last, email, position in (
        ("Léa", "Martin", "lea@patiente.example", 0),
        ("Sofia", "Costa", "sofia@patiente.example", 1),
    ):
        record = Patient.objects.create(
            practice=practice,
            user=_user(email),
            first_name=first,
            last_name=last,
            email=email,
            mobile=f"+33639981{position:02d}0",
            language="fr",
            street=f"{7 + position} rue des Olivettes",
            postcode="44000",
            city="Nantes",
            access="Interphone au nom de famille",
        )
        hers = Appointment.objects.filter(
            practice=practice,
            event__practitioner__position=position,
            event__type__name="Suivi de grossesse",
            status=Appointment.Status.CONFIRMED,
        )
        ahead = hers.filter(event__start__gt=now + timedelta(days=3)).order_by("event__start")
        behind = hers.filter(event__end__lt=now).order_by("-event__start")
        for found in (ahead.first(), behind.first()):
            if found is not None:
                found.patient = record
                found.save(update_fields=["patient"])
