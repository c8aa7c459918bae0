"""Deals as of many days: those open with their past so far, those closed as versions.

One SELECT per day, through the table as of that day; what a deal went through before is counted
from its changes up to the day. Between two days most closed deals stand as they stood, so only
what became different is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from sqlglot import exp

from wald.brain.forecast import ACTIVE_DAYS, OPEN
from wald.brain.ground import SINCE, UNTIL, VERSIONS
from wald.engine.connect import run
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.kernel.bitemporal import AsOf
from wald.queries.measure import View

Numbers: TypeAlias = NDArray[np.int64]
Told: TypeAlias = Callable[[str, int, int | None], None]

CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit")
_TEXTS = ("opportunity_id", "owner_id", "team", "segment", "type", "lead_source", "stage")
_DAYS = ("opened_on", "close_on", "closed_on")
_NAMES = (*_TEXTS, "outcome", "forecast_category", "chance", "amount", *_DAYS)
_SPAN = 1 << 20  # more days than there are, so that a deal and a day make one number
_KEPT = ("outcome", "owner_id", "team", "amount", "opened_on", "closed_on")  # of a closed deal


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to deals by day: sorted numbers made of the place of the deal and the day."""

    ids: pa.Array
    stages: Numbers  # a change of stage
    pushes: Numbers  # the expected day moved to a later month
    pushed: Numbers  # by how many days, summed up to each push
    acts: Numbers  # an activity


def deals_on(seen: View, days: Sequence[date], told: Told) -> tuple[pa.Table, pa.Table]:
    """Return OPEN of all `days`, rising, and the VERSIONS of closed deals."""
    past = _past(seen, days[-1])
    stages = _stages(seen, days[-1])
    nothing = {name: np.zeros(len(past.ids)) for name in _KEPT}
    versions = _Versions(past.ids, nothing, np.full(len(past.ids), -1, np.int64))
    tables = []
    for place, day in enumerate(days):
        told("Deals as of each week", place, len(days))
        rows = _deals(seen, day)
        is_open = pc.equal(rows["outcome"], "open")
        tables.append(_open(rows.filter(is_open), day, past, stages))
        versions.see(rows.filter(pc.invert(is_open)), day)
    return pa.concat_tables(tables).combine_chunks(), versions.table()


def _deals(seen: View, day: date) -> pa.Table:
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    rows = subject_rows(DEALS, scene, _NAMES)
    shown: list[exp.Expr] = [exp.column(name) for name in _NAMES if name not in _FLOATS]
    shown += [exp.alias_(exp.cast(exp.column(name), "DOUBLE"), name) for name in _FLOATS]
    return run(seen.engine, exp.select(*shown).from_(rows.subquery("deal", copy=False)))


_FLOATS = ("chance", "amount")


def _past(seen: View, last: date) -> Past:
    """Read what happened to deals up to the last day."""
    scene = Scene(seen.snapshot, AsOf(last, seen.snapshot.known), seen.terms)
    rows = scene.table("opportunity", ["opportunity_id"])
    ids = run(seen.engine, rows)["opportunity_id"].combine_chunks()
    stages = pushes = acts = np.empty(0, np.int64)
    pushed = np.zeros(0, np.int64)
    if seen.snapshot.has("opportunity_change"):
        changes = run(seen.engine, _changes(scene))
        is_stage = pc.equal(changes["field"], "stage")
        stages = np.sort(_numbers(changes.filter(is_stage), ids, "happened_on"))
        moved = changes.filter(pc.invert(is_stage))
        later = moved.filter(_is_push(moved))
        pushes = _numbers(later, ids, "happened_on")
        order = np.argsort(pushes, kind="stable")
        pushes, pushed = pushes[order], np.cumsum(_pushed_days(later)[order])
    if seen.snapshot.has("activity"):
        acts = np.sort(_numbers(run(seen.engine, _activities(scene)), ids, "happened_on"))
    return Past(ids, stages, pushes, pushed, acts)


def _changes(scene: Scene) -> exp.Select:
    """Changes of stage, and of the expected day, from one value to another."""
    rows = scene.table(
        "opportunity_change", ["opportunity_id", "field", "old", "new", "changed_at"]
    )
    wanted = exp.column("field").isin("stage", "close_on")
    known = [exp.column(name).is_(exp.null()).not_() for name in ("old", "new")]
    day = exp.alias_(exp.cast(exp.column("changed_at"), "DATE"), "happened_on")
    found = exp.select("opportunity_id", "field", "old", "new", day)
    return found.from_(rows.subquery("change", copy=False)).where(wanted, *known)


