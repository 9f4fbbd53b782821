"""Acts that cost are counted in one table; who is over it is told until when."""

from datetime import timedelta

import pytest
from django.db import connection

from maia.accounts.allowances import ends_at, take, taken
from maia.accounts.limits import LIMITS, Limited, TooOften, ask
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_every_act_has_its_limits_the_longest_first():
    assert set(LIMITS) == set(Limited)
    for limits in LIMITS.values():
        assert [per for _most, per in limits] == sorted((per for _m, per in limits), reverse=True)


@pytest.mark.rule("3.5.4")
def test_five_an_hour_then_ten_a_day_and_the_time_of_the_next():
    for n in range(5):
        ask(Limited.TEST_SMS, 1, now=NOW + timedelta(minutes=n))
    with pytest.raises(TooOften) as refusal:
        ask(Limited.TEST_SMS, 1, now=NOW + timedelta(minutes=20))
    assert refusal.value.retry_after == 40 * 60
    ask(Limited.TEST_SMS, 2, now=NOW)  # somebody else's own
    for _ in range(4):  # one of the ten went with the refusal
        ask(Limited.TEST_SMS, 1, now=NOW + HOUR)
    with pytest.raises(TooOften) as refusal:
        ask(Limited.TEST_SMS, 1, now=NOW + 3 * HOUR)
    assert refusal.value.retry_after == 21 * 3600
    ask(Limited.TEST_SMS, 1, now=NOW + DAY)


def test_several_are_taken_whole_or_not_at_all():
    assert take("x", 5, DAY, now=NOW, many=3)
    assert not take("x", 5, DAY, now=NOW, many=3)
    assert (taken("x", DAY, now=NOW), ends_at("x", DAY, now=NOW)) == (3, NOW + DAY)
    assert take("x", 5, DAY, now=NOW, many=2)
    assert not take("x", 5, DAY, now=NOW)
    assert not take("y", 5, DAY, now=NOW, many=6)
    assert taken("x", DAY, now=NOW + DAY) == 0


@pytest.mark.parametrize("before", range(1, 5))
def test_who_loses_the_first_turn_to_another_is_counted_after_her(before):
    """Another begins the count just before one or another of the statements of the first."""
    statements = 0

    def another_comes(execute, sql, params, many, context):
        nonlocal statements
        statements += 1
        if statements == before:
            assert take("x", 5, DAY, now=NOW)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(another_comes):
        assert take("x", 5, DAY, now=NOW)
    assert taken("x", DAY, now=NOW) == 2
