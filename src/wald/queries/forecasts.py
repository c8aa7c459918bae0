"""The model forecast as somebody sees it: of their units every method side by side, and which of
them is used and why. What is shown was computed for everybody and is cut to the units all of
whose people the asker may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.brain.combining import COMBINED
from wald.brain.forecast import LEVELS, Parts, forecasters
from wald.brain.scoring import LEVELS_OF_COVER, bounds, wape
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, grain_of, read_period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.forecast_deals import Told
from wald.queries.forecast_ground import Wanted, asked_period
from wald.queries.forecast_kept import Kept, day_of, find
from wald.queries.forecast_making import make_one
from wald.queries.forecast_submitted import marks
from wald.queries.kept import kept
from wald.queries.measure import View, view

Floats: TypeAlias = NDArray[np.float64]
COMBINATION = "Combination"
GRAINS = (Grain.QUARTER, Grain.MONTH)


@dataclass(frozen=True, slots=True)
class Said:
    """What one method says of a unit: `point`, and within which bounds 50, 80 and 95 % lie.

    `chance` is that of making the quota, `past` how far off it was before: summed errors as a
    share of what came (WAPE) and mean CRPS likewise, at the level, about as far from the end.
    """

    method: str
    title: str
    is_simple: bool
    is_used: bool
    point: float
    middle: float
    bounds: tuple[tuple[float, float], ...]
    share: float | None
    chance: float | None
    wape: float | None
    crps: float | None
    trials: int


@dataclass(frozen=True, slots=True)
class UnitForecast:
    """`draws` are those of what is used, rising; `parts` what a method expects beside what is
    closed, None where none can tell."""

    key: str
    level: str
    title: str
    closed: float
    quota: float | None
    said: tuple[Said, ...]
    draws: tuple[float, ...]
    parts: Parts | None
    parts_of: str

    @property
    def used(self) -> Said | None:
        return next((one for one in self.said if one.is_used), None)


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """`units` the asker sees, `shown` the one asked for; `why` which method is used and why."""

    period: str
    starts_on: date
    ends_on: date
    day: date
    weeks_left: int
    made_at: datetime
    is_fresh: bool
    currency: str
    periods: int
    why: str
    units: tuple[UnitForecast, ...]
    shown: UnitForecast | None
    unable: tuple[tuple[str, str], ...]  # title of a method, why it says nothing
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A method there is; `source` is its page in the documentation."""

    key: str
    title: str
    says: str
    is_simple: bool
    source: str


def methods(*, actor: Actor) -> tuple[MethodLine, ...]:
    """Return every method by which Wald forecasts, the simple ones first."""
    actor.must("facts.read")
    return tuple(
        MethodLine(one.key, one.title, one.says, one.is_simple, one.source)
        for one in forecasters().values()
    )


def title_of(method: str) -> str:
    found = forecasters().get(method)
    return found.title if found is not None else COMBINATION


def forecast_page(
    *, actor: Actor, workspace: Workspace, grain: str = "", unit: str = ""
) -> ForecastPage | None:
    """Return the newest forecast that is kept; None: none is yet. Raises BadInput for a grain or
    a unit that is none, or is not seen."""
    seen = view(actor=actor, workspace=workspace)
    found = kept_of(seen, workspace, read_grain(grain))
    return None if found is None else page_seen(seen, found, unit)


def page_seen(seen: View, found: Kept, unit: str = "") -> ForecastPage:
    """Return the same of what is kept."""
    key = (seen.signature, "forecast page", found.key, found.made_at, found.is_fresh, unit)
    return kept(key, lambda: _page(seen, found, unit))


def forecast_of(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    period: str = "",
    as_of: date | None = None,
    unit: str = "",
    told: Told = lambda step, done, total: None,
) -> ForecastPage:
    """Compute the forecast of any period as of any day; slow, as everybody's deals are read.

    Raises BadInput for a period that is none, or where nothing is loaded.
    """
    seen = view(actor=actor, workspace=workspace)
    span = read_period(period, seen.terms.calendar) if period else None
    grain = grain_of(period) if period else Grain.QUARTER
    if isinstance(span, Problem) or grain not in GRAINS:
        problem = Problem("period", f"{period!r} is no quarter and no month", "write 2026-Q3")
        raise BadInput("This period cannot be forecast.", [problem])
    wanted = Wanted(grain, span, _day(as_of, span))
    found = make_one(seen, workspace, wanted, kept_of(seen, workspace, grain), at, told)
    return _page(seen, found, unit)


def _day(as_of: date | None, span: Period | None) -> date | None:
    """Return the day asked about: the last of the period where none is said."""
    return as_of if as_of is not None or span is None else span.last_day


def read_grain(text: str) -> Grain:
    """Read quarter or month; "" is a quarter. Raises BadInput."""
    wanted = {one.value: one for one in GRAINS}
    if text and text not in wanted:
        problem = Problem("grain", f"{text!r} is not one", "write quarter or month")
        raise BadInput("There is no forecast of such periods.", [problem])
    return wanted.get(text, Grain.QUARTER)


def kept_of(seen: View, workspace: Workspace, grain: Grain) -> Kept | None:
    """Return what is kept, with trials and today's rows of everybody; None: nothing is."""
    if seen.snapshot.reaches is None:
        return None
    return find(seen, grain, marks(workspace, *asked_period(seen, Wanted(grain))))


