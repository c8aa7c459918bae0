"""All records as lines of JSON, table by table, and back: the same on either record store.

Left out is what belongs to one server: sessions, and Django's own lists of models and rights.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.apps import apps as project
from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connections
from django.db import models as orm
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from wald.records import models
from wald.records.stores.transaction import together
from wald.records.stores.workspace import TIE

_BATCH = 1000
_LEFT_OUT = {"sessions", "contenttypes", "admin"}
_LEFT_OUT_TABLES = {"auth_permission", "auth_group_permissions", "auth_user_user_permissions"}


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are the names of the fields as they are kept, in alphabetical order."""

    name: str
    model: type[orm.Model]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(sorted(field.attname for field in self.model._meta.local_concrete_fields))


def tables(apps: Apps = project) -> tuple[Table, ...]:
    """Return every table that is copied, by name."""
    found = (
        Table(model._meta.db_table, model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in _LEFT_OUT and model._meta.managed
    )
    return tuple(sorted((t for t in found if t.name not in _LEFT_OUT_TABLES), key=lambda t: t.name))


def lines(table: Table, *, database: str) -> Iterator[bytes]:
    """Yield each row as a line of canonical JSON, by key; some thousands are in memory."""
    columns, key = table.columns, table.model._meta.pk.attname
    place, last = columns.index(key), None
    while True:
        rows = table.model._default_manager.using(database).order_by(key)
        found = rows if last is None else rows.filter(**{f"{key}__gt": last})
        batch = [*found.values_list(*columns)[:_BATCH]]
        for row in batch:
            if not _is_tie(table, row[place]):
                yield _line(dict(zip(columns, row, strict=True)))
        if len(batch) < _BATCH:
            return
        last = batch[-1][place]


def files(*, database: str) -> tuple[str, ...]:
    """Return the files that rows speak of, below the workspace: parts, what was rejected, and the
    layers of pay runs."""
    parts = models.Part.objects.using(database).order_by("path").values_list("path", flat=True)
    rejects = models.Reject.objects.using(database).order_by("path").values_list("path", flat=True)
    runs = models.PayRun.objects.using(database).order_by("pk").values_list("pk", "layers")
    if models.PayRun._meta.db_table not in connections[database].introspection.table_names():
        runs = runs.none()  # tables of a backup from before there were runs
    layers = [f"pay/runs/{run}/{name}.parquet" for run, names in runs for name in sorted(names)]
    return tuple(dict.fromkeys((*(f"facts/{path}" for path in parts), *rejects, *layers)))


def digest(table: Table, *, database: str) -> str:
    """Return SHA-256 over the lines of a table: equal digests, equal rows."""
    found = hashlib.sha256()
    for line in lines(table, database=database):
        found.update(line)
    return found.hexdigest()


def state(*, database: str) -> list[list[str]]:
    """Return which tables these are: every change of tables that was applied, in order."""
    applied = MigrationRecorder(connections[database]).applied_migrations()
    return sorted([app, name] for app, name in applied)


def is_known(wanted: Iterable[Iterable[str]], *, database: str) -> bool:
    """Does this Wald know each of these changes of tables?"""
    known = MigrationExecutor(connections[database]).loader.disk_migrations
    return all(tuple(one) in known for one in wanted)


def is_empty(*, database: str) -> bool:
    """Are there no tables, or none with a row?"""
    with connections[database].cursor() as cursor:
        there = set(connections[database].introspection.table_names(cursor))
    return not any(
        table.model._default_manager.using(database).exists()
        for table in tables()
        if table.name in there
    )


def make_tables(wanted: Iterable[Iterable[str]], *, database: str) -> tuple[Table, ...]:
    """Make the tables as they were when these changes were applied, and return them."""
    executor = MigrationExecutor(connections[database])
    applied = {(app, name) for app, name in wanted}
    nodes = executor.loader.graph.node_map
    leaves = [
        (app, name)
        for app, name in applied
        if not any(
            other.key in applied and other.key[0] == app for other in nodes[app, name].children
        )
    ]
    made = executor.migrate(leaves)
    return tables(made.apps)


def fill(table: Table, found: Iterable[bytes], *, database: str) -> Iterator[int]:
    """Write rows given as lines; yield how many were written so far."""
    fields = {field.attname: field for field in table.model._meta.local_concrete_fields}
    batch: list[orm.Model] = []
    written = 0
    for line in found:
        values = {name: _value(fields[name], value) for name, value in json.loads(line).items()}
        batch.append(table.model(**values))
        if len(batch) == _BATCH:
            written += _written(table, batch, database)
            yield written
    written += _written(table, batch, database)
    yield written


def clear(found: Iterable[Table], *, database: str) -> None:
    """Take out the rows that making tables has put in."""
    with together(database=database), connections[database].cursor() as cursor:
        for table in found:
            cursor.execute(f'DELETE FROM "{table.name}"')  # noqa: S608  # a table of ours


def number_on(found: Iterable[Table], *, database: str) -> None:
    """Let each new row have a number after those that were written."""
    connection = connections[database]
    with connection.cursor() as cursor:
        numbered = [table.model for table in found]
        for statement in connection.ops.sequence_reset_sql(no_style(), numbered):
            cursor.execute(statement)


def _written(table: Table, batch: list[orm.Model], database: str) -> int:
    count = len(batch)
    table.model._default_manager.using(database).bulk_create(batch)
    batch.clear()
    return count


def _is_tie(table: Table, key: object) -> bool:
    """The row that ties a PostgreSQL to its workspace belongs to neither copy."""
    return table.name == "records_setting" and key == TIE


def _line(row: Mapping[str, object]) -> bytes:
    plain = {name: _plain(value) for name, value in row.items()}
    text = json.dumps(plain, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode()
    return value


def _value(field: "orm.Field[object, object]", value: object) -> object:
    if value is None or isinstance(field, orm.JSONField):
        return value
    if isinstance(field, orm.BinaryField):
        return b64decode(str(value))
    if isinstance(field, orm.DateTimeField):
        return datetime.fromisoformat(str(value))
    return date.fromisoformat(str(value)) if isinstance(field, orm.DateField) else value
