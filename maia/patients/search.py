"""Finds a patient's record by a few letters, whatever the accents (product rule 3.8)."""

from maia.patients.models import Patient
from maia.patients.text import folded
from maia.practices.models import Practice

SHORTEST = 2  # letters: one finds everybody


def search_patients(practice: Practice, typed: str, limit: int) -> list[Patient]:
    """Records of the practice where every word typed is in the name, the address or the number."""
    words = folded(typed).split()
    if not words or len("".join(words)) < SHORTEST:
        return []
    digits = "".join(c for c in typed if c.isdigit()).lstrip("0")
    records = Patient.objects.kept().filter(practice=practice)
    if len(digits) >= 4 and not any(c.isalpha() for c in typed):
        return list(records.filter(mobile__contains=digits)[:limit])
    for word in words:
        field = "email__icontains" if "@" in word else "search_text__contains"
        records = records.filter(**{field: word})
    return list(records[:limit])
