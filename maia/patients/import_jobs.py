"""The three jobs of an import: read the file and say what it would become, do that, take it back."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from maia.accounts import limits
from maia.accounts.limits import Limited
from maia.accounts.models import User
from maia.jobs import asking
from maia.jobs.models import Job
from maia.jobs.working import Failed, Progress
from maia.outside.child import ChildKilled, ask_child
from maia.patients.import_models import KEPT, ImportedRecord, PatientImport, packed, unpacked
from maia.patients.import_writing import is_still_so, prepare_import, write_import
from maia.patients.importing import Lines, Plan, plan_import, read_lines
from maia.patients.lists.bounds import MAX_LINES, UnreadableFile
from maia.patients.lists.rows import Reads
from maia.patients.lists.table import Table
from maia.patients.lists.titles import NAMES, Column, Guess, Layout, find_layout, guess_columns
from maia.patients.undoing import undo_import
from maia.practices.models import Practice

READ, IMPORT, UNDO = "patients.read", "patients.import", "patients.undo_import"
State = PatientImport.State

MAX_BYTES = 10_000_000  # of a file
# Of the child that reads it; of the seconds, so many of processor.
SECONDS, PROCESSOR, MEMORY, MOST_BYTES = 120.0, 20.0, 200_000_000, 40_000_000
SHOWN_LINES, SHOWN_REMARKS, SHOWN_ROWS = 8, 100, 15
_REMEMBERED = 730  # days: when, who, how many


class NotNow(Exception):
    """It is in another state already: somebody was faster, or its day is over."""


# Asked for by a page


def begin(
    practice: Practice, file_name: str, content: bytes, *, by: User, now: datetime
) -> PatientImport:
    """A worker reads the file soon. Raises `asking.Refused` and `TooOften`."""
    limits.ask(Limited.IMPORT, by.pk, now=now)
    with transaction.atomic():
        importing = PatientImport.objects.create(
            practice=practice, asked_by=by, file_name=file_name, file=content, created_at=now
        )
        _ask(READ, importing, by, now)
    return importing


def look_again(
    importing: PatientImport, *, columns: list[str], titles_row: int | None, existing: str,
    by: User, now: datetime,
) -> None:  # fmt: skip
    """With other columns, or another row of titles (then columns are guessed anew). Raises `NotNow`
    and `TooOften`."""
    limits.ask(Limited.IMPORT, by.pk, now=now)
    _step(
        READ, importing, State.READ, State.READING, by, now,
        columns=columns, titles_row=titles_row, existing=existing,
    )  # fmt: skip


def confirm(importing: PatientImport, *, by: User, now: datetime) -> None:
    """Once: of three who say yes, one is heard. Raises `NotNow`, `asking.Refused`."""
    if not importing.may_be_confirmed(now):
        raise NotNow
    _step(IMPORT, importing, State.READ, State.IMPORTING, by, now)


def take_back(importing: PatientImport, *, by: User, now: datetime) -> None:
    """Within a day. Raises `NotNow`, `asking.Refused`."""
    if not importing.may_be_undone(now):
        raise NotNow
    _step(UNDO, importing, importing.state, State.UNDOING, by, now)


def try_again(importing: PatientImport) -> None:
    """After a failed import nothing was written: back to what it would do."""
    if importing.has_failed:
        rows = PatientImport.objects.filter(pk=importing.pk, job=importing.job)
        rows.filter(state=State.IMPORTING).exclude(table=None).update(state=State.READ)


def leave(importing: PatientImport) -> None:
    """She does not want it: nothing of the file stays."""
    rows = PatientImport.objects.filter(pk=importing.pk, state__in=[State.READ, State.FAILED])
    rows.update(state=State.FORGOTTEN, **_NOTHING)


def forget_old_imports(now: datetime) -> int:
    """Of those whose day is over, nothing stays but when, who and how many. How many."""
    old = PatientImport.objects.filter(created_at__lt=now - KEPT).exclude(
        finished_at__gte=now - KEPT
    )
    old.filter(state__in=[State.READING, State.READ]).update(state=State.FORGOTTEN)
    old.filter(state=State.UNDOING).update(state=State.DONE)  # it could not be, in time
    count = old.exclude(table=None, file=None, shown=None, remarks=None).update(**_NOTHING)
    ImportedRecord.objects.filter(by__in=old).delete()
    PatientImport.objects.filter(created_at__lt=now - _REMEMBERED * KEPT).delete()
    return count


_NOTHING: dict[str, Any] = {"file": None, "table": None, "shown": None, "remarks": None}


def _ask(kind: str, importing: PatientImport, by: User, now: datetime) -> None:
    job = asking.ask(kind, importing.practice, by=by, now=now, arguments={"import": importing.pk})
    PatientImport.objects.filter(pk=importing.pk).update(job=job)


def _step(
    kind: str,
    importing: PatientImport,
    state: str,
    after: str,
    by: User,
    now: datetime,
    **fields: Any,
) -> None:
    with transaction.atomic():
        rows = PatientImport.objects.filter(pk=importing.pk, state=state, job=importing.job)
        if not rows.update(state=after, **fields):
            raise NotNow
        _ask(kind, importing, by, now)


# Done by a worker. ``then`` is done in the same transaction.

Then = Callable[[PatientImport, datetime], None]


def _nothing_more(importing: PatientImport, now: datetime) -> None:
    pass


def run_read(job: Job, progress: Progress) -> None:
    """Its titles, its columns, its first lines as they would be, how many of each outcome."""
    importing = _of(job, State.READING)
    try:
        table = _table(importing)
        layout = _layout(importing, table)
        guesses, columns = _columns(importing, table, layout)
        rows = table.rows[layout.first :]
        if len(rows) > MAX_LINES:
            raise UnreadableFile("too_long")
    except UnreadableFile as refusal:
        rows_of = PatientImport.objects.filter(pk=importing.pk, state=State.READING)
        rows_of.update(state=State.FAILED, file=None, table=None)
        raise Failed(refusal.code) from None
    plan = _plan(importing, table, layout, columns, progress)
    importing.table = packed(table.as_json())
    importing.columns = [column for _title, column in columns]
    importing.titles_row = table.rows[layout.titles][0] if layout.titles is not None else 0
    importing.shown = packed(_shown(table, layout, guesses, columns, plan))
    importing.remarks = packed(_flat(plan))
    with progress.last_step() as result:
        PatientImport.objects.filter(pk=importing.pk, state=State.READING).update(
            state=State.READ,
            file=None,
            table=importing.table,
            columns=importing.columns,
            titles_row=importing.titles_row,
            shown=importing.shown,
            remarks=importing.remarks,
            counts=plan.counts,
        )
        result.update(plan.counts)


def run_import(job: Job, progress: Progress, then: Then = _nothing_more) -> None:
    """All or nothing. The practice is held: two imports at once do not make one person twice."""
    importing, now = _of(job, State.IMPORTING), timezone.now()
    content = unpacked(importing.table)
    if content is None:
        raise Failed("gone")
    table = Table.from_json(content)
    layout = _layout(importing, table)
    _guesses, columns = _columns(importing, table, layout)
    lines = _lines(importing, table, layout, columns, progress)
    as_read = deepcopy(lines)  # a plan remarks on the drafts, and adds to them
    prepared = prepare_import(lines, importing)
    told = _told(prepared.plan)
    with progress.last_step() as result:
        Practice.objects.select_for_update(no_key=True).only("pk").get(pk=importing.practice_id)
        if not is_still_so(prepared, importing.practice):
            prepared = prepare_import(as_read, importing)
            told = _told(prepared.plan)
        plan = prepared.plan
        write_import(prepared, importing)
        PatientImport.objects.filter(pk=importing.pk, state=State.IMPORTING).update(
            state=State.DONE, finished_at=now, counts=plan.counts, table=None, **told
        )
        result.update(plan.counts)
        importing.counts = plan.counts
        then(importing, now)


def _told(plan: Plan) -> dict[str, bytes]:
    flat = _flat(plan)
    return {"remarks": packed(flat), "shown": packed({"remarks": flat[:SHOWN_REMARKS]})}


def run_undo(job: Job, progress: Progress, then: Then = _nothing_more) -> None:
    """All or nothing as well."""
    importing, now = _of(job, State.UNDOING), timezone.now()
    with progress.last_step() as result:
        Practice.objects.select_for_update(no_key=True).only("pk").get(pk=importing.practice_id)
        done = undo_import(importing, now)
        result.update(done)
        importing.counts["undone"] = done
        then(importing, now)


def _of(job: Job, state: str) -> PatientImport:
    try:
        return PatientImport.objects.select_related("practice").get(
            pk=job.arguments["import"], practice=job.practice, state=state, job=job
        )
    except PatientImport.DoesNotExist:
        raise Failed("gone") from None


def _table(importing: PatientImport) -> Table:
    """Read already, or by a child process: this is a stranger's file."""
    if content := unpacked(importing.table):
        return Table.from_json(content)
    if importing.file is None:
        raise UnreadableFile("gone")
    try:
        answer = ask_child(
            "maia.patients.lists.child",
            bytes(importing.file),
            seconds=SECONDS,
            processor=PROCESSOR,
            memory=MEMORY,
            most_bytes=MOST_BYTES,
        )
    except ChildKilled:
        raise UnreadableFile("too_heavy") from None
    if "refused" in answer:
        raise UnreadableFile(str(answer["refused"]))
    return Table.from_json(answer)


