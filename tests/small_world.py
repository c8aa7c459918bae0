"""Facts small enough to work out by eye, stored as real parts for any engine to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from wald.facts.parts import Load, Part, Snapshot
from wald.facts.table import STORAGE
from wald.facts.tables import TABLES
from wald.simulator.simulate import simulate

Rows = Mapping[str, Sequence[Mapping[str, object]]]

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Knowledge:
    """One load: when it came, and the rows it brought by table."""

    loaded_at: datetime
    rows: Rows
    undone_at: datetime | None = None


def stored(root: Path, rows: Rows, *, known: datetime | None = None) -> Snapshot:
    """Store `rows` as one load and return the snapshot."""
    return stored_loads(root, [Knowledge(FIRST, rows)], known=known)


def stored_loads(
    root: Path, history: Sequence[Knowledge], *, known: datetime | None = None
) -> Snapshot:
    """Store several loads, later ones replacing rows of earlier ones by key."""
    loads = []
    keys: dict[str, set[tuple[object, ...]]] = {}
    for load_id, knowledge in enumerate(history, start=1):
        parts = [
            _part(root, name, rows, load_id, keys.setdefault(name, set()))
            for name, rows in knowledge.rows.items()
            if rows
        ]
        loads.append(
            Load(load_id, knowledge.loaded_at, knowledge.undone_at, "here", "test", tuple(parts))
        )
    return Snapshot(root, tuple(loads), known)


def simulated(root: Path, *, seed: int, scale: float, until: date | None = None) -> Snapshot:
    """Store the invented company Acme as one load."""
    made = simulate(company="acme", seed=seed, years=1, scale=scale, planted=None, until=until)
    return stored(root, {name: table.to_pylist() for name, table in made.tables.items()})


def known_at(snapshot: Snapshot, known: datetime) -> Snapshot:
    return replace(snapshot, known=known)


def _part(
    root: Path,
    name: str,
    rows: Sequence[Mapping[str, object]],
    load_id: int,
    keys: set[tuple[object, ...]],
) -> Part:
    table = TABLES[name]
    unknown = (
        {key for row in rows for key in row} - {c.name for c in table.columns} - {"is_deleted"}
    )
    assert not unknown, f"{name} has no {unknown}"
    columns = {c.name: STORAGE[c.type] for c in table.columns}
    columns |= {"load_id": "BIGINT", "is_deleted": "BOOLEAN"}
    full = [
        {c.name: row.get(c.name, c.default or None) for c in table.columns}
        | {"load_id": load_id, "is_deleted": bool(row.get("is_deleted", False))}
        for row in rows
    ]
    path = Path(name) / f"{load_id}.parquet"
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(_typed(full, columns), root / path)
    own = {tuple(row[key] for key in table.key) for row in full}
    replaces = bool(own & keys) or any(row["is_deleted"] for row in full)
    keys |= own
    days = [_day(row[table.happened]) for row in full if table.happened and row[table.happened]]
    told = [_day(row[name]) for row in full for name in table.tells if row[name]]
    currencies = {str(row["currency"]) for row in full if row.get("currency")}
    return Part(
        name,
        str(path),
        load_id,
        len(full),
        replaces,
        tuple(sorted(currencies)),
        min(days, default=None),
        max([*days, *told], default=None),
    )


def _typed(rows: Sequence[Mapping[str, object]], columns: Mapping[str, str]) -> pa.Table:
    def text(value: object) -> str | None:
        if value is None:
            return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    given = pa.table(
        {name: pa.array([text(row[name]) for row in rows], pa.string()) for name in columns}
    )
    casts = ", ".join(f'CAST("{name}" AS {type}) AS "{name}"' for name, type in columns.items())
    with duckdb.connect() as connection:
        connection.register("given", given)
        return connection.sql(f"SELECT {casts} FROM given").to_arrow_table()


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def money(text: str) -> Decimal:
    return Decimal(text)
