"""A whole practice in one file, for who leaves: a zip with a manifest and a file of JSON lines for
each table, as it is in the database. What opens something (tokens, addresses of feeds) is left out.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core import serializers
from django.db.models import Model

from maia import __version__
from maia.calendars.models import Feed
from maia.practices.models import Practice
from maia.tenants.belonging import models_of_a_practice, rows_of
from maia.tokens.models import Answer, Token

KEYS = (Token, Answer, Feed)
FORMAT = 1
AT_ONCE = 500  # rows in memory


class CannotExport(Exception):
    """In words."""


def export_practice(practice: Practice, file: Path, *, now: datetime) -> dict[str, int]:
    """Writes ``file``, its owner's alone, which must not be there yet; how many rows of each table.

    Read again to its end before this returns. Raises `CannotExport`; then nothing is left of it.
    """
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise CannotExport(f"{file} is there already: name another file.") from None
    except OSError as error:
        raise CannotExport(f"{file} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                counts = {name: _write(archive, name, rows) for name, rows in _tables(practice)}
                manifest = {
                    "format": FORMAT,
                    "maia": __version__,
                    "practice": practice.slug,
                    "at": now.isoformat(timespec="seconds"),
                    "rows": counts,
                }
                archive.writestr("manifest.json", json.dumps(manifest, indent=2))
            raw.flush()
            os.fsync(raw.fileno())
        _read_again(file, counts)
    except OSError as error:
        file.unlink(missing_ok=True)
        raise CannotExport(f"{file} cannot be written: {error.strerror}.") from None
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return counts


def _tables(practice: Practice) -> Iterator[tuple[str, Any]]:
    yield Practice._meta.label, Practice.objects.filter(pk=practice.pk)
    for model in reversed(models_of_a_practice()):
        if model not in KEYS:
            yield model._meta.label, rows_of(model, practice)


def _write(archive: zipfile.ZipFile, name: str, rows: Any) -> int:
    count = 0
    with archive.open(f"{name}.jsonl", "w") as lines:
        for row in _in_order(rows):
            lines.write(serializers.serialize("jsonl", [row]).encode())
            count += 1
    return count


def _in_order(rows: Any) -> Iterator[Model]:
    """Page after page by number: no cursor is held open, whatever the engine."""
    last: Any = None
    while True:
        page = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        found = list(page[:AT_ONCE])
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1].pk


def _read_again(file: Path, counts: dict[str, int]) -> None:
    with zipfile.ZipFile(file) as archive:
        for name, count in counts.items():
            with archive.open(f"{name}.jsonl") as lines:
                if sum(1 for _line in lines) != count:
                    raise CannotExport(f"{file} does not hold all of {name}.")
