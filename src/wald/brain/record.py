"""What is kept of forecasts that could be scored: one row per method, unit and day, and its use.

A record made for a day holds trials of periods that were over on it, and none else: nothing a
method will get wrong later may teach it.
Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.combining import Losses
from wald.brain.dressing import NONE, Misses

EMPTY = NONE
_TEXT = pa.dictionary(pa.int32(), pa.string())
TRIALS = pa.schema(
    [
        ("method", _TEXT),
        ("level", _TEXT),
        ("unit", _TEXT),
        ("lead", _TEXT),  # who submits for the unit, "" where nobody is known to
        ("period", _TEXT),  # its label
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),  # the first day after it
        ("day", pa.date32()),  # on which the forecast was made
        ("weeks_left", pa.int64()),
        ("point", pa.float64()),  # as the method says it; the median of a distribution
        ("actual", pa.float64()),
        ("closed", pa.float64()),  # of it was booked on the day
        ("scale", pa.float64()),  # what the unit usually books in a period
        ("low_50", pa.float64()),
        ("high_50", pa.float64()),
        ("low_80", pa.float64()),
        ("high_80", pa.float64()),
        ("low_95", pa.float64()),
        ("high_95", pa.float64()),
        ("crps", pa.float64()),
        ("is_used", pa.bool_()),  # would have been shown
    ]
)


@dataclass(frozen=True, slots=True)
class Record:
    """Past misses and losses, by method and level."""

    misses: Mapping[tuple[str, str], Misses]
    losses: Mapping[tuple[str, str], Losses]


NOTHING = Record(MappingProxyType({}), MappingProxyType({}))


def record_of(trials: Sequence[pa.Table], day: date) -> Record:
    """Return the record of those trials whose period was over at the end of `day`."""
    if not trials:
        return NOTHING
    whole = pa.concat_tables(trials).unify_dictionaries().combine_chunks()
    on = pa.scalar(day, pa.date32())
    # The last day of a period is the day before it ends.
    whole = whole.filter(
        pc.less_equal(whole["ends_on"].cast(pa.int32()), pc.add(on.cast(pa.int32()), 1))
    )
    if not whole.num_rows:
        return NOTHING
    codes = {name: whole[name].combine_chunks() for name in ("method", "level", "unit")}
    numbers = {name: one.indices.to_numpy().astype(np.int64) for name, one in codes.items()}
    names = {name: one.dictionary.to_pylist() for name, one in codes.items()}
    pair = numbers["method"] * len(names["level"]) + numbers["level"]
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
    columns = {name: whole[name].to_numpy() for name in ("point", "actual", "scale", "crps")}
    columns |= {name: whole[name].cast(pa.int32()).to_numpy() for name in ("ends_on", "day")}
    columns["weeks_left"] = whole["weeks_left"].to_numpy()
    misses: dict[tuple[str, str], Misses] = {}
    losses: dict[tuple[str, str], Losses] = {}
    for at in np.split(order, starts[1:]):
        method, level = divmod(int(pair[at[0]]), len(names["level"]))
        key = (names["method"][method], names["level"][level])
        misses[key], losses[key] = _own(columns, numbers["unit"], at)
    return Record(MappingProxyType(misses), MappingProxyType(losses))


def _own(
    columns: Mapping[str, np.ndarray], unit: np.ndarray, at: np.ndarray
) -> tuple[Misses, Losses]:
    own = {name: column[at] for name, column in columns.items()}
    counts = own["scale"] > 0
    own = {name: column[counts] for name, column in own.items()}
    scale, ends = own["scale"].astype(float), own["ends_on"].astype(np.int64)
    weeks = np.maximum(own["weeks_left"].astype(np.int64), 1)
    trial = own["day"].astype(np.int64) * (int(unit.max()) + 1) + unit[at][counts]
    off = (own["actual"].astype(float) - own["point"].astype(float)) / scale
    return Misses(off, weeks, ends), Losses(own["crps"].astype(float) / scale, weeks, ends, trial)