def seen_units(seen: View, today: pa.Table, day: date) -> frozenset[str]:
    """Return the units of which the asker may see everybody's rows."""
    persons = seen.snapshot.seen_on(day)
    names = pc.unique(today["unit"])
    if persons is None:
        return frozenset(names.to_pylist())
    first = pc.index_in(names, value_set=today["unit"].combine_chunks())
    owners = today["owners"].take(first).to_pylist()
    return frozenset(
        unit
        for unit, own in zip(names.to_pylist(), owners, strict=True)
        if own and persons.issuperset(own)
    )


def _page(seen: View, found: Kept, unit: str) -> ForecastPage:
    meta = found.meta
    day = day_of(meta, "day")
    units = seen_units(seen, found.today, day)
    weeks = int(str(meta["weeks_left"]))
    past = _past(found.trials, weeks)
    forecasts = _units(found.today, units, past)
    shown = next((one for one in forecasts if one.key == unit), None)
    if unit and shown is None:
        problem = Problem("unit", f"{unit!r} is none that you see", "choose one of the list")
        raise BadInput("There is no forecast of this unit.", [problem])
    shown = shown or (forecasts[0] if forecasts else None)
    choices = meta["choices"]
    why = ""
    if shown is not None and isinstance(choices, dict) and shown.level in choices:
        why = str(choices[shown.level]["why"])
    unable, problems, periods = meta["unable"], meta["problems"], meta["periods"]
    return ForecastPage(
        period=str(meta["period"]),
        starts_on=day_of(meta, "starts_on"),
        ends_on=day_of(meta, "ends_on"),
        day=day,
        weeks_left=weeks,
        made_at=datetime.fromisoformat(str(meta["made_at"])),
        is_fresh=found.is_fresh,
        currency=str(meta["currency"]),
        periods=len(periods) if isinstance(periods, list) else 0,
        why=why,
        units=forecasts,
        shown=shown,
        unable=tuple((title_of(key), str(why)) for key, why in unable.items())
        if isinstance(unable, dict)
        else (),
        problems=tuple(Problem(*map(str, one)) for one in problems)
        if isinstance(problems, list)
        else (),
    )


def _past(
    trials: pa.Table, weeks: int
) -> Mapping[tuple[str, str], tuple[float | None, float | None, int]]:
    """Return WAPE, CRPS share and trials by level and method, within a week of the distance."""
    near = pc.less_equal(pc.abs(pc.subtract(trials["weeks_left"], max(1, weeks))), 1)
    close = trials.filter(near)
    found = {}
    for level in LEVELS:
        of_level = close.filter(pc.equal(close["level"], level))
        for method in pc.unique(of_level["method"]).to_pylist():
            own = of_level.filter(pc.equal(of_level["method"], method))
            actual, points = own["actual"].to_numpy(), own["point"].to_numpy()
            whole = float(np.abs(actual).sum())
            loss = float(own["crps"].to_numpy().sum()) / whole if whole else None
            found[level, method] = (wape(points, actual), loss, own.num_rows)
    return found


def _units(
    today: pa.Table,
    units: frozenset[str],
    past: Mapping[tuple[str, str], tuple[float | None, float | None, int]],
) -> tuple[UnitForecast, ...]:
    rows: dict[str, list[Mapping[str, object]]] = {}
    for row in today.to_pylist():
        if row["unit"] in units:
            rows.setdefault(row["unit"], []).append(row)
    return tuple(_unit(ones, past) for ones in rows.values())


def _unit(
    rows: Sequence[Mapping[str, object]],
    past: Mapping[tuple[str, str], tuple[float | None, float | None, int]],
) -> UnitForecast:
    first = rows[0]
    quota = first["quota"]
    target = float(str(quota)) if quota is not None else None
    said, own, parts, parts_of = [], (), None, ""
    for row in rows:
        draws = np.array(row["draws"], float)
        method, level = str(row["method"]), str(row["level"])
        wide, loss, trials = past.get((level, method), (None, None, 0))
        limits = [bounds(draws[None, :], share) for share in LEVELS_OF_COVER]
        if row["is_used"]:
            own = tuple(draws.tolist())
        if row["open"] is not None and parts is None:
            parts = Parts(float(str(row["open"])), float(str(row["new"])))
            parts_of = title_of(method)
        found = forecasters().get(method)
        said.append(
            Said(
                method=method,
                title=title_of(method),
                is_simple=found is not None and found.is_simple,
                is_used=bool(row["is_used"]),
                point=float(str(row["point"])),
                middle=float(np.median(draws)),
                bounds=tuple((float(low[0]), float(high[0])) for low, high in limits),
                share=None if row["share"] is None else float(str(row["share"])),
                chance=None if target is None else float((draws >= target).mean()),
                wape=wide,
                crps=loss,
                trials=trials,
            )
        )
    said.sort(key=lambda one: (not one.is_used, one.method != COMBINED, one.is_simple, one.title))
    return UnitForecast(
        key=str(first["unit"]),
        level=str(first["level"]),
        title=str(first["title"]),
        closed=float(str(first["closed"])),
        quota=target,
        said=tuple(said),
        draws=own,
        parts=parts,
        parts_of=parts_of,
    )
