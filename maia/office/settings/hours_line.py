"""The hours of one day as a form has them: a start, breaks, an end."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maia.availability.weekly import InvalidHours, WeeklyHours

Ranges = list[tuple[int, int]]
MOST_BREAKS = 12  # of a day, in the editor


class ClockField(forms.TimeField):
    """*9h*, *12h30*, *09:00*."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(
            attrs={"inputmode": "numeric", "placeholder": "--:--", "maxlength": 5}
        )
        formats = ["%H:%M", "%Hh%M", "%Hh", "%H"]
        super().__init__(required=False, input_formats=formats, widget=widget, **kwargs)


LINE_ERRORS = {
    "reversed": _("The end comes before the start."),
    "overlapping": _("The break must lie inside the hours."),
    "out_of_day": _("Hours go from 00:00 to 24:00."),
}


def line_names(breaks: int) -> list[str]:
    """Of a line's fields, in the order of the clock."""
    numbers = ["", *(f"_{n}" for n in range(2, breaks + 1))]
    return ["start", *(f"break_{e}{n}" for n in numbers for e in ("start", "end")), "end"]


def line_edges(line: Ranges, breaks: int) -> list[str]:
    """A line's ranges as the fields of the editor."""
    if not line:
        return [""] * (2 + 2 * breaks)
    start, *inner, end = [minute for span in line for minute in span]
    room = 2 * breaks - len(inner)
    return (
        [f"{m // 60 % 24:02}:{m % 60:02}" for m in (start, *inner)]
        + [""] * room
        + [f"{end // 60 % 24:02}:{end % 60:02}"]
    )


def read_line(edges: Sequence[time | None]) -> Ranges:
    """``start``, then each break's two, then ``end``; a break that is empty is none. Raises
    `ValidationError`."""
    start, *inner, end = (None if e is None else e.hour * 60 + e.minute for e in edges)
    pairs = list(zip(inner[::2], inner[1::2], strict=True))
    breaks = [(pause, resume) for pause, resume in pairs if (pause, resume) != (None, None)]
    if start is None and end is None and not breaks:
        return []
    if start is None or end is None:
        raise ValidationError(_("Give a start and an end, or leave the day empty."))
    end = end or 24 * 60  # 00:00 at the end of a line is midnight
    if end <= start:
        raise ValidationError(LINE_ERRORS["reversed"])
    ranges: Ranges = []
    opens = start
    for pause, resume in sorted(breaks, key=lambda gap: gap[0] or 0):
        if pause is None or resume is None:
            raise ValidationError(_("A break has a start and an end."))
        if not opens < pause < resume < end:
            raise ValidationError(LINE_ERRORS["overlapping"])
        ranges.append((opens, pause))
        opens = resume
    ranges.append((opens, end))
    try:
        WeeklyHours({0: ranges})
    except InvalidHours as wrong:
        raise ValidationError(LINE_ERRORS[wrong.code]) from None
    return ranges
