"""The embed: the script that a website loads, the way into the frame, and what a frame alone has."""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.portal import elsewhere as tab
from maia.portal.frame import Frame, frame_of
from maia.practices.models import Practice
from maia.schedules.models import AppointmentType

_SCRIPT = (Path(settings.PACKAGE_DIR) / "static/maia/embed.js").read_bytes()


@require_safe
@cache_control(public=True, max_age=3600)
def script(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for every practice: it reads in its own address whose it is."""
    get_object_or_404(Practice, slug=slug)
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(_SCRIPT, content_type="text/javascript; charset=utf-8", headers=headers)


@require_safe
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """The way into the frame: `language`, `accent`, `practitioner` and `type` are the snippet's.

    What cannot be read is left out: a patient must not pay for a webmaster's slip.
    """
    practice = get_object_or_404(Practice, slug=slug)
    asked = request.GET
    language = asked.get("language", "")[:2].lower()
    practitioner = parse_id(asked.get("practitioner", "")) or 0
    frame = Frame(
        practice,
        language=language if language in dict(settings.LANGUAGES) else "",
        accent=_accent(asked.get("accent", "")),
        practitioner_id=practitioner
        if practice.practitioners.bookable_online().filter(pk=practitioner).exists()
        else None,
    )
    type_id = parse_id(asked.get("type", "")) or 0
    types = AppointmentType.objects.listed().filter(practice=practice)
    if types.filter(pk=type_id).exists():
        return redirect(frame.prefix + reverse("slots", args=[slug, type_id]))
    return redirect(frame.prefix + reverse("practice", args=[slug]))


def _accent(text: str) -> str:
    text = text.strip().removeprefix("#").lower()
    if len(text) == 3:
        text = "".join(letter * 2 for letter in text)
    return text if re.fullmatch(r"[0-9a-f]{6}", text) else ""


def _frame(request: HttpRequest) -> Frame:
    frame = frame_of(request)
    if frame is None:
        raise Http404
    return frame


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """A frame's home is its practice."""
    return redirect("practice", _frame(request).practice.slug)


@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """By code: passwords and passkeys are for Maia's own address, where she can read it."""
    query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
    return redirect(f"{reverse('account_request_login_code')}?{query}")


@require_safe
@never_cache
def elsewhere(request: HttpRequest, key: UUID) -> HttpResponse:
    """Asked again and again by the frame: has she booked in her tab?"""
    booked = tab.told(_frame(request), key) is not None
    return JsonResponse({"url": reverse("booked_elsewhere", args=[key]) if booked else None})


@require_safe
@never_cache
def booked_elsewhere(request: HttpRequest, key: UUID) -> HttpResponse:
    frame = _frame(request)
    context = {"practice": frame.practice, "told": tab.told(frame, key)}
    return render(request, "portal/booked_elsewhere.html", context)
