"""Where and with what somebody signed in, as she would say it."""

from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.translation import gettext as _

from maia.accounts.models import User
from maia.practices.models import Practice

register = template.Library()

# The first that is named wins: each of them also calls itself by those below it.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """``Firefox on Windows``; empty for what calls itself neither."""
    name = next((words for mark, words in _BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in user_agent), "")
    if name and system:
        return _("%(name)s on %(system)s") % {"name": name, "system": system}
    return name or system


@register.simple_tag
def zone_of(user: Any) -> ZoneInfo:
    """The time of the practice where she works, else of one where she is a patient. Two queries."""
    if not isinstance(user, User):
        return ZoneInfo("Europe/Paris")
    practices = Practice.objects.order_by("pk")
    practice = (
        practices.filter(team__user=user).first() or practices.filter(patients__user=user).first()
    )
    return practice.zone if practice else ZoneInfo("Europe/Paris")
