"""Who would be left outside of other hours, in sentences, for a page that asks."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import ngettext

from maia.appointments.dates import long_date
from maia.appointments.models import Appointment

MOST_NAMED = 10


def left_outside(outside: Sequence[Appointment]) -> list[str]:
    """How many, and the first of them by name; nothing of nobody."""
    if not outside:
        return []
    words = ngettext(
        "%(count)s appointment to come would be outside these hours. It stays as it is.",
        "%(count)s appointments to come would be outside these hours. They stay as they are.",
        len(outside),
    )
    said = [words % {"count": len(outside)}]
    for one in outside[:MOST_NAMED]:
        start = timezone.localtime(one.start)
        said.append(f"{long_date(start)}, {start:%H:%M} – {one.patient.name}")
    if len(outside) > MOST_NAMED:
        more = len(outside) - MOST_NAMED
        said.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return said
