"""Once a day: what is past its term goes, and what repeats without end is prolonged. A worker does it,
or `maia housekeeping`.

What is erased does not come back: no leap of a clock is believed (`clock`), and no large share of
a practice's records goes at once, unless an operator says so.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from dateutil.relativedelta import relativedelta
from django.contrib.sessions.models import Session
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from maia.accounts import short_memory
from maia.accounts.models import Allowance, Posted, User
from maia.accounts.waits import come
from maia.appointments.models import HistoryEntry
from maia.appointments.series import prolong_all
from maia.invitations.models import Invitation
from maia.jobs.working import forget_old
from maia.messaging.models import Message
from maia.patients.import_jobs import forget_old_imports
from maia.patients.models import Patient
from maia.patients.unmerging import forget_old_merges
from maia.practices.models import Practice
from maia.privacy.clock import APART, doubt, in_words
from maia.privacy.erasing import erase_patient
from maia.privacy.models import Housekeeping, JournalEntry, Terms, terms_of
from maia.tokens.models import Answer

logger = logging.getLogger("maia.housekeeping")

UNUSED_ACCOUNT = timedelta(days=7)  # an address was typed, and no code after it
SLEEPING_ACCOUNT = relativedelta(years=3)  # no sign-in; a new one makes a new account
OLD_INVITATION = timedelta(days=90)
OLD_ANSWER = timedelta(days=1)  # what an `Idempotency-Key` was answered
OF_AGE_AND_TEN = relativedelta(years=28)
EVERY = timedelta(hours=24)
A_DAY = timedelta(hours=25)  # when clocks go back
# Of a practice's records, or of all patients' accounts, in one run: more than both waits for a word.
MANY, SHARE = 20, 0.05


class ClockInDoubt(Exception):
    """In words, for the operator."""


def state_of_the_house() -> Housekeeping:
    return Housekeeping.objects.get_or_create(pk=1)[0]


def keep_house_daily(now: datetime) -> dict[str, int] | None:
    """Of all workers, the first one of the day does it; none by a clock that is in doubt."""
    state = state_of_the_house()
    done_at = state.done_at
    if done_at is not None and done_at - APART <= now < done_at + EVERY:
        return None
    try:
        return keep_house_if_sure(now)
    except ClockInDoubt as refusal:
        logger.error("housekeeping stopped", extra={"why": str(refusal)})
        return None


def keep_house_if_sure(
    now: datetime, *, believe_clock: bool = False, however_many: bool = False
) -> dict[str, int]:
    """How many of each went; nothing if another is doing it.

    Raises `ClockInDoubt` unless told to ``believe_clock``. ``however_many``: records above the
    share go too. Both are an operator's to say.
    """
    state = state_of_the_house()
    seen = Housekeeping.objects.filter(pk=state.pk, done_at=state.done_at)
    stop = None if believe_clock else doubt(state, now)
    if stop is not None:
        seen.update(stop=stop, stopped_at=now)
        raise ClockInDoubt(in_words(stop, state, now))
    # Taken by one: of two that saw the same, the second changes nothing.
    believed_at = now if believe_clock else state.believed_at
    if not seen.update(done_at=now, believed_at=believed_at, stop="", stopped_at=None):
        return {}
    done = keep_house(now, however_many=however_many)
    if done["held"]:
        Housekeeping.objects.filter(pk=state.pk).update(
            stop=Housekeeping.Stop.SHARE, stopped_at=now
        )
    return done


def keep_house(now: datetime, *, however_many: bool = False) -> dict[str, int]:
    """How many of each went, how many were ``held`` since they are a large share at once, and how many
    events of endless series were written (``prolonged``).

    ``now`` is believed: `keep_house_if_sure` asks first.
    """
    done = {"records": 0, "messages": 0, "journal": 0, "held": 0, "pregnancies": 0}
    for practice in Practice.objects.order_by("pk").iterator():
        terms = terms_of(practice)
        past, kept = records_past_term(practice, terms, now), practice.patients.kept()
        if however_many or not _is_large_share(past, kept):
            for record in past:
                erase_patient(record, now=now)
                done["records"] += 1
        else:
            done["held"] += past.count()
        done["messages"] += _forget_texts(practice, terms, now)
        done["pregnancies"] += _end_pregnancies(practice, terms, now)
        done["journal"] += _delete(
            JournalEntry.objects.filter(
                practice=practice, at__lt=now - relativedelta(months=terms.journal_months)
            )
        )
    unused, asleep = _accounts_past_term(now)
    done["accounts"] = _delete(unused)
    if however_many or not _is_large_share(asleep, User.objects.filter(memberships=None)):
        done["accounts"] += _delete(asleep)
    else:
        done["held"] += asleep.count()
    done["invitations"] = _delete(Invitation.objects.filter(expires_at__lt=now - OLD_INVITATION))
    done["answers"] = _delete(Answer.objects.filter(created_at__lt=now - OLD_ANSWER))
    done["jobs"] = forget_old(now)
    done["typed"] = short_memory.forget_what_is_over()
    done["imports"] = forget_old_imports(now)
    done["merges"] = forget_old_merges(now)
    done["posted"] = _delete(Posted.objects.filter(come("until", now, A_DAY)))
    done["allowances"] = _delete(Allowance.objects.filter(come("until", now, A_DAY)))
    Session.objects.filter(expire_date__lt=now).delete()
    # Where and with what she signed in: as long as she is.
    live = Session.objects.values("session_key")
    done["prolonged"] = prolong_all(now)
    done["sessions"] = _delete(UserSession.objects.exclude(session_key__in=live))
    logger.info("housekeeping", extra=done)
    return done


def _end_pregnancies(practice: Practice, terms: Terms, now: datetime) -> int:
    """So many months after the birth, or the term where no birth was written, their dates go."""
    before = now.astimezone(practice.zone).date() - relativedelta(months=terms.pregnancy_months)
    is_due_past = Q(due_date=None) | Q(due_date__lt=before)
    is_birth_past = Q(child_birth_date=None) | Q(child_birth_date__lt=before)
    over = practice.patients.exclude(due_date=None, child_birth_date=None)
    return over.filter(is_due_past, is_birth_past).update(due_date=None, child_birth_date=None)


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
    entries = HistoryEntry.objects.filter(
        appointment__practice=practice, at__lt=now - relativedelta(months=terms.messages_months)
    )
    entries.exclude(words="").update(words="")
    return int(old.exclude(to="", subject="", body="").forget_texts())


def _accounts_past_term(now: datetime) -> tuple[QuerySet[User], QuerySet[User]]:
    """Those that were never used, and those that sleep."""
    patients = User.objects.filter(memberships=None, is_staff=False)
    never = patients.exclude(emailaddress__verified=True).filter(records=None, last_login=None)
    awake = Q(last_login__gte=now - SLEEPING_ACCOUNT) | Q(date_joined__gte=now - SLEEPING_ACCOUNT)
    asleep = patients.exclude(awake).exclude(records__appointments__event__end__gt=now)
    return never.filter(date_joined__lt=now - UNUSED_ACCOUNT), asleep


def _is_large_share(some: QuerySet[Any], of: QuerySet[Any]) -> bool:
    count = some.count()
    return count > MANY and count > SHARE * of.count()


def _delete(rows: QuerySet[Any]) -> int:
    count = rows.count()
    rows.delete()
    return count
