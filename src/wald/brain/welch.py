"""The difference of two means whose rows vary differently: Welch (1947), Biometrika 34: 28-35."""

from typing import TypeAlias

import numpy as np

from wald.brain.detector import Size
from wald.brain.mean_shifts import within
from wald.brain.places import Floats
from wald.brain.telling_shifts import quantile

Counted: TypeAlias = tuple[float, ...]  # how many, their sum, the sum of their squares


def spread_of(count: Floats, added: Floats, squares: Floats) -> float:
    """Return how much more means of places vary from slot to slot than single rows would, never
    under 1: Pearson's chi-square over its degrees of freedom."""
    some = count > 1
    variance = within(count, added, squares)
    if not variance > 0:
        return 1.0
    level = added.sum(axis=1) / np.maximum(count.sum(axis=1), 1)
    away = (
        (np.where(some, added / np.maximum(count, 1), 0) - level[:, None]) ** 2 * count / variance
    )
    freedom = some.sum() - some.any(axis=1).sum()
    return max(1.0, float(away[some].sum()) / freedom) if freedom > 0 else 1.0


def welch(own: Counted, rest: Counted, *, spread: float, margin: float) -> tuple[Size, float]:
    """Return the difference of two means with its interval, and the p-value beyond a margin.

    Assumes rows that do not hang together but for `spread`."""
    from scipy import stats

    means = [one[1] / one[0] for one in (own, rest)]
    errors = [
        max(one[2] - one[1] ** 2 / one[0], 1e-9) / (one[0] - 1) / one[0] * spread
        for one in (own, rest)
    ]
    counts = (own[0], rest[0])
    freedom = sum(errors) ** 2 / sum(e * e / (n - 1) for e, n in zip(errors, counts, strict=True))
    change, error = means[0] - means[1], float(np.sqrt(sum(errors)))
    away = max(0.0, abs(change) - margin)
    reach = quantile(freedom) * error
    p_value = float(2 * stats.t.sf(away / error, freedom))
    return Size(change - reach, change, change + reach), p_value
