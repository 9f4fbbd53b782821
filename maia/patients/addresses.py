"""Where a patient lives: asked when the midwife comes to her, kept on her record (rule 3.8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Self

from django.db import transaction

from maia.patients.models import Patient
from maia.patients.text import clean_text

LENGTHS = {"street": 200, "postcode": 10, "city": 100, "access": 300}  # letters
NEEDED = ("street", "postcode", "city")


@dataclass(frozen=True)
class Address:
    """``access`` is how to get in: floor, code, name on the bell."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    access: str = ""

    @classmethod
    def typed(cls, **parts: str) -> Self:
        """Each part on one line, without what could deceive a reader."""
        return cls(**{name: one_line_of(text) for name, text in parts.items()})

    @classmethod
    def of(cls, patient: Patient) -> Self:
        return cls(**{name: getattr(patient, name) for name in LENGTHS})

    @property
    def is_complete(self) -> bool:
        """Whether somebody would find the door of the house."""
        return all(getattr(self, name) for name in NEEDED)

    @property
    def missing(self) -> list[str]:
        return [name for name in NEEDED if not getattr(self, name)]


def one_line_of(text: str) -> str:
    return " ".join(clean_text(text).split())


def write_parts(patient: Patient, address: Address) -> None:
    """Not saved."""
    for name, text in asdict(address).items():
        setattr(patient, name, text)


@contextmanager
def living_at(patient: Patient, address: Address | None) -> Iterator[None]:
    """What is done inside and her address, when one is given, are written together or not at all."""
    if address is None:
        yield
        return
    with transaction.atomic():
        write_address(patient, address)
        yield


def write_address(patient: Patient, address: Address) -> None:
    """On her record, in place of the one before."""
    if address == Address.of(patient):
        return
    write_parts(patient, address)
    patient.save(update_fields=list(LENGTHS))
