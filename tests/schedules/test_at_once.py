"""Several who change one schedule at the same moment: one after the other, whatever they change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connections

from maia.availability.dated import InvalidPeriod
from maia.practices.models import Replacement
from maia.schedules.models import Period, Schedule, SpecialDay
from maia.schedules.replacements import ReplacementRefused, keep_replacement
from maia.schedules.writing import DateTaken, holding, write_period, write_special_day
from maia.schedules.written import Count

pytestmark = pytest.mark.django_db(transaction=True)
TODAY, DAY = date(2026, 12, 1), date(2026, 12, 12)


def at_once(act, count):
    def run(number):
        try:
            return act(number)
        except (InvalidPeriod, DateTaken, ReplacementRefused) as refusal:
            return type(refusal)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


@pytest.mark.rule("3.1.12")
def test_of_periods_that_overlap_one_is_kept(anne):
    def write(number):
        period = Period(name=f"Période {number}", first_date=DAY, last_date=DAY)
        with holding(anne) as plan:
            write_period(plan, period, [{5: [(540, 600)]}], Count())

    answers = at_once(write, 8)
    assert (answers.count(None), answers.count(InvalidPeriod)) == (1, 7)
    (period,) = Period.objects.all()
    assert period.lines.count() == 1


@pytest.mark.rule("3.1.13")
def test_one_opening_a_date_even_on_a_schedule_that_nobody_had_made(practice):
    colleague = practice.practitioners.create(first_name="Inès", last_name="Haddad")

    def write(number):
        special = SpecialDay(date=DAY, title=str(number))
        with holding(colleague) as plan:
            write_special_day(plan, special, [(540, 600)], [], TODAY)

    answers = at_once(write, 8)
    assert (answers.count(None), answers.count(DateTaken)) == (1, 7)
    assert (SpecialDay.objects.count(), Schedule.objects.count()) == (1, 1)


@pytest.mark.rule("3.10.1")
def test_of_two_who_would_replace_her_at_once_one_does(anne, practice):
    others = [practice.practitioners.create(first_name="Inès", last_name=f"{n}") for n in range(8)]

    def keep(number):
        wanted = Replacement(
            practice=practice, practitioner=anne, substitute=others[number], first_date=DAY,
            last_date=DAY,
        )  # fmt: skip
        keep_replacement(wanted, today=TODAY)

    answers = at_once(keep, 8)
    assert (answers.count(None), answers.count(ReplacementRefused)) == (1, 7)
    assert Replacement.objects.count() == 1
