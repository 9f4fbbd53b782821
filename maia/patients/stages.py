"""What a record says of a pregnancy: which dates it takes, how it is written, and in words (rule 3.9)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maia.availability.pregnancy import LAST_DAY, Pregnancy, Unit, Window
from maia.patients.models import Patient

# A midwife counts no days further back; a term further ahead than a pregnancy lasts is a slip.
BEHIND, DUE_AHEAD = timedelta(days=LAST_DAY), timedelta(days=300)


class Stage(NamedTuple):
    """What she said of her pregnancy; a date that she did not say is None."""

    due_date: date | None = None
    child_birth_date: date | None = None

    def over(self, record: Patient | None) -> "Stage":
        """With what the record says of what she did not."""
        if record is None:
            return self
        return Stage(
            self.due_date or record.due_date, self.child_birth_date or record.child_birth_date
        )

    def pregnancy(self, term_weeks: int) -> Pregnancy:
        return Pregnancy(self.due_date, self.child_birth_date, term_weeks)


def validate_due_date(day: date, today: date) -> None:
    if not today - BEHIND <= day <= today + DUE_AHEAD:
        raise ValidationError(_("This cannot be the due date of a pregnancy of now."))


def validate_birth_of_child(day: date, today: date) -> None:
    if not today - BEHIND <= day <= today:
        raise ValidationError(_("The birth of a child within the last two years, please."))


@contextmanager
def saying(record: Patient, said: Stage) -> Iterator[None]:
    """What is done inside and what she said are written together or not at all."""
    if not any(said):
        yield
        return
    with transaction.atomic():
        write_stage(record, said)
        yield


def write_stage(record: Patient, said: Stage) -> list[str]:
    """On her record, what she said and what is another now; which, by their names."""
    changed = [name for name, day in said._asdict().items() if day and day != getattr(record, name)]
    for name in changed:
        setattr(record, name, getattr(said, name))
    if changed:
        record.save(update_fields=changed)
    return changed


def stage_in_words(pregnancy: Pregnancy, day: date) -> str:
    """``24 SA + 3 j``, or *12 days after the birth*; empty where neither is known."""
    if (week := pregnancy.week_on(day)) is not None:
        if week.days:
            return _("%(weeks)d weeks + %(days)d") % week._asdict()
        return _("%(weeks)d weeks") % week._asdict()
    age = pregnancy.age_on(day)
    if age is None:
        return ""
    if age == 0:
        return _("the day of the birth")
    words = ngettext("%(count)d day after the birth", "%(count)d days after the birth", age)
    return words % {"count": age}


def window_in_words(window: Window) -> str:
    """``de 11 SA à 13 SA + 6 j``: both ends are included."""
    said = {"first": window.first, "last": window.last}
    if window.unit == Unit.WEEKS:
        return _("from %(first)d weeks to %(last)d weeks + 6 days") % said
    return _("from day %(first)d to day %(last)d after the birth") % said
