"""How often forecasts were right: error by week, coverage with its band, value added, people.

Computed of the trials of the units that the asker sees; nobody else's are in any figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.combining import COMBINED, COMMIT, LINEARITY
from wald.brain.forecast import LEVELS, forecasters
from wald.brain.leaning import Helped, Lean, helped, leans
from wald.brain.scoring import LEVELS_OF_COVER, Coverage, added, bias, coverage, wape
from wald.brain.stats import Interval
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.forecast_kept import Kept, day_of
from wald.queries.forecasts import kept_of, read_grain, seen_units, title_of
from wald.queries.kept import kept
from wald.queries.measure import View, view

USED = "used"  # what Wald would have shown, whichever method it was
_BASELINES = (LINEARITY, COMMIT)


@dataclass(frozen=True, slots=True)
class Score:
    """How far off a method was: WAPE, bias and CRPS as shares of what came."""

    wape: float | None
    bias: float | None
    crps: float | None
    trials: int


@dataclass(frozen=True, slots=True)
class Added:
    """By which share the CRPS of a method is below a baseline's, where both said something."""

    baseline: str
    title: str
    less: Interval | None
    trials: int


@dataclass(frozen=True, slots=True)
class MethodRecord:
    """`weeks` by weeks to the end, most first; `cover` of 50, 80 and 95 % intervals over all."""

    method: str
    title: str
    is_simple: bool
    overall: Score
    weeks: Mapping[int, Score]
    cover: tuple[Coverage, ...]
    cover_by_week: Mapping[int, Coverage]  # of 80 % intervals
    added: tuple[Added, ...]


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """One past period of one unit: what came, and what Wald would have said in its middle."""

    period: str
    actual: float
    said: float
    low: float
    high: float

    @property
    def held(self) -> bool:
        return self.low <= self.actual <= self.high


@dataclass(frozen=True, slots=True)
class PersonLine:
    name: str
    lean: Lean


@dataclass(frozen=True, slots=True)
class HelpedLine:
    name: str
    helped: Helped


@dataclass(frozen=True, slots=True)
class TrackRecord:
    level: str
    levels: tuple[str, ...]  # of which the asker sees units
    periods: tuple[str, ...]
    units: int
    made_at: datetime
    is_fresh: bool
    currency: str
    methods: tuple[MethodRecord, ...]  # the first is what was used
    past: tuple[PeriodLine, ...]
    people: tuple[PersonLine, ...]
    helped: tuple[HelpedLine, ...]
    problems: tuple[Problem, ...]


def track_record(
    *, actor: Actor, workspace: Workspace, grain: str = "", level: str = ""
) -> TrackRecord | None:
    """Return the track record of a level; None: nothing is kept yet. Raises BadInput for a grain
    or a level that is none."""
    seen = view(actor=actor, workspace=workspace)
    found = kept_of(seen, workspace, read_grain(grain))
    if level and level not in LEVELS:
        problem = Problem("level", f"{level!r} is not one", "write all, team or rep")
        raise BadInput("There is no track record of such a level.", [problem])
    if found is None:
        return None
    key = (seen.signature, "track record", found.key, found.made_at, found.is_fresh, level)
    return kept(key, lambda: _record(seen, found, level))


def _record(seen: View, found: Kept, level: str) -> TrackRecord:
    day = day_of(found.meta, "day")
    units = seen_units(seen, found.today, day)
    whole = found.trials
    if seen.snapshot.seen_on(day) is not None:
        known = pa.array(sorted(units), pa.string())
        whole = whole.filter(pc.is_in(whole["unit"].cast(pa.string()), value_set=known))
    levels = tuple(one for one in LEVELS if any(unit.startswith(one) for unit in units))
    chosen = level or (levels[0] if levels else "all")
    own = whole.filter(pc.equal(whole["level"], chosen))
    names, problems = found.meta["names"], found.meta["problems"]
    called = names if isinstance(names, dict) else {}
    persons = seen.snapshot.seen_on(day)
    return TrackRecord(
        level=chosen,
        levels=levels,
        periods=tuple(dict.fromkeys(own["period"].to_pylist())),
        units=len(pc.unique(own["unit"])),
        made_at=datetime.fromisoformat(str(found.meta["made_at"])),
        is_fresh=found.is_fresh,
        currency=str(found.meta["currency"]),
        methods=_methods(own),
        past=_past(own),
        people=tuple(
            PersonLine(str(called.get(one.person_id, one.person_id)), one)
            for one in leans(found.trials)
            if persons is None or one.person_id in persons
        ),
        helped=tuple(
            HelpedLine(str(called.get(one.person_id, one.person_id)), one)
            for one in helped(found.trials)
            if persons is None or one.person_id in persons
        ),
        problems=tuple(Problem(*map(str, one)) for one in problems)
        if isinstance(problems, list)
        else (),
    )


