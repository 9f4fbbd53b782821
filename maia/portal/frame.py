"""The booking page in a frame of the practice's own website (rule 3.11).

A framed page is the page itself under `/<slug>/embed/<options>/`: what the snippet asked for stays
in the address, where no cookie is needed to remember it, and `reverse` keeps it there. Under that
prefix only `frame_urls` exist, cookies are others than Maia's own, and the listed websites alone
may be around. Nothing else of Maia can be framed.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from http import cookies
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import set_script_prefix
from django.utils.crypto import get_random_string

from maia.practices.models import Practice
from maia.practices.websites import frame_sources

ADDRESS = re.compile(
    r"/(?P<slug>[a-z0-9-]+)/embed"
    r"/(?P<language>auto|[a-z]{2})-(?P<accent>own|[0-9a-f]{6})-(?P<practitioner>all|[0-9]{1,18})"
    r"(?P<path>/.*)"
)
PROBE = "kept"  # set on every page: when it does not come back, no cookie does

# Python learns the attribute in 3.14.
cookies.Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
cookies.Morsel._flags.add("partitioned")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Frame:
    """What the snippet asked for, and whether the browser keeps cookies in there."""

    practice: Practice
    language: str = ""  # empty: the browser's own
    accent: str = ""  # six hexadecimal digits; empty: the practice's
    practitioner_id: int | None = None
    cookie: str = ""  # a word that this browser alone has; empty: it keeps no cookie in there

    @property
    def keeps_cookies(self) -> bool:
        return bool(self.cookie)

    @property
    def root(self) -> str:
        return f"/{self.practice.slug}/embed"

    @property
    def prefix(self) -> str:
        options = (self.language or "auto", self.accent or "own", self.practitioner_id or "all")
        return f"{self.root}/{'-'.join(map(str, options))}"

    @cached_property
    def websites(self) -> list[str]:
        return frame_sources(self.practice.websites.values_list("origin", flat=True))

    def outside(self, url: str) -> str:
        """The same page of Maia outside of any frame."""
        return url.removeprefix(self.prefix)

    def in_language(self, code: str, url: str) -> str:
        return replace(self, language=code).prefix + self.outside(url)


def frame_of(request: HttpRequest) -> Frame | None:
    return getattr(request, "frame", None)


class FrameMiddleware:
    """Outside of the session's: a framed page has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = ADDRESS.fullmatch(request.path_info)
        if match is None:
            return self.get_response(request)
        ours = _start()
        frame = _read(match, cookie=request.COOKIES.get(ours + PROBE, ""))
        if frame is None:
            return self.get_response(request)  # no such practice or language: 404
        request.frame = frame  # type: ignore[attr-defined]
        request.path_info = match["path"]
        request.urlconf = "maia.portal.frame_urls"
        request.COOKIES = {
            settings.COOKIE_PREFIX + name.removeprefix(ours): value
            for name, value in request.COOKIES.items()
            if name.startswith(ours)
        }
        if frame.language:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = frame.language
        set_script_prefix(frame.prefix)
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix("/")
        if not frame.keeps_cookies:
            response.set_cookie(PROBE, get_random_string(22), httponly=True)
        _keep_in_frame(response, frame)
        _allow_around(response, ["'self'", *frame.websites])
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]
    ) -> None:
        """No page of another practice under this one's list of websites."""
        frame = frame_of(request)
        if frame is not None and kwargs.get("slug", frame.practice.slug) != frame.practice.slug:
            raise Http404


def _read(match: re.Match[str], *, cookie: str) -> Frame | None:
    known = {"auto", *dict(settings.LANGUAGES)}
    practice = Practice.objects.filter(slug=match["slug"]).select_related("logo").first()
    if practice is None or match["language"] not in known:
        return None
    return Frame(
        practice,
        language="" if match["language"] == "auto" else match["language"],
        accent="" if match["accent"] == "own" else match["accent"],
        practitioner_id=None if match["practitioner"] == "all" else int(match["practitioner"]),
        cookie=cookie,
    )


def _start() -> str:
    """Of the names of a frame's cookies. Their path is the frame's alone, so `__Host-`, which wants
    all of the site, cannot be theirs; `__Secure-` can."""
    return "__Secure-frame_" if settings.SESSION_COOKIE_SECURE else "frame_"


def _keep_in_frame(response: HttpResponse, frame: Frame) -> None:
    """Its cookies: another name and path than Maia's own, and one jar for each website around.

    Over http (a webmaster's own computer) browsers refuse `SameSite=None`: a frame then signs in
    only where both are one site.
    """
    for name in list(response.cookies):
        morsel = response.cookies.pop(name)
        kept: cookies.Morsel[str] = cookies.Morsel()
        kept.set(
            _start() + name.removeprefix(settings.COOKIE_PREFIX), morsel.value, morsel.coded_value
        )
        kept.update(morsel)
        kept["path"] = f"{frame.root}/"
        if settings.SESSION_COOKIE_SECURE:
            kept["samesite"] = "None"
            kept["secure"] = kept["partitioned"] = "1"  # flags: any value is yes
        response.cookies[kept.key] = kept


def _allow_around(response: HttpResponse, sources: list[str]) -> None:
    response._csp_replace = {"frame-ancestors": sources}  # type: ignore[attr-defined]
    response.headers.pop("X-Frame-Options", None)  # it has no list
