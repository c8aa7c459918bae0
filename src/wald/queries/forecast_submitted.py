"""What was submitted, for forecasters: numbers loaded and numbers said in Wald, as one table.

The same number of a person, period and category in both, said on one day, is one number: that
said in Wald stays. Else both count, in the order they were said. Overrides are not in it: they are
another's opinion of a number. Source: docs/forecast/submissions.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.brain.forecast import SUBMITTED
from wald.engine.connect import run
from wald.facts.relations import Scene, converted
from wald.heart.rollup import Kind
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.measure import View
from wald.queries.rollup_said import in_reporting, rates_to
from wald.records.stores import forecast as store
from wald.records.stores.forecast import Entry

_AT, _FROM = "submitted_at", "place"
_SAME = ("person_id", "starts_on", "ends_on", "category", "submitted_on", "cents")
_LOADED, _HERE = 0, 1
_WORDS = [*SUBMITTED.names, _AT, _FROM]


@dataclass(frozen=True, slots=True)
class Marks:
    """Names for what was said in Wald: `settled` for all that a back-test of periods that are over
    can see, `all` for all up to the last day of the data."""

    settled: str
    all: str


def marks(workspace: Workspace, day: date, period: Period) -> Marks:
    """Return the names of what was said up to the end of `day`, which is in or before `period`."""
    end = _midnight(day + timedelta(days=1))
    every, settled = store.marks_of(
        database=workspace.database,
        said_before=end,
        settled_before=min(end, _midnight(period.start)),
        starts_before=period.start,
    )
    return Marks(settled, every)


def said_here(workspace: Workspace) -> tuple[Entry, ...]:
    """Return every submission made in Wald, oldest first."""
    return store.entries_of(kind=Kind.SUBMISSION, database=workspace.database)


def submitted(seen: View, day: date, here: Sequence[Entry]) -> pa.Table:
    """Return SUBMITTED up to the end of a day, in the order of `submitted_on` and of what was said
    on it; amounts without a rate to the reporting currency are left out."""
    loaded, ours = _loaded(seen, day), _here(seen, day, here)
    if ours.num_rows:
        loaded = loaded.filter(pc.invert(_is_copy(loaded, ours)))
    both = pa.concat_tables([loaded, ours])
    order = [(name, "ascending") for name in (_AT, _FROM, "person_id", "category")]
    return both.sort_by(order).select(SUBMITTED.names).cast(SUBMITTED)


def _is_copy(loaded: pa.Table, ours: pa.Table) -> pa.Array:
    """Return which loaded numbers were said in Wald too."""
    keyed, others = _keys(loaded), _keys(ours)
    places = keyed.append_column("row", pa.array(range(keyed.num_rows), pa.int64()))
    alike = places.join(others.group_by(list(_SAME)).aggregate([]), list(_SAME), join_type="inner")
    return pc.is_in(pa.array(range(keyed.num_rows), pa.int64()), value_set=alike["row"])


def _keys(rows: pa.Table) -> pa.Table:
    cents = pc.cast(pc.round(pc.multiply(rows["amount"], 100.0)), pa.int64())
    return rows.append_column("cents", cents).select(_SAME)


def _here(seen: View, day: date, here: Sequence[Entry]) -> pa.Table:
    known, end = seen.snapshot.known, _midnight(day + timedelta(days=1))
    rates, rows = rates_to(seen, day), []
    for one in here:
        if one.said_at >= end or (known is not None and one.said_at > known):
            continue
        amount = in_reporting(one.amount, one.currency, one.said_at, seen, rates, day)
        if amount is not None:
            rows.append(
                {
                    "person_id": one.person_id,
                    "starts_on": one.starts_on,
                    "ends_on": one.ends_on,
                    "category": one.category,
                    "submitted_on": one.said_at.astimezone(UTC).date(),
                    "amount": float(amount),
                    _AT: one.said_at.astimezone(UTC).replace(tzinfo=None),
                    _FROM: _HERE,
                }
            )
    return pa.Table.from_pylist(rows, _schema())


def _loaded(seen: View, day: date) -> pa.Table:
    if not seen.snapshot.has("forecast_submission"):
        return _schema().empty_table()
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    columns = ["person_id", "starts_on", "ends_on", "category", _AT, "amount", "currency"]
    rows = scene.table("forecast_submission", columns)
    said_on = exp.alias_(exp.cast(exp.column(_AT), "DATE"), "submitted_on")
    rows = exp.select(*columns, said_on).from_(rows.subquery("said", copy=False))
    rows = converted(rows, ["amount"], exp.column("submitted_on"), "forecast_submission", scene)
    found = run(seen.engine, rows)
    found = found.filter(pc.is_valid(found["amount"]))
    place = pa.array([_LOADED] * found.num_rows, pa.int64())
    return found.append_column(_FROM, place).select(_WORDS).cast(_schema())


def _schema() -> pa.Schema:
    return pa.schema([*SUBMITTED, (_AT, pa.timestamp("us")), (_FROM, pa.int64())])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
