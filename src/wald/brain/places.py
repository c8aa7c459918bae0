"""Sums by place: what a detector adds up of its rows, for everybody, by dimension, by useful pair.

A place is everybody, a value of one dimension, or of a pair that leaders act on; not the full cube.
Each row counts once in everybody, and once in each dimension and pair of which its values are
known. The engine adds up with grouping sets: in a row of sums a dimension that does not belong to
the place is null, one whose value nobody knows is empty, and empty values make no place.
Source: docs/insights/README.md
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from wald.brain.detector import MOST_SLOTS, SHARDS, Row
from wald.facts.relations import template

Floats: TypeAlias = npt.NDArray[np.float64]
Where: TypeAlias = tuple[tuple[str, str], ...]

# Of deals: where somebody decides. Places of one person belong to detectors that judge persons.
DIMENSIONS = ("region", "segment", "product_family", "lead_source", "type", "team")
PAIRS = (
    ("region", "segment"),
    ("region", "product_family"),
    ("segment", "product_family"),
    ("segment", "lead_source"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its sums by slot, the last slot first; 0 where it had no rows."""

    where: Where
    sums: Mapping[str, Floats]

    def of(self, name: str) -> Floats:
        return self.sums[name]


def by_place(
    rows: exp.Select,
    sums: Collection[str],
    *,
    dimensions: Sequence[str] = DIMENSIONS,
    pairs: Sequence[tuple[str, str]] = PAIRS,
    always: tuple[str, ...] = (),
    most_slots: int = MOST_SLOTS,
) -> exp.Select:
    """Return the SELECT of the sums of each place by slot and shard.

    `rows` has the dimensions, `slot`, `shard`, and a number or null for each of `sums`. The
    dimensions `always` belong to every place; no other column may be named like a dimension.
    """
    kept = [one for one in pairs if set(one) <= set(dimensions)]
    sets = [(), *((name,) for name in dimensions), *kept]
    names = [*always, *dimensions]
    known = [
        exp.alias_(exp.func("COALESCE", exp.column(name), exp.Literal.string("")), name)
        for name in names
    ]
    added = [exp.alias_(exp.func("SUM", exp.column(name)), name) for name in sums]
    each = template(
        "SELECT slot, shard FROM found WHERE slot >= 0 AND slot < :most",
        found=rows,
        most=exp.Literal.number(most_slots),
    ).select(*known, *[exp.column(name) for name in sums])
    keys = [exp.column(name) for name in ("slot", "shard", *names)]
    # Cells first: the sets then run over thousands of rows, not over millions.
    cells = exp.select(*keys, *added).from_(each.subquery("each")).group_by(*keys)
    found = exp.select(*keys, *[one.copy() for one in added]).from_(cells.subquery("cell"))
    tuples = [
        exp.Tuple(expressions=[exp.column(name) for name in ("slot", "shard", *always, *one)])
        for one in sets
    ]
    found.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=tuples)]))
    return found


def slots_table(most_slots: int = MOST_SLOTS) -> exp.Expr:
    """Return the SELECT of `slot`, 0 and up, to join what lasts over several slots."""
    each = [exp.select(exp.alias_(exp.Literal.number(slot), "slot")) for slot in range(most_slots)]
    return exp.select("slot").from_(exp.union(*each, distinct=False).subquery("each"))


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of a measure as arrays: `cells` are a place's dimensions with its slot, `values` has
    shards × cells × sums. Rows made from it have the sums of all shards, or of drawn ones."""

    cells: tuple[tuple[tuple[tuple[str, object], ...], int], ...]
    names: tuple[str, ...]
    values: Floats

    def rows(self, weights: Floats | None = None) -> tuple[Row, ...]:
        """Return the rows with each shard counted so often; None: once."""
        each = np.ones(SHARDS) if weights is None else weights
        added = np.tensordot(each, self.values, axes=(0, 0)).tolist()
        return tuple(
            MappingProxyType(
                {**dict(place), "slot": slot, **dict(zip(self.names, row, strict=True))}
            )
            for (place, slot), row in zip(self.cells, added, strict=True)
        )


def read_sums(table: pa.Table, names: Sequence[str]) -> Sums:
    """Read the rows that the engine added up, by place, slot and shard."""
    others = [one for one in table.column_names if one not in {*names, "slot", "shard"}]
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    order: dict[tuple[object, ...], int] = {}
    cell = np.empty(table.num_rows, dtype=np.int64)
    keys = zip(columns["slot"], *(columns[name] for name in others), strict=True)
    for number, key in enumerate(keys):
        cell[number] = order.setdefault(key, len(order))
    values = np.zeros((SHARDS, len(order), len(names)))
    shard = np.array(columns["shard"], dtype=np.int64)
    for place, name in enumerate(names):
        found = np.array([float(one) if one is not None else 0.0 for one in columns[name]])
        added = np.bincount(shard * len(order) + cell, found, SHARDS * len(order))
        values[:, :, place] = added.reshape(SHARDS, len(order))
    cells = tuple((tuple(zip(others, key[1:], strict=True)), int(str(key[0]))) for key in order)
    return Sums(cells, tuple(names), values)


def places_of(rows: Iterable[Row], sums: Sequence[str], slots: int) -> tuple[Place, ...]:
    """Return the places of summed rows, everybody first, over the first `slots` slots.

    A dimension with one value makes no places: they would be everybody again.
    """
    found: dict[Where, Floats] = {}
    for row in rows:
        slot = int(row["slot"])
        where = where_of(row, sums)
        if slot >= slots or any(value == "" for _, value in where):
            continue
        at = found.setdefault(where, np.zeros((len(sums), slots)))
        at[:, slot] += [float(row[name] or 0) for name in sums]
    values: dict[str, set[str]] = {}
    for where in found:
        for name, value in where:
            values.setdefault(name, set()).add(value)
    dull = {name for name, own in values.items() if len(own) < 2}
    kept = sorted(one for one in found if not any(name in dull for name, _ in one))
    return tuple(
        Place(where, MappingProxyType(dict(zip(sums, found[where], strict=True)))) for where in kept
    )


def where_of(row: Row, sums: Collection[str]) -> Where:
    """Return the dimensions of a row's place with their values."""
    rest = {"slot", "shard", *sums}
    return tuple(sorted((k, str(v)) for k, v in row.items() if k not in rest and v is not None))


def called(where: Where) -> str:
    """Return a place as a sentence names it: `Mid-Market, Central Europe`."""
    return ", ".join(value for _, value in where) or "everybody"


def condition_of(where: Where) -> str:
    """Return a place as a condition of the language: `region = 'North' AND segment = 'SMB'`."""
    return " AND ".join(
        f"{name} = {exp.Literal.string(value).sql(dialect='duckdb')}" for name, value in where
    )


def stacked(places: Sequence[Place], name: str) -> Floats:
    """Return one of the sums of some places, places × slots."""
    return np.array([one.of(name) for one in places])


def grouped(places: Sequence[Place], name: str) -> Iterator[list[Place]]:
    """Yield the places of each value of a dimension that belongs to all of them, the whole of the
    value first."""
    found: dict[str, list[Place]] = {}
    for one in places:
        value = dict(one.where).get(name)
        if value is not None:
            found.setdefault(value, []).append(one)
    for value in sorted(found):
        group = sorted(found[value], key=lambda one: (len(one.where), one.where))
        if len(group[0].where) == 1:
            yield group
