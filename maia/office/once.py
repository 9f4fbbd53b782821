"""The same form posted twice (a double click, the back button, a flaky phone) makes one thing.

The form shows `{% request_key %}`; the view is `made_once`. The same key with something else typed
is another thing: who went back and typed on means it.
"""

import hashlib
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from maia.accounts.models import Posted
from maia.office.access import OfficeRequest, View

FIELD = "request_key"
LASTS = timedelta(days=1)


def made_once(view: View) -> View:
    """Behind all doors, the last before the view: what is answered by a redirect is done once, in
    one transaction with its mark; whoever posts it again is led to the same page. Refused, or shown
    again to be corrected, it may be posted again."""

    @wraps(view)
    def wrapped(request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        digest = _digest(request)
        if digest is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            # Two at once: the second waits here for the end of the first.
            until = timezone.now() + LASTS
            posted, fresh = Posted.objects.get_or_create(digest=digest, defaults={"until": until})
            if not fresh:
                return HttpResponseRedirect(posted.answer)
            answer = view(request, *args, **kwargs)
            if isinstance(answer, HttpResponseRedirect) and getattr(answer, "made", True):
                Posted.objects.filter(pk=posted.pk).update(answer=answer.url)
            else:
                posted.delete()
        return answer

    wrapped.makes_once = True  # type: ignore[attr-defined]  # for the test that walks every address
    return wrapped


def nothing_made(answer: HttpResponse) -> HttpResponse:
    """A redirect that says why not: the same form may be sent again."""
    answer.made = False  # type: ignore[attr-defined]
    return answer


def _digest(request: OfficeRequest) -> str | None:
    """Of whose form it is, where it goes and all that it says; None without a key."""
    try:
        UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    said = sorted(
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    )
    of = (request.seat.user.pk, request.seat.practice.pk, request.path, said)
    return hashlib.sha256(repr(of).encode()).hexdigest()
