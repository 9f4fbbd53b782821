"""Who replaces whom, as the booking page says it: the name of the one leads to the other (rule 3.10.5)."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.text import capfirst

from maia.appointments.dates import days_between, long_date
from maia.appointments.offer import why_not_offered
from maia.practices.models import Practice, Practitioner, Replacement
from maia.schedules.models import AppointmentType


class Replaced(NamedTuple):
    """``since``: from when on her times are worth a look."""

    practitioner: Practitioner
    substitute: Practitioner
    first: date
    last: date
    since: date

    @property
    def dates(self) -> str:
        if self.first == self.last:
            return capfirst(long_date(self.first))
        return days_between(self.first, self.last)


def replacements_shown(
    practice: Practice,
    practitioners: Collection[Practitioner],
    type: AppointmentType | None,
    today: date,
) -> list[Replaced]:
    """Of those ``practitioners``, now or as far as is booked; of ``type``, if it is given, those who offer
    it. Two queries."""
    rows = Replacement.objects.not_over(today).with_names().filter(practice=practice)
    shown = []
    for one in rows.filter(practitioner__in=practitioners):
        replaced, substitute = one.practitioner, one.substitute
        horizon = today + timedelta(days=substitute.booking_horizon_days)
        offers = type is None or (
            why_not_offered(type, replaced, online=True, day=today) is None
            and why_not_offered(type, substitute, online=True, day=one.last_date) is None
        )
        if offers and substitute.is_bookable_online and one.first_date <= horizon:
            since = max(one.first_date, today)
            shown.append(Replaced(replaced, substitute, one.first_date, one.last_date, since))
    return shown
