"""Whether people say too much or too little, and whether what managers say beats their reps' sum.

A person's lean in a period is the mean of (said - came) / usual period over its last weeks; many
periods make their lean, drawn to that of all people by how far chance alone spreads it: empirical
Bayes, variances after DerSimonian & Laird (1986), Controlled Clinical Trials 7: 177-188.
Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.brain.scoring import added, student
from wald.brain.stats import Interval

Floats: TypeAlias = NDArray[np.float64]

LAST = 3  # the last part of a period in which a commit is meant: one third
_LEAST = 2  # periods of a person


@dataclass(frozen=True, slots=True)
class Lean:
    """How somebody leans, as a share of their usual period: above 0 they say too much.

    `raw` is the mean as it is, `shrunken` what it tells beyond chance; `was` is rep or manager.
    """

    person_id: str
    was: str
    periods: int
    raw: float
    shrunken: Interval

    @property
    def verdict(self) -> str:
        if self.shrunken.high < 0:
            return "says too little"
        return "says too much" if self.shrunken.low > 0 else "no lean shown"


@dataclass(frozen=True, slots=True)
class Helped:
    """By which share a manager was less off than the sum of the reps; None: too few periods."""

    person_id: str
    periods: int
    trials: int
    less_off: Interval | None

    @property
    def verdict(self) -> str:
        if self.less_off is None:
            return "too few periods to say"
        if self.less_off.low > 0:
            return "helped"
        return "made it worse" if self.less_off.high < 0 else "no difference shown"


def leans(trials: pa.Table) -> tuple[Lean, ...]:
    """Return how reps and managers lean, by person, from their commits among the trials."""
    return (*_leans(trials, "rep_commit", "rep"), *_leans(trials, "manager_commit", "team"))


def _leans(trials: pa.Table, method: str, level: str) -> list[Lean]:
    said = _of(trials, method, level)
    weeks = said["weeks_left"].to_numpy()
    whole = int(weeks.max(initial=0))
    said = said.filter(pa.array(weeks * LAST <= whole))
    scale = said["scale"].to_numpy()
    said = said.filter(pa.array(scale > 0))
    off = said["point"].to_numpy() - said["actual"].to_numpy()
    by: dict[str, dict[str, list[float]]] = {}
    people, periods = said["lead"].to_pylist(), said["period"].to_pylist()
    for person, period, one in zip(people, periods, off / said["scale"].to_numpy(), strict=True):
        by.setdefault(person, {}).setdefault(period, []).append(float(one))
    own = {
        person: np.array([np.mean(ones) for ones in found.values()])
        for person, found in sorted(by.items())
        if person and len(found) >= _LEAST
    }
    return _shrunken(own, "manager" if level == "team" else "rep") if own else []


def _shrunken(own: Mapping[str, Floats], was: str) -> list[Lean]:
    counts = np.array([len(one) for one in own.values()], float)
    means = np.array([one.mean() for one in own.values()])
    degrees = float((counts - 1).sum())
    within = sum(float(((one - one.mean()) ** 2).sum()) for one in own.values()) / degrees
    errors = np.maximum(within, 1e-12) / counts
    weight = 1 / errors
    middle = float((weight * means).sum() / weight.sum())
    excess = float((weight * (means - middle) ** 2).sum()) - (len(means) - 1)
    divisor = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(0.0, excess / divisor) if divisor > 0 else 0.0
    weight = 1 / (errors + between)
    middle = float((weight * means).sum() / weight.sum())
    trust = between / (between + errors)
    best = middle + trust * (means - middle)
    # What is not yet known of the middle of all counts for who is drawn to it.
    spread = np.sqrt(trust * errors + (1 - trust) ** 2 / weight.sum())
    reach = float(student(0.975, max(1.0, degrees))) * spread
    return [
        Lean(
            person,
            was,
            int(count),
            float(raw),
            Interval(float(one - wide), float(one), float(one + wide)),
        )
        for person, count, raw, one, wide in zip(own, counts, means, best, reach, strict=True)
    ]


def helped(trials: pa.Table) -> tuple[Helped, ...]:
    """Return whether what managers said was less off than the sum of their reps, by manager."""
    boss, reps = (_of(trials, key, "team") for key in ("manager_commit", "rep_commit"))
    theirs = {key: off for key, off in zip(_keys(reps), _off(reps), strict=True)}
    found: dict[str, list[tuple[float, float, str]]] = {}
    rows = zip(
        boss["lead"].to_pylist(), boss["period"].to_pylist(), _keys(boss), _off(boss), strict=True
    )
    for person, period, key, off in rows:
        if person and key in theirs:
            found.setdefault(person, []).append((off, theirs[key], period))
    return tuple(_helped(person, rows) for person, rows in sorted(found.items()))


def _helped(person: str, rows: Sequence[tuple[float, float, str]]) -> Helped:
    own, sums, periods = zip(*rows, strict=True)
    over = added(np.array(own), np.array(sums), periods)
    return Helped(person, len(set(periods)), len(rows), over)


def _of(trials: pa.Table, method: str, level: str) -> pa.Table:
    return trials.filter(
        pc.and_(pc.equal(trials["method"], method), pc.equal(trials["level"], level))
    )


def _keys(rows: pa.Table) -> list[tuple[str, object]]:
    return list(zip(rows["unit"].to_pylist(), rows["day"].to_pylist(), strict=True))


def _off(rows: pa.Table) -> list[float]:
    off = np.abs(rows["point"].to_numpy() - rows["actual"].to_numpy())
    return [float(one) for one in off]
