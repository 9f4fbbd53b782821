"""A program is added: counted and made behind one lock, so that many at once pass no maximum."""

from django.db import transaction

from maia.accounts.limits import TooMany
from maia.practices.models import Practice
from maia.webhooks.models import MOST, Webhook


class ToldAlready(Exception):
    """The practice has this address."""


@transaction.atomic
def add_webhook(practice: Practice, url: str) -> Webhook:
    """``url`` has passed `check_url`. Raises `ToldAlready` and `TooMany`."""
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    if practice.webhooks.filter(url=url).exists():
        raise ToldAlready
    if practice.webhooks.count() >= MOST:
        raise TooMany(MOST)
    webhook: Webhook = practice.webhooks.create(url=url)
    return webhook
