"""What stands around every page of the office."""

from typing import Any

from django import template

from maia.office.menu import Entry, is_behind_more, menu

register = template.Library()


@register.simple_tag(takes_context=True)
def office_menu(context: Any) -> list[Entry]:
    return menu(context["request"])


@register.simple_tag(takes_context=True)
def is_on_more(context: Any) -> bool:
    return is_behind_more(context["request"])
