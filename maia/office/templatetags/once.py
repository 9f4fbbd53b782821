"""What makes two posts of one form one thing: see `maia.office.once`."""

from uuid import uuid4

from django import template
from django.utils.html import format_html

from maia.office.once import FIELD

register = template.Library()


@register.simple_tag
def request_key() -> str:
    """A hidden field, another one each time that the form is shown."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
