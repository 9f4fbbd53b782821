"""Replacements as slots read them: who takes over from whom, and with which hours (rule 3.10)."""

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from maia.appointments.reading import Hours, Texts, hours_for
from maia.availability.dated import DatedHours
from maia.availability.replacing import Handed, ReplacedHours, TakenOver


class Substitution(NamedTuple):
    """Of a type: who takes over from whom, both dates included. ``offers``: whether the one who is replaced
    has the type, ``online``: and is booked online."""

    practitioner_id: int
    substitute_id: int
    first: date
    last: date
    by_her_hours: bool  # of who is replaced
    closed_on_public_holidays: bool  # the same
    offers: bool
    online: bool


def parse_substitutions(found: Texts) -> list[Substitution]:
    """Those that concern the practitioners whose agendas were read: see `read_agendas`."""
    return [
        Substitution(
            replaced,
            substitute,
            date.fromisoformat(first),
            date.fromisoformat(last),
            hours == "replaced",
            bool(closed),
            bool(offers),
            bool(online),
        )
        for replaced, substitute, first, last, hours, closed, offers, online in json.loads(found[3])
    ]


def replaced_hours(
    type_id: int,
    practitioner: int,
    said: Hours,
    holidays: frozenset[date],
    substitutions: Iterable[Substitution],
    *,
    closed_on_holidays: bool,
    is_hers: bool,
    online: bool,
) -> ReplacedHours:
    """`hours_for`, with what she has handed over and taken over. ``holidays``: all public ones; ``is_hers``:
    the type, on her own account; ``online``: what patients may take."""

    def hours(who: int, closed: bool) -> DatedHours:
        return hours_for(type_id, who, said, holidays if closed else frozenset())

    handed, taken_over = [], []
    for one in substitutions:
        if one.practitioner_id == practitioner:
            handed.append(Handed(one.first, one.last))
        elif one.substitute_id == practitioner and one.offers and (one.online or not online):
            others = None
            if one.by_her_hours:
                others = hours(one.practitioner_id, one.closed_on_public_holidays)
            taken_over.append(TakenOver(one.first, one.last, others))
    own = hours(practitioner, closed_on_holidays)
    return ReplacedHours(own, is_hers, handed, taken_over)
