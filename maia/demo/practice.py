"""The demo practice: two midwives, their types, and an agenda two thirds full around today.

The same for the same day: every choice comes from a generator seeded with the date.
"""

from collections import defaultdict
from datetime import datetime
from random import Random

from django.db import transaction

from maia.demo.agenda import Busy, fill_agenda, owe_reminders
from maia.demo.kinds import make_types
from maia.demo.people import give_to_lea_and_sofia, make_patients
from maia.demo.personal import take_time
from maia.demo.team import (
    make_practice,
    make_team,
    open_a_saturday,
    replace_while_away,
    shorten_the_summer,
)
from maia.demo.told import tell_words
from maia.practices.models import Practice


def load_demo(now: datetime) -> Practice:
    """Makes the demo practice around ``now``. The database has none yet."""
    random = Random(now.date().isoformat())  # noqa: S311
    with transaction.atomic():
        practice = make_practice()
        camille, ines = make_team(practice)
        types = make_types(practice, camille)
        patients = make_patients(practice, random)
        busy: Busy = defaultdict(list)
        for practitioner in (camille, ines):
            fill_agenda(practitioner, types, patients, busy, now, random)
        open_a_saturday(camille, now)
        shorten_the_summer(camille, now)
        replace_while_away(ines, camille)
        take_time(camille, ines, now)
        give_to_lea_and_sofia(practice, now)
        tell_words(practice, now)
        owe_reminders(practice, now)
    return practice
