"""Lines of the table: what was measured, and the goal that it is held to."""

from typing import Any


def row(what: str, value: Any, unit: str) -> dict[str, Any]:
    return {"what": what, "value": value, "unit": unit, "goal": "-", "met": True}


def goal(
    what: str,
    value: float,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> dict[str, Any]:
    met = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    bounds = [f">= {at_least}"] * (at_least is not None) + [f"<= {at_most}"] * (at_most is not None)
    return {
        "what": what, "value": round(value, 2), "unit": unit, "goal": " ".join(bounds), "met": met,
    }  # fmt: skip
