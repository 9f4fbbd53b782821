"""Which record a line of a list is about, if the practice has it already.

The number in the other program says it; else the name, with a phone number, an address or a birth
date. Another birth date is another person, whatever else is the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Generic, TypeVar

from maia.patients.text import folded

MOST_ALIKE = 100
Whom = TypeVar("Whom")
Name = tuple[str, ...]


@dataclass
class Person(Generic[Whom]):
    """What tells people apart. ``numbers`` in E.164, ``email`` canonical."""

    whom: Whom
    last_name: str
    first_name: str
    birth_name: str = ""
    email: str = ""
    numbers: frozenset[str] = field(default_factory=frozenset)
    birth_date: date | None = None
    external_id: str = ""

    @property
    def names(self) -> set[Name]:
        """Folded, in either order, with each of her last names."""
        first = folded(self.first_name)
        lasts = {folded(self.last_name), folded(self.birth_name)} - {""} or {""}
        return {tuple(sorted((first, last))) for last in lasts}

    @property
    def signs(self) -> set[object]:
        """What, with her name, says that it is she."""
        return {sign for sign in (*self.numbers, self.email, self.birth_date) if sign}

    def is_someone_else(self, other: "Person[Any]") -> bool:
        """Something that both say is different, and nothing is the same."""
        births = self.birth_date is not None and other.birth_date is not None
        if births and self.birth_date != other.birth_date:
            return True
        if self.external_id and other.external_id and self.external_id != other.external_id:
            return not self.is_surely(other)
        differ = (self.email and other.email) or (self.numbers and other.numbers)
        return bool(differ) and not self.is_surely(other)

    def is_surely(self, other: "Person[Any]") -> bool:
        """Of two with one name."""
        if self.birth_date is not None and other.birth_date is not None:
            return self.birth_date == other.birth_date
        same_email = bool(self.email) and self.email == other.email
        return same_email or bool(self.numbers & other.numbers)


class People(Generic[Whom]):
    """Those who are known: the records of a practice, or the lines read so far."""

    def __init__(self, people: Iterable[Person[Whom]] = ()) -> None:
        self._known: dict[tuple[object, ...], list[Person[Whom]]] = defaultdict(list)
        for person in people:
            self.add(person)

    def add(self, person: Person[Whom]) -> None:
        for name in person.names:
            self._known[name].append(person)
            for sign in person.signs:
                self._known[name, sign].append(person)
        if person.external_id:
            self._known["id", person.external_id, None].append(person)

    def by_id(self, person: Person[Any]) -> list[Person[Whom]]:
        return self._known.get(("id", person.external_id, None), []) if person.external_id else []

    def sure(self, person: Person[Any]) -> list[Person[Whom]]:
        """Her number in the other program, else her name and something else of hers."""
        if known := self.by_id(person):
            return known
        keys = [(name, sign) for name in person.names for sign in person.signs]
        return [other for other in self._under(keys) if person.is_surely(other)]

    def by_name(self, person: Person[Any]) -> list[Person[Whom]]:
        """Those of her name of whom nothing says that they are others."""
        others = self._under(list(person.names))
        return [other for other in others if not person.is_someone_else(other)]

    def _under(self, keys: Iterable[tuple[object, ...]]) -> list[Person[Whom]]:
        alike: dict[int, Person[Whom]] = {}
        for key in keys:
            # Of hundreds with one name nobody knows which: the first ones say that.
            alike |= {id(other): other for other in islice(self._known.get(key, ()), MOST_ALIKE)}
        return list(alike.values())
