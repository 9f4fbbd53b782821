"""*Save anyway* means in spite of what was shown, and of nothing that came since.

The button of a page that warns carries the mark of its warning. Where the time was changed
afterwards, or somebody has booked meanwhile, the warning is another one and is shown anew.
"""

from collections.abc import Sequence
from hashlib import sha256

from maia.office.access import OfficeRequest


def mark_of(warning: Sequence[object]) -> str:
    """Of a warning's sentences or rows, in their order."""
    return sha256("\n".join(map(str, warning)).encode()).hexdigest()[:16]


def is_meant(request: OfficeRequest, button: str, warning: Sequence[object]) -> bool:
    return request.POST.get(button) == mark_of(warning)
