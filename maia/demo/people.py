"""The demo's patients, all invented; two of them have an account."""

from datetime import date, datetime, timedelta
from random import Random

from anyascii import anyascii

from maia.appointments.models import Appointment
from maia.demo.team import make_user
from maia.patients.models import Patient
from maia.practices.models import Practice

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


def make_patients(practice: Practice, random: Random) -> list[Patient]:
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
                access=("1er étage", "2e étage", "3e étage", "4e étage")[n % 4] if n % 3 else "",
            )
        )
    for person in people:
        person.write_search_text()
    return Patient.objects.bulk_create(people)


def give_to_lea_and_sofia(practice: Practice, now: datetime) -> None:
    """Each has one appointment to come and one behind her, with her own midwife."""
    today = now.astimezone(practice.zone).date()
    for first, last, email, position, pregnancy in (
        ("Léa", "Martin", "lea@patiente.example", 0, {"due_date": today + timedelta(days=130)}),
        (
            "Sofia",
            "Costa",
            "sofia@patiente.example",
            1,
            {"child_birth_date": today - timedelta(days=50)},
        ),
    ):
        record = Patient.objects.create(
            practice=practice,
            user=make_user(email),
            first_name=first,
            last_name=last,
            email=email,
            mobile=f"+33639981{position:02d}0",
            language="fr",
            street=f"{7 + position} rue des Olivettes",
            postcode="44000",
            city="Nantes",
            access="Interphone au nom de famille",
            **pregnancy,
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
