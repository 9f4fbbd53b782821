"""Rows in an order that people choose: types on the booking page, rooms by preference."""

from typing import Any

from django.db import transaction


def shift(rows: Any, pk: int, by: int) -> None:
    """Places one of ``rows`` up (-1, -2...) or down among them, which have a ``position``."""
    with transaction.atomic():
        order = list(rows.select_for_update().only("pk", "position"))
        at = next((n for n, row in enumerate(order) if row.pk == pk), None)
        if at is None or not 0 <= at + by < len(order):
            return
        order.insert(at + by, order.pop(at))
        for position, row in enumerate(order):
            row.position = position
        rows.model.objects.bulk_update(order, ["position"])
