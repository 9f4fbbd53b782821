"""Windows and dates of a pregnancy, as the API writes and reads them."""

from datetime import date
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.utils import timezone
from ninja import Schema
from pydantic import Field, model_validator

from maia.api.fields import Body, Whole
from maia.availability.pregnancy import LAST_DAY, LAST_WEEK, Unit, Window
from maia.patients.stages import Stage, validate_birth_of_child, validate_due_date

_MOST = {Unit.WEEKS: LAST_WEEK, Unit.DAYS_AFTER_BIRTH: LAST_DAY}


class WindowIn(Body):
    """Both ends are included: to the last day of week `to`."""

    unit: Literal["weeks", "days_after_birth"]
    first: Whole = Field(alias="from", ge=0, le=LAST_DAY, examples=[11])
    last: Whole = Field(alias="to", ge=0, le=LAST_DAY, examples=[13])

    @model_validator(mode="after")
    def _in_order(self) -> "WindowIn":
        if not self.first <= self.last <= _MOST[Unit(self.unit)]:
            raise ValueError("from the smaller to the larger; 45 weeks or 730 days at most")
        return self


class WindowOut(Schema):
    unit: Literal["weeks", "days_after_birth"]
    first: int = Field(alias="from", examples=[11])
    last: int = Field(alias="to", examples=[13])


def read_window(typed: dict[str, Any] | None) -> Window | None:
    """Of a `WindowIn` as a dict."""
    return None if typed is None else Window(Unit(typed["unit"]), typed["first"], typed["last"])


def window_in_json(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {"unit": window.unit.value, "from": window.first, "to": window.last}


def read_stage(due: date | None, born: date | None) -> Stage:
    """Raises `ValidationError` for dates that are none of a pregnancy of now."""
    today = timezone.localdate()
    checks = (
        ("due_date", due, validate_due_date),
        ("child_birth_date", born, validate_birth_of_child),
    )
    for name, day, check in checks:
        if day is not None:
            try:
                check(day, today)
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from None
    return Stage(due, born)
