"""The language of an account, which the browser where she signs in speaks from then on."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from maia.accounts.models import User
from maia.accounts.sessions import is_borrowed

YEAR = 365 * 24 * 3600


def was_signed_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and user.language in dict(settings.LANGUAGES):
        request.signed_in_speaks = user.language  # type: ignore[attr-defined]


def follow_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Of who has just signed in. In a frame it is that of the website around."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        language = getattr(request, "signed_in_speaks", "")
        if language and not getattr(request, "frame", None):
            speak(request, answer, language)
        return answer

    return middleware


def speak(request: HttpRequest, answer: HttpResponse, language: str) -> None:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=None if is_borrowed(request.session) else YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
