"""Back-tests: what every method would have said on every week of past periods, and what came.

Each day sees what was known on it, and errors of periods that were over on it: the order of
periods is the order of time.
Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from wald.brain.forecast import Forecaster, grid
from wald.brain.ground import Ground, booked_in, known_on
from wald.brain.history import Sums, sums
from wald.brain.record import TRIALS, record_of
from wald.brain.scoring import bounds, crps
from wald.brain.telling import Level, Method, Telling, tell
from wald.kernel.period import Period

_SHARES = {50: 0.5, 80: 0.8, 95: 0.95}


def trials_of(
    ground: Ground,
    period: Period,
    earlier: Sequence[pa.Table],
    methods: Mapping[str, Forecaster],
    *,
    seed: int = 0,
    every: int = 1,
) -> pa.Table:
    """Return the trials of one period that is over, on each day of its grid but the last.

    `earlier` holds the trials of periods before it; with `every` 3 each third day is told.
    """
    came = sums(booked_in(ground, period), "booked_on", [(period.start, period.last_day)])
    record = record_of(earlier, period.start - timedelta(days=1))  # of which nothing ends later
    tables = []
    for day in grid(period)[:-1:every]:
        telling = tell(known_on(ground, day, period), record, methods, seed=seed)
        tables += [_level(level, telling, day, period, came) for level in telling.levels]
    whole = [one for one in tables if one.num_rows]
    return pa.concat_tables(whole).unify_dictionaries() if whole else TRIALS.empty_table()


def backtest(
    ground: Ground,
    periods: Sequence[Period],
    methods: Mapping[str, Forecaster],
    *,
    seed: int = 0,
    every: int = 1,
) -> tuple[pa.Table, ...]:
    """Return the trials of `periods`, which are over, oldest first: a table each."""
    found: list[pa.Table] = []
    for period in periods:
        found.append(trials_of(ground, period, found, methods, seed=seed, every=every))
    return tuple(found)


def _level(level: Level, telling: Telling, day: date, period: Period, came: Sums) -> pa.Table:
    actual = np.array([came.of(unit.key)[0] for unit in level.units])
    tables = [_method(level, one, telling, day, period, actual) for one in level.methods]
    return pa.concat_tables(tables) if tables else TRIALS.empty_table()


def _method(
    level: Level, method: Method, telling: Telling, day: date, period: Period, actual: np.ndarray
) -> pa.Table:
    at = np.flatnonzero(method.told)
    draws = method.draws[at]
    columns: dict[str, object] = {
        "method": _same(method.key, len(at)),
        "level": _same(level.level, len(at)),
        "unit": _texts([level.units[place].key for place in at]),
        "lead": _texts([level.units[place].lead for place in at]),
        "period": _same(period.label, len(at)),
        "starts_on": pa.repeat(pa.scalar(period.start), len(at)),
        "ends_on": pa.repeat(pa.scalar(period.end), len(at)),
        "day": pa.repeat(pa.scalar(day), len(at)),
        "weeks_left": np.full(len(at), telling.weeks),
        "point": method.points[at],
        "actual": actual[at],
        "closed": level.closed[at],
        "scale": level.scales[at],
        "crps": crps(draws, actual[at]),
        "is_used": np.array([level.used[place] == method.key for place in at], bool),
    }
    for name, share in _SHARES.items():
        columns[f"low_{name}"], columns[f"high_{name}"] = bounds(draws, share)
    return pa.table({name: columns[name] for name in TRIALS.names}, schema=TRIALS)


def _texts(texts: Sequence[str]) -> pa.Array:
    return pa.array(texts, pa.string()).dictionary_encode()


def _same(text: str, count: int) -> pa.Array:
    codes = pa.array(np.zeros(count, np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([text], pa.string()))
