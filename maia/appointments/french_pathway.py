"""The appointments that a French pregnancy usually asks for, to begin with (rule 3.9.5).

The seven examinations before birth, the early interview from the fourth month on, the visits at home after
leaving the maternity ward, the interview and the examination after birth [Code de la santé publique,
L2122-1, R2122-1 and R2122-2; Haute Autorité de santé; Assurance maladie]. Names are French, as they are said.
"""

from collections.abc import Iterable
from typing import NamedTuple

from maia.availability.pregnancy import Unit, Window
from maia.patients.text import folded
from maia.schedules.models import AppointmentType


class Usual(NamedTuple):
    """``like``: words, without accents, of which a type's name that may be meant has one; the better first."""

    name: str
    window: Window
    like: tuple[str, ...]


def _weeks(name: str, first: int, last: int, *like: str) -> Usual:
    return Usual(name, Window(Unit.WEEKS, first, last), like)


def _days(name: str, first: int, last: int, *like: str) -> Usual:
    return Usual(name, Window(Unit.DAYS_AFTER_BIRTH, first, last), like)


_EXAM = ("suivi de grossesse", "consultation prenatale", "examen prenatal", "grossesse")
FRENCH = (
    _weeks("Premier examen prénatal", 5, 14, "premiere consultation de grossesse", *_EXAM),
    _weeks("Entretien prénatal précoce", 15, 28, "entretien prenatal"),
    _weeks("Examen du 4ᵉ mois", 15, 19, *_EXAM),
    _weeks("Examen du 5ᵉ mois", 20, 23, *_EXAM),
    _weeks("Examen du 6ᵉ mois", 24, 27, *_EXAM),
    _weeks("Examen du 7ᵉ mois", 28, 32, *_EXAM),
    _weeks("Examen du 8ᵉ mois", 33, 36, *_EXAM),
    _weeks("Examen du 9ᵉ mois", 37, 41, *_EXAM),
    _days("Visite à domicile après la sortie", 1, 12, "domicile"),
    _days("Entretien postnatal précoce", 28, 56, "entretien postnatal", "postnatal"),
    _days("Examen postnatal", 42, 56, "examen postnatal", "consultation postnatale", "postnatal"),
    _days("Rééducation périnéale", 56, 180, "reeducation"),
)


def type_like(usual: Usual, types: Iterable[AppointmentType]) -> AppointmentType | None:
    """The type whose name says it, if any: a first guess, which is shown before anything is made."""
    known = [(folded(type.name), type) for type in types]
    for words in usual.like:
        for name, type in known:
            if words in name:
                return type
    return None
