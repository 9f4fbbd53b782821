"""Addresses that a framed page needs: itself in another language, itself outside of the frame."""

from typing import Any

from django import template
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def in_language(context: dict[str, Any], code: str) -> str:
    request = context["request"]
    url: str = request.frame.in_language(code, _again(request))
    return url


@register.simple_tag(takes_context=True)
def outside_frame(context: dict[str, Any]) -> str:
    request = context["request"]
    url: str = request.frame.outside(_again(request))
    return url


def _again(request: Any) -> str:
    """This page, or her practice's when it exists in a frame only or cannot be asked for twice."""
    name = getattr(request.resolver_match, "url_name", None)
    if request.method == "GET" and name in {"practice", "slots", "confirm", "appointments"}:
        return str(request.get_full_path())
    return reverse("practice", args=[request.frame.practice.slug])
