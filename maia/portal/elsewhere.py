"""Where a browser keeps no cookie in a frame, the last step goes on in a tab of its own.

The frame makes a key, the tab's address carries it to Maia, the tab's session keeps it until she
has booked, and the frame asks after it. Who knows the key learns a date and a time, nothing else.
The database's cache is between the two: any process may answer.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.core.cache import cache
from django.http import HttpRequest

from maia.portal.frame import frame_of

KEY = "frame"  # in the address of the tab, then in its session
KEPT = 3600  # seconds: the time to sign in, and a baby


def link_out(request: HttpRequest, url: str) -> dict[str, object]:
    """For a framed page: the same page in a tab, and the key to follow it with."""
    frame = frame_of(request)
    assert frame is not None
    key = uuid4()
    return {"key": key, "url": f"{frame.outside(url)}?{KEY}={key}"}


def remember(request: HttpRequest) -> None:
    """In the tab: whose frame waits for what she does here."""
    try:
        key = UUID(request.GET[KEY])
    except (KeyError, ValueError):
        return
    request.session[KEY] = str(key)


class Told(NamedTuple):
    """What she took in the tab."""

    start: datetime
    is_request: bool  # the practice has still to confirm it


def tell_frame(request: HttpRequest, made: Told) -> None:
    """She has booked: the frame that sent her here may say so. Once."""
    if key := request.session.pop(KEY, None):
        cache.set(f"frame:{key}", tuple(made), KEPT)


def told(key: UUID) -> Told | None:
    """What she booked in the tab, once she has."""
    made: tuple[datetime, bool] | None = cache.get(f"frame:{key}")
    return Told(*made) if made else None
