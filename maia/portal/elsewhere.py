"""Where a browser keeps no cookie in a frame, the last step goes on in a tab of its own.

The frame has a key, which it shows nobody. The tab's address carries its digest to Maia, the tab's
session keeps that until she has booked, and the frame asks with its key. So who learns the address
of the tab reads nothing; and where the browser gives the frame a cookie, the digest is of both: who
learns the key as well reads nothing without the cookie. The digest is signed, for one practice and
one hour: nobody makes one up. The frame learns that something is done, never when nor what. The
database's cache is between the two: any process may answer.
"""

import hashlib
from enum import StrEnum
from uuid import UUID, uuid4

from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.http import urlencode

from maia.portal.frame import Frame, frame_of
from maia.practices.models import Practice

KEY = "frame"  # in the address of the tab, then in its session
KEPT = 3600  # seconds: the time to sign in, and a baby


class Told(StrEnum):
    BOOKED = "booked"
    REQUESTED = "requested"  # the practice has still to confirm it


def link_out(request: HttpRequest, url: str) -> dict[str, object]:
    """For a framed page: the same page in a tab, and the frame's key to follow it with."""
    frame = frame_of(request)
    assert frame is not None
    key = uuid4()
    signed = _signer(frame.practice).sign(_digest(key, frame.cookie))
    return {"key": key, "url": f"{frame.outside(url)}?{urlencode({KEY: signed})}"}


def remember(request: HttpRequest, practice: Practice) -> None:
    """In the tab: whose frame waits for what she does here. What Maia has not signed is ignored."""
    try:
        digest = _signer(practice).unsign(request.GET[KEY], max_age=KEPT)
    except (KeyError, signing.BadSignature):
        return
    request.session[KEY] = [digest, practice.pk]


def tell_frame(request: HttpRequest, practice: Practice, what: Told) -> None:
    """She has booked: the frame that sent her here may say so. Once, of that practice."""
    digest, practice_pk = request.session.pop(KEY, None) or (None, None)
    if digest and practice_pk == practice.pk:
        cache.set(f"frame:{practice.pk}:{digest}", str(what), KEPT)


def told(frame: Frame, key: UUID) -> Told | None:
    """What became of the tab, once she has booked. A key of a page that came with the very first
    cookie is bound to none."""
    names = [f"frame:{frame.practice.pk}:{_digest(key, cookie)}" for cookie in {frame.cookie, ""}]
    what: str | None = next(iter(cache.get_many(names).values()), None)
    return Told(what) if what else None


def _digest(key: UUID, cookie: str) -> str:
    return hashlib.sha256(f"{key}:{cookie}".encode()).hexdigest()


def _signer(practice: Practice) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"maia.portal.elsewhere:{practice.pk}")
