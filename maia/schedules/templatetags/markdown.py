"""What a type says of itself, in templates."""

from django import template

from maia.schedules.descriptions import description_html, description_text

register = template.Library()
register.filter("as_html", description_html)
register.filter("as_text", description_text)