def _layout(importing: PatientImport, table: Table) -> Layout:
    if importing.titles_row is None:
        return find_layout(table.rows)
    known = find_layout(table.rows)
    for at, (number, _cells) in enumerate(table.rows):
        if number == importing.titles_row:
            return known if known.titles == at else Layout(at, at + 1)
    return Layout(None, 0)


def _columns(importing: PatientImport, table: Table, layout: Layout) -> tuple[list[Guess], Reads]:
    """What was guessed, and what is read: as she chose, or as guessed."""
    titles = list(table.rows[layout.titles][1]) if layout.titles is not None else []
    width = max((len(cells) for _number, cells in table.rows[layout.first :]), default=0)
    titles += [""] * (width - len(titles))
    guesses = guess_columns(titles, partial(_samples, table, layout, most=20))
    chosen = [guess.column for guess in guesses]
    if len(importing.columns) == len(titles):
        chosen = [Column(value) for value in importing.columns]
    return guesses, list(zip(titles, chosen, strict=True))


def _samples(table: Table, layout: Layout, at: int, most: int) -> list[str]:
    """Different cells of a column that say something."""
    cells: dict[str, None] = {}
    for _number, row in table.rows[layout.first :]:
        if at < len(row) and row[at]:
            cells[row[at]] = None
            if len(cells) == most:
                break
    return list(cells)