def _activities(scene: Scene) -> exp.Select:
    rows = scene.table("activity", ["opportunity_id", "happened_at"])
    day = exp.alias_(exp.cast(exp.column("happened_at"), "DATE"), "happened_on")
    about = exp.column("opportunity_id").is_(exp.null()).not_()
    found = exp.select("opportunity_id", day).from_(rows.subquery("act", copy=False))
    return found.where(about).distinct()


def _numbers(rows: pa.Table, ids: pa.Array, column: str) -> Numbers:
    """Return the number of each row's deal and day; rows of unknown deals are left out."""
    place = pc.fill_null(pc.index_in(rows["opportunity_id"], value_set=ids), -1)
    places = place.to_numpy().astype(np.int64)
    days = rows[column].cast(pa.int32()).to_numpy().astype(np.int64)
    return np.where(places < 0, -1, places * _SPAN + days)


def _day_numbers(texts: pa.ChunkedArray) -> Numbers:
    days = pc.utf8_slice_codeunits(texts, 0, 10).cast(pa.date32()).cast(pa.int32())
    return np.asarray(days.to_numpy(), np.int64)


def _is_push(moved: pa.Table) -> pa.Array:
    later = pc.greater(
        pc.utf8_slice_codeunits(moved["new"], 0, 7), pc.utf8_slice_codeunits(moved["old"], 0, 7)
    )
    return pc.and_(pc.equal(moved["field"], "close_on"), later)


def _pushed_days(later: pa.Table) -> Numbers:
    return _day_numbers(later["new"]) - _day_numbers(later["old"])


def _stages(seen: View, last: date) -> pa.Table | None:
    """Return stages with their place in the process and their category, None for none."""
    if not seen.snapshot.has("stage"):
        return None
    scene = Scene(seen.snapshot, AsOf(last, seen.snapshot.known), seen.terms)
    return run(seen.engine, scene.table("stage", ["stage", "position", "forecast_category"]))


def _open(rows: pa.Table, day: date, past: Past, stages: pa.Table | None) -> pa.Table:
    """Return the OPEN rows of one day, by deal."""
    rows = rows.sort_by("opportunity_id")
    number = (day - date(1970, 1, 1)).days
    place = pc.index_in(rows["opportunity_id"], value_set=past.ids)
    start = place.to_numpy().astype(np.int64) * _SPAN
    end = start + number
    pushes, first = _count(past.pushes, end), _count(past.pushes, start)
    summed = np.concatenate([[0], past.pushed])
    none = pa.nulls(rows.num_rows)
    shown = {name: rows[name] for name in OPEN.names if name in rows.column_names}
    shown |= {
        "on": pa.repeat(pa.scalar(day, pa.date32()), rows.num_rows),
        "position": none,
        "probability": rows["chance"],
        "category": rows["forecast_category"],
        "stage_on": _latest(past.stages, start, end, rows["opened_on"]),
        "moves": _count(past.stages, end) - _count(past.stages, start),
        "pushes": pushes - first,
        "pushed_days": summed[pushes] - summed[first],
        "active_on": _latest(past.acts, start, end, none),
        "active_days": _count(past.acts, end)
        - _count(past.acts, np.maximum(start, end - ACTIVE_DAYS)),
    }
    if stages is not None:
        at = pc.index_in(rows["stage"], value_set=stages["stage"].combine_chunks())
        shown["position"] = stages["position"].take(at)
        own = stages["forecast_category"].take(at)
        shown["category"] = pc.coalesce(rows["forecast_category"], own)
    known = pc.is_in(shown["category"], value_set=pa.array(CATEGORIES, pa.string()))
    shown["category"] = pc.if_else(known, shown["category"], pa.scalar(None, pa.string()))
    return pa.table({name: _typed(shown[name], OPEN.field(name).type) for name in OPEN.names})


def _typed(values: object, kind: pa.DataType) -> pa.ChunkedArray | pa.Array:
    if isinstance(values, pa.ChunkedArray | pa.Array):
        return values.cast(kind)
    return pa.array(values, kind)


def _count(sorted_numbers: Numbers, up_to: Numbers) -> Numbers:
    return np.searchsorted(sorted_numbers, up_to, side="right")


