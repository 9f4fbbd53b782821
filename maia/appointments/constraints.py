"""The guarantee: the database itself refuses two events of one practitioner at one time.

PostgreSQL holds it with an exclusion constraint, SQLite with two triggers. Both come and go with
ordinary migrations, because this is an ordinary constraint of the model.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint


class NoOverlap(BaseConstraint):
    """No two rows where the booleans ``condition`` hold share ``owner`` and a moment.

    ``start`` and ``end`` are columns of instants, half-open. ``owner`` is an integer column; rows that
    have none never clash.
    """

    def __init__(
        self,
        *,
        name: str,
        owner: str,
        start: str = "start",
        end: str = "end",
        condition: tuple[str, ...] = (),
    ) -> None:
        super().__init__(name=name)
        self.owner, self.start, self.end, self.condition = owner, start, end, tuple(condition)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs |= {f: getattr(self, f) for f in ("owner", "start", "end", "condition")}
        return path, tuple(args), kwargs

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NoOverlap):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = BaseConstraint.__hash__

    def is_broken_by(self, error: IntegrityError) -> bool:
        return self.name in str(error)

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        if not all(getattr(instance, field) for field in self.condition):
            return
        if getattr(instance, self.owner) is None:
            return
        rows = model._default_manager.using(using).filter(
            **dict.fromkeys(self.condition, True),
            **{
                self.owner: getattr(instance, self.owner),
                f"{self.start}__lt": getattr(instance, self.end),
                f"{self.end}__gt": getattr(instance, self.start),
            },
        )
        if rows.exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message(), code="overlap")

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None
        assert schema_editor is not None
        if schema_editor.connection.vendor == "postgresql":
            return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._exclude(model)}"
        # Triggers name the final table: SQLite remakes one as "new__..." and renames it.
        for statement in self._triggers(model):
            schema_editor.deferred_sql.append(statement)
        return ""

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None
        assert schema_editor is not None
        table, name = model._meta.db_table, schema_editor.quote_name(self.name)
        return f'ALTER TABLE "{table}" ADD CONSTRAINT {name} {self._exclude(model)}'

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        assert model is not None
        assert schema_editor is not None
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"'

    def _columns(self, model: type[models.Model]) -> tuple[str, str, str, list[str]]:
        def column(field: str) -> str:
            found = model._meta.get_field(field)
            assert isinstance(found, models.Field)
            return str(found.column)

        # The owner is named as Python reads it ("practitioner_id"): already a column.
        return (
            self.owner,
            column(self.start),
            column(self.end),
            [column(f) for f in self.condition],
        )

    def _exclude(self, model: type[models.Model]) -> str:
        owner, start, end, condition = self._columns(model)
        wanted = [f'"{c}"' for c in condition]
        if any(field.column == owner and field.null for field in model._meta.concrete_fields):
            # A range without edges, which is what one of no owner would be, holds everything.
            wanted.append(f'"{owner}" IS NOT NULL')
        where = " AND ".join(wanted) or "true"
        # A range of one integer instead of the integer: gist has no operator class for integers
        # without the btree_gist extension, which takes rights that a host may not give.
        return (
            f"""EXCLUDE USING gist (int8range("{owner}", "{owner}", '[]') WITH &&, """
            f"""tstzrange("{start}", "{end}", '[)') WITH &&) WHERE ({where})"""
        )

    def _triggers(self, model: type[models.Model]) -> list[str]:
        owner, start, end, condition = self._columns(model)
        table = model._meta.db_table.removeprefix("new__")
        key = model._meta.pk.column
        both = [*(f'NEW."{c}"' for c in condition), *(f'other."{c}"' for c in condition)]
        clash = " AND ".join(
            [
                *both,
                f'other."{owner}" = NEW."{owner}"',
                f'other."{start}" < NEW."{end}"',
                f'other."{end}" > NEW."{start}"',
            ]
        )
        # A row does not clash with itself; one that is being inserted is not there yet.
        itself = {"INSERT": "", "UPDATE": f' AND other."{key}" <> OLD."{key}"'}
        return [
            f'CREATE TRIGGER IF NOT EXISTS "{self.name}_{verb.lower()}" BEFORE {verb} ON "{table}" '  # noqa: S608
            f'WHEN EXISTS (SELECT 1 FROM "{table}" other WHERE {clash}{but}) '
            f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            for verb, but in itself.items()
        ]


# The agenda's own: named here so that the model and the acts speak of one thing.
NO_OVERLAP = NoOverlap(
    name="event_no_overlap", owner="practitioner_id", condition=("blocking", "exclusive")
)
# Whatever overlaps on purpose: nobody is twice in one room.
ROOM_NO_OVERLAP = NoOverlap(name="room_no_overlap", owner="room_id", condition=("blocking",))
