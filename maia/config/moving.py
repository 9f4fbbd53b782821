"""From one database to another, SQLite to PostgreSQL or back: all of it, or nothing.

The target is brought to this version by `maia migrate` in a process of its own, since migrations speak
to the database of the settings. Then every table is copied in one transaction of the target's, and
counted. The source is only read.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from django.apps import apps
from django.core.management.color import no_style
from django.db import Error, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import BinaryField, Model

from maia.config.running import nothing_runs
from maia.messaging.models import WorkerBeat

TARGET = "moving"
AT_ONCE, LARGE_AT_ONCE = 500, 10  # rows in memory; those that hold files
LEFT = (WorkerBeat,)  # of processes that ran on the other one
# Those that somebody has filled say that the target is in use.
_SOMEBODYS = ("practices_practice", "accounts_user", "patients_patient")


class CannotMove(Exception):
    """In words. The target has no row of it."""


def move_database(url: str, target: dict[str, Any], *, now: datetime) -> dict[str, int]:
    """``target``: the settings that ``url`` stands for. How many rows of each table were copied."""
    with nothing_runs(now) as running:
        if running:
            raise CannotMove(f"Maia is running: {'; '.join(running)}. Stop it first, everywhere.")
        # 1. The source is of this version, and the target is another place, with nobody's data.
        plan = MigrationExecutor(connection)
        if plan.migration_plan(plan.loader.graph.leaf_nodes()):
            raise CannotMove("The database is of another version: maia migrate first.")
        with _connected(target):
            _refuse_unless_empty()
            # 2. Its tables. Killed here, the next time goes on.
            _migrate(url)
            # 3. Its rows. Killed here, it has none.
            try:
                with transaction.atomic(using=TARGET):
                    return _copy_all()
            except (Error, ValueError) as error:
                raise CannotMove(f"A row could not be copied: {type(error).__name__}.") from error


@contextmanager
def _connected(target: dict[str, Any]) -> Iterator[None]:
    own = connection.settings_dict
    place = ("ENGINE", "NAME", "HOST", "PORT")
    if all(str(target.get(one, "")) == str(own.get(one, "")) for one in place):
        raise CannotMove("That is the database that Maia has already.")
    connections.databases[TARGET] = connections.configure_settings(
        {"default": target, TARGET: target}
    )[TARGET]
    try:
        connections[TARGET].ensure_connection()
    except Error as error:
        said = str(error).strip().splitlines()[0]
        raise CannotMove(f"The other database does not answer: {said}") from None
    try:
        yield
    finally:
        connections[TARGET].close()
        del connections[TARGET]
        del connections.databases[TARGET]


def _refuse_unless_empty() -> None:
    there = connections[TARGET]
    tables = set(there.introspection.table_names())
    if tables and "django_migrations" not in tables:
        raise CannotMove("The other database holds tables of something else.")
    for table in _SOMEBODYS:
        if table in tables and _count(there, table):
            raise CannotMove("The other database holds something already: it is not written over.")


def _migrate(url: str) -> None:
    own = {name: value for name, value in os.environ.items() if name != "MAIA_DATABASE_URL_FILE"}
    done = subprocess.run(
        [sys.executable, "-m", "maia", "migrate", "--no-input", "--verbosity", "0"],
        env={**own, "MAIA_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise CannotMove(f"The other database could not be brought to this version: {said}")


def _models() -> list[type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return [one for one in every if one._meta.managed and not one._meta.proxy and one not in LEFT]


def _copy_all() -> dict[str, int]:
    there, models = connections[TARGET], _models()
    # What migrating wrote by itself: it comes again, with the numbers that the others point at.
    with there.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {_quoted(model)}")  # noqa: S608  a name of ours
    counts = {model._meta.db_table: _copy(model) for model in models}
    for table, copied in counts.items():
        before, after = _count(connection, table), _count(there, table)
        if not copied == before == after:
            raise CannotMove(f"{table} has {before} rows here and {after} there.")
    with there.cursor() as cursor:
        for statement in there.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        there.check_constraints()
    return counts


def _copy(model: type[Model]) -> int:
    """As the rows are: nothing is set anew on the way."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    large = any(isinstance(field, BinaryField) for field in fields)
    most, last, copied = LARGE_AT_ONCE if large else AT_ONCE, None, 0
    there, there_rows = connections[TARGET], cast(Any, model._base_manager.using(TARGET))
    rows = model._base_manager.defer(None).order_by("pk")
    while True:
        page: list[Any] = list((rows if last is None else rows.filter(pk__gt=last))[:most])
        size = max(1, there.ops.bulk_batch_size(fields, page))
        for start in range(0, len(page), size):
            there_rows._insert(page[start : start + size], fields=fields, using=TARGET, raw=True)
        copied += len(page)
        if len(page) < most:
            return copied
        last = page[-1].pk


def _count(there: Any, table: str) -> int:
    with there.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {there.ops.quote_name(table)}")  # noqa: S608
        return int(cursor.fetchone()[0])


def _quoted(model: type[Model]) -> str:
    return str(connections[TARGET].ops.quote_name(model._meta.db_table))
