"""Codes of `outside.http` in words."""

from django import template

from maia.outside.words import why_not_fetched

register = template.Library()
register.filter("why_not_fetched", why_not_fetched)