def _latest(
    sorted_numbers: Numbers, start: Numbers, end: Numbers, otherwise: pa.ChunkedArray | pa.Array
) -> pa.Array:
    """Return the day of the last event of each deal up to a day, `otherwise` where none was."""
    found = _count(sorted_numbers, end)
    has = found > _count(sorted_numbers, start)
    days = np.zeros(len(end), np.int64)
    days[has] = sorted_numbers[found[has] - 1] % _SPAN
    seen = pa.array(days.astype(np.int32), mask=~has).cast(pa.date32())
    return pc.coalesce(seen, otherwise.cast(pa.date32()))


@dataclass(slots=True)
class _Versions:
    """How closed deals stood, day after day; a version lasts while nothing of it changes."""

    ids: pa.Array
    state: dict[str, NDArray[np.float64]]  # by deal; outcome 0: not closed
    current: Numbers  # the version that stands, -1 for none
    codes: dict[str | None, int] = field(default_factory=dict)
    rows: list[tuple[date, Numbers, dict[str, NDArray[np.float64]]]] = field(default_factory=list)
    ended: list[tuple[date, Numbers]] = field(default_factory=list)
    made: int = 0

    def see(self, closed: pa.Table, day: date) -> None:
        """Take in the closed deals of one day; days come in order."""
        at = pc.index_in(closed["opportunity_id"], value_set=self.ids).to_numpy()
        fresh = {name: np.zeros(len(self.ids)) for name in _KEPT}
        for name in _KEPT:
            fresh[name][at] = self._plain(closed[name])
        differs = np.zeros(len(self.ids), bool)
        for name in _KEPT:
            same = (fresh[name] == self.state[name]) | (
                np.isnan(fresh[name]) & np.isnan(self.state[name])
            )
            differs |= ~same
        over = np.flatnonzero(differs & (self.current >= 0))
        self.ended.append((day, self.current[over]))
        self.current[over] = -1
        begun = np.flatnonzero(differs & (fresh["outcome"] > 0))
        self.rows.append((day, begun, {name: fresh[name][begun] for name in _KEPT}))
        self.current[begun] = self.made + np.arange(len(begun))
        self.made += len(begun)
        self.state = fresh

    def table(self) -> pa.Table:
        """Return the VERSIONS, by the day of closing."""
        until = np.full(self.made, np.iinfo(np.int32).max, np.int64)
        for day, versions in self.ended:
            until[versions] = (day - date(1970, 1, 1)).days
        places = np.concatenate([places for _, places, _ in self.rows] or [np.empty(0, np.int64)])
        since = [np.full(len(p), (day - date(1970, 1, 1)).days) for day, p, _ in self.rows]
        values = {
            name: np.concatenate([row[name] for _, _, row in self.rows] or [np.empty(0)])
            for name in _KEPT
        }
        texts = pa.array(list(self.codes) or [None], pa.string())
        columns = {
            "opportunity_id": self.ids.take(pa.array(places)),
            **{
                name: texts.take(pa.array(values[name].astype(np.int64) - 1))
                for name in ("outcome", "owner_id", "team")
            },
            "amount": pa.array(values["amount"], mask=np.isnan(values["amount"])),
            **{name: _dates(values[name]) for name in ("opened_on", "closed_on")},
            SINCE: _dates(np.concatenate(since or [np.empty(0)]).astype(float)),
            UNTIL: _dates(np.where(until == np.iinfo(np.int32).max, np.nan, until)),
        }
        made = pa.table({name: columns[name] for name in VERSIONS.names}, schema=VERSIONS)
        return made.filter(pc.is_valid(made["closed_on"])).sort_by("closed_on")

    def _plain(self, column: pa.ChunkedArray) -> NDArray[np.float64]:
        """Return a column as numbers: texts by the order they were first seen in, from 1."""
        if pa.types.is_date32(column.type):
            return np.asarray(column.cast(pa.int32()).cast(pa.float64()).to_numpy(), float)
        if pa.types.is_floating(column.type):
            return np.asarray(column.to_numpy(), float)
        coded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        known = coded.dictionary.to_pylist()
        for text in known:
            self.codes.setdefault(text, len(self.codes) + 1)
        codes: NDArray[np.float64] = np.array([self.codes[text] for text in known] or [0], float)
        places: NDArray[np.int64] = coded.indices.to_numpy(zero_copy_only=False)
        return codes[places]


def _dates(numbers: NDArray[np.float64]) -> pa.Array:
    whole = np.nan_to_num(numbers).astype(np.int32)
    return pa.array(whole, mask=np.isnan(numbers)).cast(pa.date32())
