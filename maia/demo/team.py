"""The demo practice, its two midwives and their hours."""

from datetime import date, datetime, timedelta

from maia.accounts.models import User
from maia.practices.models import Membership, Practice, Practitioner, Replacement
from maia.schedules.models import Period, Schedule
from maia.schedules.writing import holding, write_period
from maia.schedules.written import Count

PASSWORD = "maia-demo"  # noqa: S105  printed by `make run`


def make_practice() -> Practice:
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


def make_team(practice: Practice) -> tuple[Practitioner, Practitioner]:
    camille = _practitioner(practice, "Camille", "Lefèvre", Membership.Role.OWNER, position=0)
    set_hours(
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
    set_hours(
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
    user = make_user(f"{name}@lilas.example")
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


def make_user(email: str) -> User:
    return User.objects.create_user(email, PASSWORD, verified=True, language="fr")


def open_a_saturday(practitioner: Practitioner, now: datetime) -> None:
    """For once, in three weeks."""
    today = now.astimezone(practitioner.practice.zone).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7, weeks=2)
    practitioner.schedule.special_days.create(
        date=saturday, start=9 * 60, end=12 * 60, title="Consultations du samedi"
    )


def shorten_the_summer(practitioner: Practitioner, now: datetime) -> None:
    """In the July and August to come she has her mornings."""
    today = now.astimezone(practitioner.practice.zone).date()
    year = today.year + (today.month > 6)
    first, last = date(year, 7, 1), date(year, 8, 31)
    mornings = {weekday: [(9 * 60, 12 * 60 + 30)] for weekday in range(5)}
    with holding(practitioner) as plan:
        period = Period(name="Horaires d’été", first_date=first, last_date=last)
        write_period(plan, period, [mornings], Count())


def replace_while_away(practitioner: Practitioner, substitute: Practitioner) -> None:
    """In the days of her leave."""
    zone = practitioner.practice.zone
    leave = practitioner.absences.get()
    Replacement.objects.create(
        practice=practitioner.practice,
        practitioner=practitioner,
        substitute=substitute,
        first_date=leave.start.astimezone(zone).date(),
        last_date=leave.end.astimezone(zone).date() - timedelta(days=1),
    )


def set_hours(schedule: Schedule, lines: dict[int, str]) -> None:
    schedule.write({weekday: _ranges(text) for weekday, text in lines.items()})


def _ranges(text: str) -> list[tuple[int, int]]:
    """ "09:00-12:30 14:00-18:00" in minutes since midnight."""

    def minutes(clock: str) -> int:
        hour, minute = clock.split(":")
        return int(hour) * 60 + int(minute)

    return [(minutes(a), minutes(b)) for a, b in (part.split("-") for part in text.split())]
