"""`{% asked_for as act %}`: what is asked again for, in words."""

from typing import Any

from django import template

from maia.config import asking

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_for(context: dict[str, Any]) -> asking.Asked | None:
    return asking.asked_for(context["request"])
