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
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.brain.detector import MOST_SLOTS, SHARDS, Row
from wald.facts.relations import template

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Where: TypeAlias = tuple[tuple[str, str], ...]

# Of deals: where somebody decides. Places of one person belong to detectors that judge persons.
DIMENSIONS = ("region", "segment", "industry", "product_family", "lead_source", "type", "team")
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
    """What the engine added up: `values` has shards × cells × sums. A cell is a place in a slot:
    `columns` are its dimensions as they came, `place` its number among `wheres`, -1 for none."""

    names: tuple[str, ...]
    dimensions: tuple[str, ...]
    columns: tuple[tuple[object, ...], ...]
    wheres: tuple[Where, ...]
    place: Ints
    slot: Ints
    values: Floats

    def rows(self, weights: Floats | None = None) -> "Summed":
        """Return the rows with each shard counted so often; None: once."""
        each = np.ones(SHARDS) if weights is None else weights
        return Summed(self, np.tensordot(each, self.values, axes=(0, 0)))


@dataclass(frozen=True, slots=True)
class Summed(Sequence[Row]):
    """Rows of sums over all shards, or over drawn ones, made when they are looked at one by one:
    who reads them as places needs no row."""

    sums: Sums
    added: Floats  # cells × sums

    def __len__(self) -> int:
        return len(self.sums.columns)

    def __getitem__(self, number: Any) -> Any:
        sums = self.sums
        row = dict(zip(sums.dimensions, sums.columns[number], strict=True))
        figures = dict(zip(sums.names, self.added[number].tolist(), strict=True))
        return {**row, "slot": int(sums.slot[number]), **figures}


def read_sums(table: pa.Table, names: Sequence[str]) -> Sums:
    """Read the rows that the engine added up, by place, slot and shard."""
    others = [one for one in table.column_names if one not in {*names, "slot", "shard"}]
    order, cell = _cells(table, ("slot", *others))
    values = np.zeros((SHARDS, len(order), len(names)))
    if len(order):
        at = _numbers(table, "shard").astype(np.int64) * len(order) + cell
        for number, name in enumerate(names):
            added = np.bincount(at, _numbers(table, name), SHARDS * len(order))
            values[:, :, number] = added.reshape(SHARDS, len(order))
    slot = np.array([int(str(key[0])) for key in order], dtype=np.int64)
    known = [tuple(sorted(_where(others, key[1:]))) for key in order]
    wheres = _wheres(known)
    at_place = {where: number for number, where in enumerate(wheres)}
    place = np.array([at_place.get(where, -1) for where in known], dtype=np.int64)
    return Sums(
        tuple(names), tuple(others), tuple(key[1:] for key in order), wheres, place, slot, values
    )


def _cells(table: pa.Table, names: Sequence[str]) -> tuple[list[tuple[object, ...]], Ints]:
    """Return the different rows of some columns, and for each row of the table which one it is."""
    cell = np.zeros(table.num_rows, dtype=np.int64)
    for name in names:
        # One chunk, one dictionary: several with nulls in them cannot be unified.
        whole = table.column(name).combine_chunks()
        codes = pc.dictionary_encode(whole, null_encoding="encode")
        number = codes.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        cell = np.unique(cell * (len(codes.dictionary) + 1) + number, return_inverse=True)[1]
    first = np.unique(cell, return_index=True)[1]
    columns = [table.column(name).take(pa.array(first)).to_pylist() for name in names]
    return list(zip(*columns, strict=True)), cell


def _numbers(table: pa.Table, name: str) -> Floats:
    """Return a column as floats; what is null adds nothing."""
    column = table.column(name).cast(pa.float64()).fill_null(0.0)
    found: Floats = column.to_numpy()
    return found


def _where(names: Sequence[str], values: Sequence[object]) -> Iterator[tuple[str, str]]:
    pairs = zip(names, values, strict=True)
    return ((name, str(value)) for name, value in pairs if value is not None)


def _wheres(found: Iterable[Where]) -> tuple[Where, ...]:
    """Return the places there are, everybody first: none of an empty value, and none of a dimension
    with one value, which would be everybody again."""
    known = {one for one in found if all(value != "" for _, value in one)}
    values: dict[str, set[str]] = {}
    for where in known:
        for name, value in where:
            values.setdefault(name, set()).add(value)
    always = set.intersection(*({name for name, _ in one} for one in known)) if known else set()
    dull = {name for name, own in values.items() if len(own) < 2} - always
    return tuple(sorted(one for one in known if not any(name in dull for name, _ in one)))


def places_of(rows: Sequence[Row], sums: Sequence[str], slots: int) -> tuple[Place, ...]:
    """Return the places of summed rows, everybody first, over the first `slots` slots.

    A dimension with one value makes no places: they would be everybody again.
    """
    if isinstance(rows, Summed):
        wheres, place, slot = rows.sums.wheres, rows.sums.place, rows.sums.slot
        order = [rows.sums.names.index(name) for name in sums]
        added = rows.added[:, order]
    else:
        known = [where_of(row, sums) for row in rows]
        wheres = _wheres(known)
        at = {where: number for number, where in enumerate(wheres)}
        place = np.array([at.get(where, -1) for where in known], dtype=np.int64)
        slot = np.array([int(row["slot"]) for row in rows], dtype=np.int64)
        figures = [[float(row[name] or 0) for name in sums] for row in rows]
        added = np.array(figures).reshape(len(rows), len(sums))
    found = np.zeros((len(wheres), len(sums), max(slots, 0)))
    kept = (place >= 0) & (slot < slots)
    found[place[kept], :, slot[kept]] = added[kept]
    return tuple(
        Place(where, MappingProxyType(dict(zip(sums, each, strict=True))))
        for where, each in zip(wheres, found, strict=True)
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
