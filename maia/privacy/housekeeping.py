"""Once a day: what is past its term goes. A worker does it, or `maia housekeeping`."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from dateutil.relativedelta import relativedelta
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from maia.accounts.models import Allowance, User
from maia.invitations.models import Invitation
from maia.jobs.working import forget_old
from maia.messaging.models import Message
from maia.patients.models import Patient
from maia.practices.models import Practice
from maia.privacy.erasing import erase_patient
from maia.privacy.models import JournalEntry, Terms, terms_of
from maia.tokens.models import Answer

logger = logging.getLogger("maia.housekeeping")

UNUSED_ACCOUNT = timedelta(days=7)  # an address was typed, and no code after it
SLEEPING_ACCOUNT = relativedelta(years=3)  # no sign-in; a new one makes a new account
OLD_INVITATION = timedelta(days=90)
OLD_ANSWER = timedelta(days=1)  # what an `Idempotency-Key` was answered
OF_AGE_AND_TEN = relativedelta(years=28)
EVERY = timedelta(hours=24)


def keep_house_daily(now: datetime) -> dict[str, int] | None:
    """Of all workers, the first one of the day does it."""
    if not cache.add("housekeeping", now.isoformat(), EVERY.total_seconds()):
        return None
    return keep_house(now)


def keep_house(now: datetime) -> dict[str, int]:
    """How many of each went."""
    done = {"records": 0, "messages": 0, "journal": 0}
    for practice in Practice.objects.order_by("pk").iterator():
        terms = terms_of(practice)
        for record in records_past_term(practice, terms, now):
            erase_patient(record, now=now)
            done["records"] += 1
        done["messages"] += _forget_texts(practice, terms, now)
        done["journal"] += _delete(
            JournalEntry.objects.filter(
                practice=practice, at__lt=now - relativedelta(months=terms.journal_months)
            )
        )
    done["accounts"] = sum(_delete(accounts) for accounts in _accounts_past_term(now))
    done["invitations"] = _delete(Invitation.objects.filter(expires_at__lt=now - OLD_INVITATION))
    done["answers"] = _delete(Answer.objects.filter(created_at__lt=now - OLD_ANSWER))
    done["jobs"] = forget_old(now)
    done["allowances"] = _delete(Allowance.objects.filter(until__lt=now))
    call_command("clearsessions", verbosity=0)
    # Where and with what she signed in: as long as she is.
    live = Session.objects.values("session_key")
    done["sessions"] = _delete(UserSession.objects.exclude(session_key__in=live))
    logger.info("housekeeping", extra=done)
    return done


def records_past_term(practice: Practice, terms: Terms, now: datetime) -> QuerySet[Patient]:
    """Nobody came for so many years; a child's record waits until she is 28."""
    last = Coalesce(Max("appointments__event__end"), "created_at")
    child = Q(birth_date__gt=(now - OF_AGE_AND_TEN).date())
    return (
        Patient.objects.kept()
        .filter(practice=practice)
        .exclude(child)
        .annotate(last=last)
        .filter(last__lt=now - relativedelta(years=terms.records_years))
    )


def _forget_texts(practice: Practice, terms: Terms, now: datetime) -> int:
    """What was said and to which address; that it was sent stays with its appointment."""
    old = Message.objects.filter(
        practice=practice, due_at__lt=now - relativedelta(months=terms.messages_months)
    )
    return int(old.exclude(to="", subject="", body="").forget_texts())


def _accounts_past_term(now: datetime) -> Iterator[QuerySet[User]]:
    patients = User.objects.filter(memberships=None, is_staff=False)
    never = patients.exclude(emailaddress__verified=True).filter(records=None, last_login=None)
    yield never.filter(date_joined__lt=now - UNUSED_ACCOUNT)
    awake = Q(last_login__gte=now - SLEEPING_ACCOUNT) | Q(date_joined__gte=now - SLEEPING_ACCOUNT)
    yield patients.exclude(awake).exclude(records__appointments__event__end__gt=now)


def _delete(rows: QuerySet[Any]) -> int:
    count = rows.count()
    rows.delete()
    return count
