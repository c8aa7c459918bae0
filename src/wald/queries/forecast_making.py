"""Computes back-tests and today's forecast of everybody, period by period, and keeps them.

Only actions and queries that have asked for rights call it; what is shown of it is cut.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.backtest import trials_of
from wald.brain.forecast import Known, Parts, forecasters
from wald.brain.ground import Ground, known_on
from wald.brain.record import TRIALS, record_of
from wald.brain.telling import Level, Telling, tell
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.chances_kept import keep_chances
from wald.queries.forecast_adding import levels_of
from wald.queries.forecast_deals import Told
from wald.queries.forecast_ground import Wanted, asked_period, read_ground
from wald.queries.forecast_kept import (
    TODAY,
    Kept,
    folder_of,
    keep_today,
    keep_trials,
    kept_trials,
    key_of,
)
from wald.queries.forecast_submitted import Marks, said_here
from wald.queries.measure import View

_FROM_DEALS = "deal_hazards"  # the forecaster that tells open deals one by one
SEED = 0  # of everything that is drawn: the same facts give the same forecast


def make(
    seen: View, workspace: Workspace, wanted: Wanted, said: Marks, at: datetime, told: Told
) -> Path:
    """Back-test every period that is over and tell the next, in the folder of these facts.

    Periods kept before, also by a run that died, are not computed again. Raises BadInput without
    facts.

    `said` was read before: what somebody says meanwhile is computed again.
    """
    _, period = asked_period(seen, wanted)
    ground = read_ground(seen, wanted, told, said_here(workspace))
    folder = folder_of(seen, key_of(seen, wanted.grain, said.settled))
    over = [one for one in ground.over if one.end <= period.start]
    trials: list[pa.Table] = []
    for place, one in enumerate(over):
        told(f"Back-test of {one.label}", place, len(over))
        found = kept_trials(folder, one.label)
        if found is None:
            found = trials_of(ground, one, trials, forecasters(), seed=SEED)
            keep_trials(folder, one.label, found)
        trials.append(found)
    told(f"Forecast of {period.label}", len(over), len(over))
    known, telling, parts = told_of(ground, period, trials)
    levels, adding = levels_of(ground, known, telling, trials)
    meta = _meta(ground, period, wanted, telling, over, at)
    meta |= {"said": said.all, "levels": adding}
    today = today_of(known, telling, parts)
    told("Chances of open deals", len(over), len(over))
    luck = _luck(known.day, period, _FROM_DEALS)
    keep_chances(seen, wanted.grain, known, _sd_of_all(today), at, luck)
    keep_today(folder, today, levels, meta)
    return folder


def make_one(
    seen: View, workspace: Workspace, wanted: Wanted, kept: Kept | None, at: datetime, told: Told
) -> Kept:
    """Return the forecast of any period on any day, without keeping it: with the track record
    that is kept, as far as its periods were over on the day. Raises BadInput without facts."""
    day, period = asked_period(seen, wanted)
    ground = read_ground(seen, wanted, told, said_here(workspace))
    trials = [] if kept is None else [kept.trials]
    told(f"Forecast of {period.label}", 0, None)
    known, telling, parts = told_of(ground, period, trials)
    over = [one for one in ground.over if one.end <= period.start]
    levels, adding = levels_of(ground, known, telling, trials)
    meta = _meta(ground, period, wanted, telling, over, at) | {"levels": adding}
    past = TRIALS.empty_table() if kept is None else kept.trials
    ended = pc.less_equal(past["ends_on"], pa.scalar(day + timedelta(days=1), pa.date32()))
    today = today_of(known, telling, parts)
    return Kept("", meta, past.filter(ended), today, levels, is_fresh=True)


def told_of(
    ground: Ground, period: Period, trials: Sequence[pa.Table]
) -> tuple[Known, Telling, Mapping[str, Mapping[str, Parts]]]:
    """Return what is known on the last day of the ground, and what every method makes of it."""
    day = ground.days[-1]
    known = known_on(ground, day, period)
    methods = forecasters()
    telling = tell(known, record_of(trials, day), methods, seed=SEED)
    parts = {}
    for key, method in methods.items():
        if method.parts is not None and key not in telling.unable:
            # The same chance as in telling, so that the parts add up to what was told.
            parts[key] = method.parts(known, _luck(day, period, key))
    return known, telling, parts


def _luck(day: date, period: Period, method: str) -> np.random.Generator:
    numbers = (SEED, day.toordinal(), period.start.toordinal(), crc32(method.encode()))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(numbers)))


def _sd_of_all(today: pa.Table) -> float | None:
    """Return how much the bookings of everybody vary, as the forecast from deals tells it."""
    told = pc.and_(pc.equal(today["level"], "all"), pc.equal(today["method"], _FROM_DEALS))
    rows = today.filter(told)
    return float(np.std(rows["draws"][0].as_py())) if rows.num_rows else None


def today_of(known: Known, telling: Telling, parts: Mapping[str, Mapping[str, Parts]]) -> pa.Table:
    """Return TODAY."""
    rows = [row for level in telling.levels for row in _rows(level, known, parts)]
    return pa.Table.from_pylist(rows, schema=TODAY)


def _rows(
    level: Level, known: Known, parts: Mapping[str, Mapping[str, Parts]]
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for place, unit in enumerate(level.units):
        same = {
            "level": level.level,
            "unit": unit.key,
            "title": unit.title,
            "owners": sorted(unit.owners),
            "closed": float(level.closed[place]),
            "quota": known.quotas.get(unit.key),
        }
        for method in level.methods:
            if not method.told[place]:
                continue
            made_of = parts.get(method.key, {}).get(unit.key)
            found.append(
                same
                | {
                    "method": method.key,
                    "point": float(method.points[place]),
                    "draws": method.draws[place].tolist(),
                    "is_point": method.is_point,
                    "is_used": level.used[place] == method.key,
                    "share": level.shares.get(method.key),
                    "open": made_of.open if made_of else None,
                    "new": made_of.new if made_of else None,
                }
            )
    return found


def _meta(
    ground: Ground,
    period: Period,
    wanted: Wanted,
    telling: Telling,
    over: Sequence[Period],
    at: datetime,
) -> dict[str, object]:
    choices = {
        level.level: {
            "method": level.choice.method,
            "why": level.choice.why,
            "periods": level.choice.periods,
        }
        for level in telling.levels
        if level.choice is not None
    }
    return {
        "grain": wanted.grain.value,
        "made_at": at.isoformat(),
        "day": ground.days[-1].isoformat(),
        "period": period.label,
        "starts_on": period.start.isoformat(),
        "ends_on": period.end.isoformat(),
        "weeks_left": telling.weeks,
        "currency": ground.currency,
        "periods": [one.label for one in over],
        "choices": choices,
        "unable": dict(telling.unable),
        "problems": [[one.where, one.what, one.fix] for one in ground.problems],
        "names": {seat.person_id: seat.name for seat in ground.seats},
    }
