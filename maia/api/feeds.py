"""An agenda for a calendar application: `/feeds/<uid>-<secret>.ics`. The address is the key."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maia.api.etag import answer_once
from maia.calendars.feeds import feed_ics, find_feed, was_read
from maia.practices.seats import SecondFactorMissing
from maia.privacy.journal import Act, note


@require_safe
def feed(request: HttpRequest, uid: UUID, secret: str) -> HttpResponse:
    try:
        opened = find_feed(uid, secret)
    except SecondFactorMissing:
        words = _("This practice asks its team for a second factor: set yours up in “My account”.")
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    if opened is None:
        raise Http404
    found, seat = opened
    was_read(found, timezone.now())
    if seat is not None:
        note(Act.FEED, seat, now=timezone.now())
    with translation.override(found.user.language or translation.get_language()):
        content = feed_ics(found, timezone.now())
    answer = answer_once(
        request, content, "text/calendar; charset=utf-8", cache="private, no-cache"
    )
    answer["X-Robots-Tag"] = "noindex"
    return answer
