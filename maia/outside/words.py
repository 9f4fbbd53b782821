"""Why an address that a practice typed was not asked, or gave nothing, in her words."""

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "address": _("This is not the address of a page: it starts with https://."),
    "https": _("The address starts with https://, so that nobody reads along."),
    "private": _("This address leads to a private network, which Maia never asks."),
    "unreachable": _(
        "Nobody answers at this address, or it leads to a private network, which Maia never asks."
    ),
    "timeout": _("No answer in time."),
    "certificate": _("Its certificate is not valid."),
    "too_large": _("It sends too much."),
    "redirects": _("It sends from one address to another without end."),
    "not_a_calendar": _("This is not a calendar: its address mostly ends in .ics."),
    "cut": _("It ends in the middle: what it says was added, nothing was taken away."),
    "reader_killed": _("Reading it takes too much time or memory."),
    "too_many": _("It holds more events than Maia reads."),
}
_OTHER = _("It answers with an error (%(code)s).")


def why_not_fetched(code: str) -> str:
    return str(_WORDS.get(code) or _OTHER % {"code": code})
