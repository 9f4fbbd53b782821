"""Many records, some at a time: one statement for hundreds, and memory for no more."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
AT_ONCE = 500


def in_batches(items: Iterable[Item], size: int = AT_ONCE) -> Iterator[list[Item]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
