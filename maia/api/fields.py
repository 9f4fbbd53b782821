"""How values are written: dates `YYYY-MM-DD`, times `HH:MM`, instants ISO 8601 with an offset.

Pydantic reads a bare number as a date; scripts that send one are told so instead.
"""

import re
from datetime import date, time
from typing import Annotated, Any

from ninja import Schema
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from maia.availability.bounds import is_in_bounds


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "a text is expected")
    return value


def _written(pattern: str, sort: type, how: str) -> BeforeValidator:
    """Only a text of this shape; or the value itself, on its way out."""

    def check(value: Any) -> Any:
        if isinstance(value, sort) or (isinstance(value, str) and re.fullmatch(pattern, value)):
            return value
        raise PydanticCustomError("written", "{how}", {"how": how})

    return BeforeValidator(check)


def _known(day: Any) -> Any:
    if not is_in_bounds(day):
        raise PydanticCustomError("year", "a year from 1900 to 2200 is expected")
    return day


CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
LocalDate = Annotated[
    date,
    _written(r"\d{4}-\d{2}-\d{2}", date, "a date is written YYYY-MM-DD"),
    AfterValidator(_known),
    Field(examples=["2026-12-03"]),
]
WallTime = Annotated[
    time,
    _written(CLOCK, time, "a time is written HH:MM"),
    PlainSerializer(lambda t: f"{t:%H:%M}", return_type=str),
    Field(
        json_schema_extra={"format": "", "pattern": f"^{CLOCK}$"},
        examples=["14:00"],
    ),
]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_text),
    AfterValidator(_known),
    Field(examples=["2026-12-03T09:30:00+01:00"]),
]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]  # in an address, where all is text
# In a body: `0` is no boolean, `"5"` no number.
Bool = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Key = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]


class Body(Schema):
    """A JSON object: a list or a text is refused even where every field is optional."""

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, value: Any) -> Any:
        if not isinstance(getattr(value, "_obj", value), dict | Schema):
            raise PydanticCustomError("object", "a JSON object is expected")
        return value
