"""`{{ message|reason }}`."""

from django import template

from maia.messaging.reasons import reason

register = template.Library()
register.filter(reason)
