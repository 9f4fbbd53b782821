"""Lists by cursor: what was added or removed meanwhile shifts nothing."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from ninja import Query, Schema
from pydantic import Field

from maia.api.problems import Refused
from maia.availability.bounds import is_in_bounds


class Paging(Schema):
    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=200, description="`next` of the page before.")


Pages = Annotated[Paging, Query()]


def page(
    rows: QuerySet[Any], paging: Paging, shown: Callable[[Any], Any], *, by: str = "pk"
) -> dict[str, Any]:
    """``{items, next}`` in the order of ``by``, then of the key."""
    rows = rows.order_by(by, "pk")
    if paging.cursor:
        value, pk = _read(paging.cursor, by)
        after = (
            Q(pk__gt=pk) if by == "pk" else Q(**{f"{by}__gt": value}) | Q(**{by: value}, pk__gt=pk)
        )
        rows = rows.filter(after)
    found = list(rows[: paging.limit + 1])
    more = len(found) > paging.limit
    found = found[: paging.limit]
    return {
        "items": [shown(row) for row in found],
        "next": _write(found[-1], by) if more else None,
    }


def _write(row: Any, by: str) -> str:
    value: Any = row
    for name in by.split("__"):
        value = getattr(value, name)
    text = value.isoformat() if isinstance(value, date) else None
    return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode().rstrip("=")


def _read(cursor: str, by: str) -> tuple[datetime | None, int]:
    try:
        text, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = None if by == "pk" else datetime.fromisoformat(text)
        if (
            type(pk) is not int
            or not 0 < pk < 2**63
            or (value and (value.tzinfo is None or not is_in_bounds(value)))
        ):
            raise ValueError
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError):
        raise Refused(
            422, "invalid", "This cursor is not one of ours.",
            errors=[{"field": "cursor", "message": "not one of ours"}],
        ) from None  # fmt: skip
    return value, pk
