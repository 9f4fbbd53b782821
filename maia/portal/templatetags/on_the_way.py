"""What a sign-in was begun for, to be kept on screen while it asks for one thing more."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.http import Http404
from django.urls import Resolver404, resolve

from maia.portal.booking import Choice, get_choice

register = template.Library()


@register.simple_tag(takes_context=True)
def chosen_slot(context: dict[str, Any]) -> Choice | None:
    """The slot that she goes on to once she is signed in; None where she goes elsewhere."""
    request = context["request"]
    stage = getattr(request, "_login_stage", None)
    after = stage.login.redirect_url if stage is not None else None
    try:
        page = resolve(urlsplit(after or "").path, getattr(request, "urlconf", None))
        return get_choice(**page.kwargs) if page.url_name == "confirm" else None
    except (Resolver404, Http404):
        return None