def _methods(trials: pa.Table) -> tuple[MethodRecord, ...]:
    used = trials.filter(trials["is_used"])
    tables = {USED: used} if used.num_rows else {}
    order = [COMBINED, *sorted(forecasters(), key=lambda key: forecasters()[key].is_simple)]
    for method in order:
        own = trials.filter(pc.equal(trials["method"], method))
        if own.num_rows:
            tables[method] = own
    losses = {method: _losses(rows) for method, rows in tables.items()}
    return tuple(_method(method, rows, losses) for method, rows in tables.items())


def _method(
    method: str, rows: pa.Table, losses: Mapping[str, Mapping[tuple[str, object], float]]
) -> MethodRecord:
    weeks = sorted(set(rows["weeks_left"].to_pylist()), reverse=True)
    by_week = {week: rows.filter(pc.equal(rows["weeks_left"], week)) for week in weeks}
    found = forecasters().get(method)
    covers = [_cover(rows, share) for share in LEVELS_OF_COVER]
    by_week_covers = {week: _cover(one, 0.8) for week, one in by_week.items()}
    return MethodRecord(
        method=method,
        title="What Wald shows" if method == USED else title_of(method),
        is_simple=found is not None and found.is_simple,
        overall=_score(rows),
        weeks={week: _score(one) for week, one in by_week.items()},
        cover=tuple(one for one in covers if one is not None),
        cover_by_week={week: one for week, one in by_week_covers.items() if one is not None},
        added=tuple(
            _added(losses[method], losses[other], rows, other)
            for other in _BASELINES
            if other in losses and other != method
        ),
    )


def _score(rows: pa.Table) -> Score:
    points, actual = rows["point"].to_numpy(), rows["actual"].to_numpy()
    whole = float(np.abs(actual).sum())
    loss = float(rows["crps"].to_numpy().sum()) / whole if whole else None
    return Score(wape(points, actual), bias(points, actual), loss, rows.num_rows)


def _cover(rows: pa.Table, share: float) -> Coverage | None:
    actual = rows["actual"].to_numpy()
    low, high = (rows[f"{side}_{share * 100:.0f}"].to_numpy() for side in ("low", "high"))
    # What is closed already is told exactly, up to what a float holds.
    hair = 1e-9 * np.maximum(1.0, np.abs(actual))
    hits = (low - hair <= actual) & (actual <= high + hair)
    return coverage(share, hits, rows["period"].to_pylist())


def _losses(rows: pa.Table) -> Mapping[tuple[str, object], float]:
    keys = zip(rows["unit"].to_pylist(), rows["day"].to_pylist(), strict=True)
    return dict(zip(keys, rows["crps"].to_pylist(), strict=True))


def _added(
    ours: Mapping[tuple[str, object], float],
    theirs: Mapping[tuple[str, object], float],
    rows: pa.Table,
    baseline: str,
) -> Added:
    keys = zip(rows["unit"].to_pylist(), rows["day"].to_pylist(), strict=True)
    both = [
        (ours[key], theirs[key], period)
        for key, period in zip(keys, rows["period"].to_pylist(), strict=True)
        if key in theirs
    ]
    less = None
    if both:
        one, other, periods = zip(*both, strict=True)
        less = added(np.array(one), np.array(other), periods)
    return Added(baseline, title_of(baseline), less, len(both))


def _past(trials: pa.Table) -> tuple[PeriodLine, ...]:
    """Return the past periods of a level of one unit; of more there is no one line to show."""
    if len(pc.unique(trials["unit"])) != 1:
        return ()
    used = trials.filter(trials["is_used"])
    lines = []
    for period in dict.fromkeys(used["period"].to_pylist()):
        own = used.filter(pc.equal(used["period"], period)).to_pylist()
        middle = _middle(own)
        lines.append(
            PeriodLine(
                period, middle["actual"], middle["point"], middle["low_80"], middle["high_80"]
            )
        )
    return tuple(lines)


def _middle(rows: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    half = max(row["weeks_left"] for row in rows) / 2
    return min(rows, key=lambda row: (abs(row["weeks_left"] - half), row["weeks_left"]))
