"""Where a browser keeps no cookie in a frame, the last step goes on in a tab of its own.

The frame makes a key, the tab's address carries it to Maia, the tab's session keeps it until she
has booked, and the frame asks after it. The key is signed, for one practice and one hour: nobody
makes one up. Who knows it learns that something is done, never when nor what. The database's cache
is between the two: any process may answer.
"""

from enum import StrEnum
from uuid import UUID, uuid4

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.http import urlencode

from maia.portal.frame import frame_of
from maia.practices.models import Practice

KEY = "frame"  # in the address of the tab, then in its session
KEPT = 3600  # seconds: the time to sign in, and a baby


class Told(StrEnum):
    BOOKED = "booked"
    REQUESTED = "requested"  # the practice has still to confirm it


def link_out(request: HttpRequest, url: str) -> dict[str, object]:
    """For a framed page: the same page in a tab, and the key to follow it with."""
    frame = frame_of(request)
    assert frame is not None
    key = uuid4()
    signed = _signer(frame.practice).sign(str(key))
    return {"key": key, "url": f"{frame.outside(url)}?{urlencode({KEY: signed})}"}


def remember(request: HttpRequest, practice: Practice) -> None:
    """In the tab: whose frame waits for what she does here. What Maia has not signed is ignored."""
    try:
        key = _signer(practice).unsign(request.GET[KEY], max_age=KEPT)
    except (KeyError, signing.BadSignature):
        return
    request.session[KEY] = [key, practice.pk]


def tell_frame(request: HttpRequest, practice: Practice, what: Told) -> None:
    """She has booked: the frame that sent her here may say so. Once, of that practice."""
    key, practice_pk = request.session.pop(KEY, None) or (None, None)
    if key and practice_pk == practice.pk:
        cache.set(f"frame:{practice.pk}:{key}", str(what), KEPT)


def told(practice: Practice, key: UUID) -> Told | None:
    """What became of the tab, once she has booked."""
    what: str | None = cache.get(f"frame:{practice.pk}:{key}")
    return Told(what) if what else None


def _signer(practice: Practice) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"maia.portal.elsewhere:{practice.pk}")
