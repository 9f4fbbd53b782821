"""A practice's accent colour as a stylesheet: contrast corrected, cached for ever by its address.

All that is mixed from the accent is mixed here and not by `color-mix()`, which the last browsers of
older machines do not know; so the contrast of what is mixed is corrected as well. Whoever changes
what is written here counts up the number in the address (`urls.py`), or browsers keep the old one.
"""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control

from maia.practices.colours import ink_on, mixed, readable_on

# The tokens --paper and --card of maia.css, light and dark.
LIGHT, DARK = ("#fbf8f3", "#ffffff"), ("#171b1a", "#202625")
TINT = 0.1  # the most of the accent that is mixed into a ground with words in the accent on it


@cache_control(max_age=365 * 24 * 3600, public=True, immutable=True)
def theme(request: HttpRequest, colour: str) -> HttpResponse:
    """``colour`` is six hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise Http404
    light = _tokens(readable_on(f"#{colour}", *LIGHT, tint=TINT), LIGHT[1], "#000000")
    dark = _tokens(readable_on(f"#{colour}", *DARK, contrast=5, tint=TINT), DARK[1], "#ffffff")
    css = f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")


def _tokens(accent: str, card: str, away: str) -> str:
    """``away`` is what a pressed button goes towards: away from its ink."""
    tokens = {
        "accent": accent,
        "accent-ink": ink_on(accent),
        "accent-pressed": mixed(accent, away, 0.88),
        "accent-ring": _clear(accent, 0.45),
        "accent-underline": _clear(accent, 0.5),
        "accent-wash": _clear(accent, TINT),
        "slot-line": mixed(accent, card, 0.45),
        "slot-ground": mixed(accent, card, 0.07),
        "today-ground": mixed(accent, card, 0.06),
    }
    return "".join(f"--{name}:{value};" for name, value in tokens.items())


def _clear(colour: str, opacity: float) -> str:
    """What is under it shows through: ``opacity`` from 0 to 1."""
    return f"{colour}{round(opacity * 255):02x}"
