"""Taking a period or an exceptional opening away: named before, with who would be left outside."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from maia.appointments.changing_hours import changing_hours
from maia.appointments.models import Appointment
from maia.office import sure
from maia.office.access import OfficeRequest
from maia.office.meant import is_meant, mark_of
from maia.office.settings.left_outside import left_outside
from maia.office.settings.whose import Owner
from maia.practices.held import hold
from maia.privacy.reading import read_agenda
from maia.schedules.models import Period, SpecialDay


def take_away(
    request: OfficeRequest,
    owner: Owner,
    row: Period | SpecialDay,
    *,
    named: Callable[[], tuple[str, list[str]]],
    back: str,
) -> HttpResponse | None:
    """Deletes ``row`` as the page has named it, and answers None; else the page that asks, anew where what goes
    is another now. ``named``: the question and what goes, read while the row is held; ``back``: the address to
    keep it."""
    outside: list[Appointment] = []

    def is_noted(left: Sequence[Appointment]) -> bool:
        outside.extend(left)
        return True

    with transaction.atomic():
        hold(owner.row)
        hold(row)
        question, goes = named()
        with changing_hours(owner.row, now=timezone.now(), is_meant=is_noted):
            type(row)._base_manager.filter(pk=row.pk).delete()
        takes = [*goes, *left_outside(outside)]
        warning = [question, *takes]
        if sure.is_sure(request) and is_meant(request, "named", warning):
            return None
        transaction.set_rollback(True)
    if outside:  # named on the page
        read_agenda(request.seat, now=timezone.now())
    status = 409 if "named" in request.POST else 200
    typed = [("named", mark_of(warning))]
    return sure.ask(request, question, takes, _("Delete"), back, typed=typed, status=status)
