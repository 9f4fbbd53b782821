"""What a list is asked for, in words: each with the address that asks for all but it."""

from collections.abc import Mapping
from urllib.parse import urlencode


def chips(asked: Mapping[str, str], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """``asked``: what the address says; ``words``: of its filters, what each comes to."""
    return [
        (words[name], "?" + urlencode({key: asked[key] for key in asked if key != name}))
        for name in asked
        if name in words
    ]
