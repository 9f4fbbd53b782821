"""A practice that must not go on for now: nothing is booked, its team reads and exports.

What is booked stands, and so do its messages, since patients must not come in vain or stay away;
``silent`` holds them too, until it is open again.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from maia.messaging.held import let_go_of
from maia.practices.models import Practice, Suspension
from maia.privacy.journal import note_operator


def suspend_practice(practice: Practice, *, silent: bool, now: datetime) -> None:
    _set(practice, Suspension.SILENT if silent else Suspension.TOLD, now)


def resume_practice(practice: Practice, *, now: datetime) -> None:
    """What was held and is still true leaves at once."""
    _set(practice, Suspension.NONE, now)
    let_go_of(practice, now)


def _set(practice: Practice, suspension: Suspension, now: datetime) -> None:
    with transaction.atomic():
        changed = Practice.objects.filter(pk=practice.pk).exclude(suspension=suspension)
        if changed.update(suspension=suspension):
            with translation.override(settings.LANGUAGE_CODE):
                detail = _("practice: %(state)s") % {"state": suspension.label}
            note_operator(practice, None, now=now, detail=detail)
    practice.suspension = suspension
