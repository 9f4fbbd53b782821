"""A practice's accent colour as a stylesheet: contrast corrected, cached for ever by its address."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from maia.practices.colours import ink_on, readable_on

LIGHT_PAGE, DARK_PAGE = "#fbf8f3", "#171b1a"


@cache_control(max_age=365 * 24 * 3600, public=True, immutable=True)
def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """``colour`` is six hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise Http404
    light = _tokens(readable_on(f"#{colour}", LIGHT_PAGE))
    dark = _tokens(readable_on(f"#{colour}", DARK_PAGE, contrast=6))
    css = f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")


def _tokens(accent: str) -> str:
    return f"--accent:{accent};--accent-ink:{ink_on(accent)};"
