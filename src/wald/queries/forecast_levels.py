"""The forecast that adds up, as somebody sees it: of their units the amount with its interval, what
the method told before, and which way is used and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from wald.brain.reconciled import Score
from wald.brain.scoring import bounds
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units, rounded
from wald.kernel.period import Grain
from wald.kernel.workspace import Workspace
from wald.queries.forecast_kept import Kept, day_of
from wald.queries.forecasts import kept_of, seen_units
from wald.queries.kept import kept
from wald.queries.measure import View, view

SHOWN = 0.8  # of the intervals, the one that is shown


@dataclass(frozen=True, slots=True)
class Level:
    """A unit's amount that adds up, with its 80 % interval. `rest` is what a sum holds beside the
    units below it: of people who are no rep, and of nobody. `weight` is how much a unit of money
    more that its lead said would add, None where that does not count."""

    key: str
    level: str
    title: str
    parent: str
    amount: Decimal
    low: Decimal
    high: Decimal
    rest: Decimal | None
    told: Decimal
    weight: float | None
    draws: tuple[float, ...]
    told_draws: tuple[float, ...]  # of a region, which no method tells by itself

    def chance(self, quota: Decimal | None) -> float | None:
        """Return the chance to reach a quota, None without one."""
        if quota is None:
            return None
        return float((np.array(self.draws) >= float(quota)).mean())


@dataclass(frozen=True, slots=True)
class Levels:
    """`units` the asker sees, by key. `method` and `why` are of the way used; `errors` of every
    way over earlier periods, as far from their end."""

    units: Mapping[str, Level]
    method: str
    title: str
    why: str
    errors: tuple[Score, ...]


def levels(*, actor: Actor, workspace: Workspace, grain: Grain = Grain.QUARTER) -> Levels | None:
    """Return the newest forecast that adds up, of the units all of whose people the asker sees;
    None: none is kept, or no rep is told anything."""
    seen = view(actor=actor, workspace=workspace)
    found = kept_of(seen, workspace, grain)
    return None if found is None else levels_seen(seen, found)


def levels_seen(seen: View, found: Kept) -> Levels | None:
    """Return the same of what is kept."""
    key = (seen.signature, "levels", found.key, found.made_at, found.is_fresh)
    return kept(key, lambda: _levels(seen, found))


def _levels(seen: View, found: Kept) -> Levels | None:
    told = found.meta.get("levels")
    if not isinstance(told, dict) or not told:
        return None

    units = seen_units(seen, found.levels, day_of(found.meta, "day"))
    digits = minor_units(str(found.meta["currency"]))
    rows = (row for row in found.levels.to_pylist() if row["unit"] in units)
    return Levels(
        units={str(row["unit"]): _level(row, digits) for row in rows},
        method=str(told["method"]),
        title=str(told["title"]),
        why=str(told["why"]),
        errors=tuple(
            Score(str(way), str(level), float(error), int(periods))
            for way, level, error, periods in told["errors"]
        ),
    )


def _level(row: Mapping[str, object], digits: int) -> Level:
    draws = _floats(row["draws"])
    low, high = bounds(np.array([draws]), SHOWN)
    rest, weight = row["rest"], row["weight"]
    return Level(
        key=str(row["unit"]),
        level=str(row["level"]),
        title=str(row["title"]),
        parent=str(row["parent"]),
        amount=Decimal(str(row["amount"])),
        low=rounded(Decimal(float(low[0])), digits),
        high=rounded(Decimal(float(high[0])), digits),
        rest=None if rest is None else Decimal(str(rest)),
        told=rounded(Decimal(str(row["told"])), digits),
        weight=None if weight is None else float(str(weight)),
        draws=draws,
        told_draws=_floats(row["told_draws"]),
    )


def _floats(found: object) -> tuple[float, ...]:
    return tuple(map(float, found)) if isinstance(found, list) else ()
