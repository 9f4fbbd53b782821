"""What cannot be undone asks first, naming what it takes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render

from maia.office.access import OfficeRequest

Row = tuple[object, object, object]


class Instead(NamedTuple):
    """Another act to be asked about: its button, where it is posted, with what."""

    button: str
    url: str
    typed: Sequence[tuple[str, str]]


YES = "yes"  # in the form of the page that asks


def is_sure(request: OfficeRequest) -> bool:
    return YES in request.POST


def ask(
    request: OfficeRequest,
    question: str,
    takes: list[str],
    button: str,
    back: str,
    rows: Sequence[Row] = (),
    typed: Sequence[tuple[str, str]] = (),
    instead: Instead | None = None,
    telling: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``takes``: a sentence for each thing that goes; ``back``: the address to keep them;
    ``rows``: what a field is called, what stays, what gives way;
    ``typed``: what the form says besides what was posted; ``telling``: what leaves to the patient, with
    its form, which says anew whether it does."""
    shown = {"csrfmiddlewaretoken", YES, *(telling["form"].fields if telling else ())}
    shown |= {name for name, _value in typed}
    posted = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in shown
    ]
    context = {
        "practice": request.seat.practice,
        "question": question,
        "takes": takes,
        "rows": rows,
        "button": button,
        "back": back,
        "typed": [*posted, *typed],
        "instead": instead,
        "telling": telling,
    }
    return render(request, "office/sure.html", context, status=status)
