"""The lines of the journal page: those that the journal keeps, and what the practice did to appointments,
which stands in their history and is written once."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maia.appointments.models import HistoryEntry
from maia.appointments.templatetags.dates import moment
from maia.office.patients.import_words import COUNTED
from maia.patients.models import Patient
from maia.privacy.models import JournalEntry

Action, Act = HistoryEntry.Action, JournalEntry.Act
# As the filter and the lines say them, and as an address asks for them.
OF_APPOINTMENTS: dict[str, str | Promise] = {
    Action.BOOKED: gettext_lazy("noted an appointment"),
    Action.MOVED: gettext_lazy("moved an appointment"),
    Action.CANCELLED: gettext_lazy("cancelled an appointment"),
    Action.CONFIRMED: gettext_lazy("confirmed a request"),
    Action.EDITED: gettext_lazy("changed an appointment"),
    Action.ATTENDED: gettext_lazy("noted who came"),
    Action.GIVEN: gettext_lazy("corrected whose an appointment is"),
}
PREFIX = "appointment-"
CHOICES = [*Act.choices, *((f"{PREFIX}{act}", words) for act, words in OF_APPOINTMENTS.items())]
_KEPT, _HISTORY = "journal", "history"


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str | Promise
    who: str
    patient: Patient | None
    detail: str
    appointment: int | None = None  # whose sheet it leads to


class Lines:
    """As a `Paginator` reads them, the last first: a page is three statements, however long both are."""

    def __init__(
        self, entries: QuerySet[JournalEntry], acts: QuerySet[HistoryEntry], act: str
    ) -> None:
        """``act``: only this one, of either; "" for all."""
        if act.startswith(PREFIX):
            entries, acts = entries.none(), acts.filter(action=act.removeprefix(PREFIX))
        elif act:
            entries, acts = entries.filter(act=act), acts.none()
        acts = acts.filter(actor=HistoryEntry.Actor.PRACTICE, action__in=OF_APPOINTMENTS)
        kept, done = _keys(entries, _KEPT), _keys(acts, _HISTORY)
        self.keys = kept.union(done, all=True).order_by("-at", "kind", "-pk")

    def count(self) -> int:
        return int(self.keys.count())

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, page: slice) -> list[Line]:
        keys = [(kind, pk) for _at, kind, pk in self.keys[page]]
        kept = JournalEntry.objects.select_related("patient").in_bulk(_of(keys, _KEPT))
        done = HistoryEntry.objects.select_related(
            "user", "appointment__patient", "appointment__event__type"
        ).in_bulk(_of(keys, _HISTORY))
        lines = {(_KEPT, pk): _kept(one) for pk, one in kept.items()}
        lines |= {(_HISTORY, pk): _done(one) for pk, one in done.items()}
        return [lines[key] for key in keys if key in lines]


def _keys(rows: QuerySet[Any], kind: str) -> Any:
    return rows.order_by().annotate(kind=Value(kind)).values_list("at", "kind", "pk")


def _of(keys: list[tuple[str, int]], wanted: str) -> list[int]:
    return [pk for kind, pk in keys if kind == wanted]


def _kept(entry: JournalEntry) -> Line:
    detail = entry.detail
    if entry.act in (Act.IMPORTED, Act.IMPORT_UNDONE):
        detail = re.sub(r"([a-z_]+): (\d+)", _counted, detail)
    return Line(entry.at, entry.get_act_display(), entry.who, entry.patient, detail)


def _counted(found: re.Match[str]) -> str:
    what = COUNTED.get(found[1], found[1])
    return _("%(what)s: %(count)s") % {"what": what, "count": found[2]}


def _when(start: datetime) -> str:
    return moment(timezone.localtime(start), "short")


def _done(entry: HistoryEntry) -> Line:
    appointment = entry.appointment
    when = _when(appointment.start)
    if entry.old_start and entry.new_start:
        when = f"{_when(entry.old_start)} → {_when(entry.new_start)}"
    patient = appointment.patient if appointment.patient.erased_at is None else None
    return Line(
        entry.at,
        OF_APPOINTMENTS[entry.action],
        entry.user.email if entry.user else "",
        patient,
        f"{when} · {appointment.type.name}",
        appointment.pk,
    )