def _plan(
    importing: PatientImport, table: Table, layout: Layout, columns: Reads, progress: Progress
) -> Plan:
    if not NAMES & {column for _title, column in columns}:
        return Plan()  # she has to say first where the names are
    lines = _lines(importing, table, layout, columns, progress)
    return plan_import(lines, importing.practice, importing.existing)


def _lines(
    importing: PatientImport, table: Table, layout: Layout, columns: Reads, progress: Progress
) -> Lines:
    rows = table.rows[layout.first :]
    today = timezone.now().astimezone(importing.practice.zone).date()
    lines = read_lines(rows, columns, importing.practice, today, progress)
    if rows:  # the numbers that are missing are rows without anything
        before = table.rows[layout.first - 1][0] if layout.first else 0
        lines.blank += rows[-1][0] - before - len(rows)
    return lines


def _shown(
    table: Table, layout: Layout, guesses: list[Guess], columns: Reads, plan: Plan
) -> dict[str, Any]:
    flat = _flat(plan)
    return {
        "columns": [
            {
                "title": title[:100],
                "column": column,
                "asks": guess.asks and guess.column == column,
                "samples": [cell[:60] for cell in _samples(table, layout, at, 3)],
            }
            for at, ((title, column), guess) in enumerate(zip(columns, guesses, strict=True))
        ],
        "rows": [
            [number, " · ".join(filter(None, cells))[:80]]
            for number, cells in table.rows[:SHOWN_ROWS]
        ],
        "lines": [[draft.number, draft.name, draft.fields] for draft in plan.new[:SHOWN_LINES]],
        "remarks": flat[:SHOWN_REMARKS],
        "remarks_count": len(flat),
        "file": {
            "encoding": table.encoding,
            "damaged": table.damaged,
            "unclosed": table.unclosed[:20],
            "cut": table.cut[:20],
            "other_sheets": table.other_sheets,
        },
    }


def _flat(plan: Plan) -> list[list[Any]]:
    return [
        [number, name, remark.code, remark.title, remark.value]
        for number, name, remark in plan.remarks
    ]
