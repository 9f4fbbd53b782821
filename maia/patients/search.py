"""Finds a patient's record however her name is typed (rule 3.5)."""

from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Q, When
from rapidfuzz.distance import OSA

from maia.patients.birth_dates import parse_birth_date, take_birth_date
from maia.patients.models import Patient
from maia.patients.text import folded

SHORTEST = 2  # letters: one finds everybody
LONGEST, MOST_WORDS = 200, 8  # of what is typed: the rest is not looked for
_SHORTEST_MISSPELLED = 4  # letters: with fewer, one wrong makes another name
_FEWEST_DIGITS = 4
_MOST_CANDIDATES = 5_000


def search_patients(among: Any, typed: str, limit: int, *, today: date) -> list[Patient]:
    """Those ``among`` some records in which every word typed is in a name, the address, a number or the
    birth date, first those whose names begin so; if there is none, those whose name has one letter more, less, wrong or swapped."""
    records = among.select_related("own_practitioner")
    if not any(character.isalpha() for character in typed):
        return list(records.filter(_number_or_birth_date(typed[:LONGEST], today))[:limit])
    birth_date, others = take_birth_date(typed[:LONGEST], today)
    if birth_date:
        records = records.filter(birth_date=birth_date)
    names: list[str] = []
    for part in others.split()[:MOST_WORDS]:
        if "@" in part:
            records = records.filter(email__contains=part.lower())
        elif born := parse_birth_date(part, today):
            records = records.filter(birth_date=born)
        else:
            names.extend(folded(part).split())
    names = names[:MOST_WORDS]
    if birth_date and not names:
        return list(records[:limit])
    if "@" not in typed and len("".join(names)) < SHORTEST:
        return []
    spelled = reduce(lambda rows, name: rows.filter(search_text__contains=name), names, records)
    if names:
        spelled = spelled.order_by(_those_begun_by(names), "last_name", "first_name", "id")
    return list(spelled[:limit]) or _misspelled(records, names, limit)


def _those_begun_by(names: list[str]) -> Case:
    """First those of whom each word typed begins a name; then those in whose names it stands."""
    begun = Q()
    for name in names:
        begun &= Q(search_text__startswith=name) | Q(search_text__contains=f" {name}")
    return Case(When(begun, then=0), default=1)


def alike(record: Patient, limit: int, *, among: Any, today: date) -> list[Patient]:
    """Those ``among`` some records that may be the person of this one, saved or not: the same name, address
    or number."""
    others = among.exclude(pk=record.pk)
    met = search_patients(among, record.name, limit + 1, today=today)
    if record.email:
        met += others.filter(email=record.email)[:limit]
    if record.mobile:
        met += others.filter(mobile=record.mobile)[:limit]
    return list({other.pk: other for other in met if other.pk != record.pk}.values())


def _number_or_birth_date(typed: str, today: date) -> Q:
    """Of what has no letter. Nothing, if it is too short to be either."""
    digits = "".join(character for character in typed if character.isdigit()).lstrip("0")
    wanted = Q(pk=None)
    if len(digits) >= _FEWEST_DIGITS:
        wanted |= Q(mobile__contains=digits) | Q(phone__contains=digits)
    if birth_date := parse_birth_date(typed, today):
        wanted |= Q(birth_date=birth_date)
    return wanted


def _misspelled(records: Any, names: list[str], limit: int) -> list[Patient]:
    """One slip touches at most two neighbours: of a name cut in three, one piece is spelled right,
    and that finds the candidates that are then compared letter by letter."""
    if not any(len(name) >= _SHORTEST_MISSPELLED for name in names):
        return []
    for name in names:
        records = records.filter(reduce(or_, (Q(search_text__contains=p) for p in _pieces(name))))
    candidates = records.values_list("pk", "search_text")[:_MOST_CANDIDATES]
    alike = [pk for pk, text in candidates if all(_is_like(name, text) for name in names)]
    return list(records.filter(pk__in=alike[:limit]))


def _pieces(name: str) -> list[str]:
    if len(name) < _SHORTEST_MISSPELLED:
        return [name]
    third, more = divmod(len(name), 3)
    first, second = third, 2 * third + (more > 0)
    return [name[:first], name[first:second], name[second:]]


def _is_like(name: str, text: str) -> bool:
    """Whether ``name`` begins a word of ``text``, but for one slip; short names exactly."""
    if len(name) < _SHORTEST_MISSPELLED:
        return name in text
    return any(
        OSA.distance(name, word[:length], score_cutoff=1) <= 1
        for word in text.split()
        for length in range(len(name) - 1, len(name) + 2)
    )
