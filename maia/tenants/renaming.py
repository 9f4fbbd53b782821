"""A practice under another name: the old one leads to it, for good, and is given to nobody else."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from maia.practices.models import FormerSlug, Practice
from maia.privacy.journal import note_operator


def rename_practice(practice: Practice, slug: str, *, now: datetime) -> None:
    """It may go back to a name that it had. Raises Django's `ValidationError`, and changes nothing."""
    with transaction.atomic():
        current = Practice.objects.select_for_update().get(pk=practice.pk)
        former = current.slug
        if slug == former:
            return
        current.slug = slug
        current.full_clean(exclude=["name"])
        FormerSlug.objects.filter(practice=current, slug=slug).delete()
        current.save(update_fields=["slug"])
        FormerSlug.objects.create(practice=current, slug=former)
        with translation.override(settings.LANGUAGE_CODE):
            detail = _("address of the practice: %(old)s → %(new)s") % {"old": former, "new": slug}
        note_operator(current, None, now=now, detail=detail)
    practice.slug = slug
