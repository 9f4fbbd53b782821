"""The demo's own time: lunch, the team's meeting every other week, a network's evening. None ends."""

from datetime import date, datetime, time, timedelta

from maia.appointments.acts.personal import Text, block_time
from maia.practices.models import Practitioner
from maia.schedules.repeating import Rule, walk

WEEKS_BEHIND = 4
MEETING = Text("Réunion d’équipe", colour="#2f6db0")
FORTNIGHTLY = Rule("FREQ=WEEKLY;INTERVAL=2")


def take_time(camille: Practitioner, ines: Practitioner, now: datetime) -> None:
    """Where their hours are closed: patients book as before."""
    today = now.astimezone(camille.practice.zone).date()
    monday = today - timedelta(weeks=WEEKS_BEHIND, days=today.weekday())
    wednesday = monday + timedelta(days=2)
    lunch = Rule("FREQ=WEEKLY;BYDAY=MO,TU,TH,FR")
    _take(camille, monday, time(12, 45), 60, Text("Déjeuner"), lunch, now)
    for practitioner in (camille, ines):
        _take(practitioner, wednesday, time(13, 15), 60, MEETING, FORTNIGHTLY, now)
    evening = Text("Réseau périnatal", "À la maternité, salle 2.", "#b8630b")
    _take(camille, monday, time(18, 45), 90, evening, Rule("FREQ=MONTHLY;BYDAY=2TU"), now)


def _take(
    practitioner: Practitioner,
    since: date,
    begins: time,
    minutes: int,
    text: Text,
    rule: Rule,
    now: datetime,
) -> None:
    first = next(walk(rule, since, until=since + timedelta(days=62)))
    start = datetime.combine(first, begins, practitioner.practice.zone)
    end = start + timedelta(minutes=minutes)
    block_time(practitioner, start, end, text, rule=rule, now=now, allow_overlap=True)
