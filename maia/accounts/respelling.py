"""Addresses stored before they had one spelling get it, for migrations; clashes are left and named."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction

from maia.accounts.addresses import NotAnAddress, canonical_address


def respell(rows: Any, say: Callable[[str], None], column: str = "email") -> list[int]:
    """Gives every row of a migration's query set the canonical spelling of its address.

    Two rows that would then have the same one where it must be unique, or an address that none can
    be made of, stay as they are: nothing is merged, ``say`` names them by number, and those numbers are the answer.
    """
    left = []
    for pk, clash in _respelled(rows, column):
        table = rows.model._meta.db_table
        reason = "is spelled like another row's" if clash else "is no address that mail can reach"
        say(f"{table} {pk}: its {column} {reason}; left as it is. `maia addresses` lists them.")
        left.append(pk)
    return left


def _respelled(rows: Any, column: str) -> Iterable[tuple[int, bool]]:
    for pk, stored in rows.exclude(**{column: ""}).values_list("pk", column).iterator():
        try:
            canonical = canonical_address(stored)
        except NotAnAddress:
            yield pk, False
            continue
        if canonical == stored:
            continue
        try:
            with transaction.atomic():
                rows.filter(pk=pk).update(**{column: canonical})
        except IntegrityError:
            yield pk, True
