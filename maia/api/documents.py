"""What the OpenAPI document says besides the shapes: which errors an operation answers."""

from typing import Any

from maia.api.problems import Problem


def errors(*statuses: int) -> dict[int, Any]:
    """For `response=`: each of these is a problem."""
    return dict.fromkeys(statuses, Problem)
