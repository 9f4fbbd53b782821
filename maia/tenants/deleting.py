"""A practice that has left: everything of it goes, and nothing of anybody else's.

In batches, each its own transaction, so that nobody waits for it. Killed midway it leaves a practice
that is suspended and silent, and goes on when it is asked again.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model

from maia.accounts import short_memory
from maia.accounts.models import User
from maia.patients.models import Patient
from maia.practices.models import Membership, Practice, Practitioner
from maia.privacy.erasing import delete_account
from maia.tenants.belonging import models_of_a_practice, rows_of
from maia.tenants.suspending import suspend_practice

AT_ONCE = 300  # rows in one transaction


def delete_practice(practice: Practice, *, now: datetime) -> Counter[str]:
    """How many rows of each table went. For good.

    Accounts go that have nothing else here: no record and no seat in another practice, no power.
    """
    # 1. Nobody books, writes or is written to meanwhile.
    suspend_practice(practice, silent=True, now=now)
    # 2. What points at another goes before it; once more, while somebody adds to it.
    gone: Counter[str] = Counter()
    before = -1
    while before != gone.total():
        before = gone.total()
        for model in models_of_a_practice():
            gone += _delete_all(model, practice)
    # 3. Itself, and what the operator's pages noted about it.
    with transaction.atomic():
        kind = ContentType.objects.get_for_model(Practice)
        LogEntry.objects.filter(content_type=kind, object_id=str(practice.pk)).delete()
        Practice.objects.filter(pk=practice.pk).delete()
    gone[Practice._meta.label] += 1
    short_memory.forget_everything()
    return gone


def _delete_all(model: type[Model], practice: Practice) -> Counter[str]:
    gone: Counter[str] = Counter()
    while True:
        with transaction.atomic():
            batch = list(
                rows_of(model, practice).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
            )
            if not batch:
                return gone
            rows: Any = model._default_manager.filter(pk__in=batch)
            people = _accounts_of(model, rows)
            rows.only("pk").delete()
            gone[model._meta.label] += len(batch)
            gone[User._meta.label] += _delete_those_alone(people)


def _accounts_of(model: type[Model], rows: Any) -> list[int]:
    if model not in (Patient, Practitioner, Membership):
        return []
    return list(rows.exclude(user=None).values_list("user", flat=True).distinct())


def _delete_those_alone(people: Iterable[int]) -> int:
    alone = User.objects.filter(
        pk__in=people, is_staff=False, memberships=None, practitioners=None, records=None
    )
    count = 0
    for user in alone:
        delete_account(user)
        count += 1
    return count
