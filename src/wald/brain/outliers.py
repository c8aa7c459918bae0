"""Does one mean lie out of those of all others, by how far they differ anyway?

Each is held beside a sample without it: t with one left out, which is Grubbs's test (1950, Ann.
Math. Stat. 21: 27-58). Assumes that means of people who are all alike are about normal.
Source: docs/insights/commit_bias.md
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wald.brain.detector import Size
from wald.brain.places import Floats
from wald.brain.telling_shifts import quantile


@dataclass(frozen=True, slots=True)
class Outlier:
    """How far one mean lies from that of the others."""

    size: Size
    others: float
    p_value: float


def outliers(means: Floats, count: Floats) -> Iterator[Outlier | None]:
    """Yield one for each mean; None where the others do not differ at all. Who has fewer rows than
    others spreads further."""
    from scipy import stats

    freedom = len(means) - 2
    for number in range(len(means)):
        others = np.delete(means, number)
        wider = max(1.0, float(np.sqrt(np.delete(count, number).mean() / count[number])))
        error = float(others.std(ddof=1)) * wider * float(np.sqrt(1 + 1 / len(others)))
        if error <= 0:
            yield None
            continue
        middle = float(others.mean())
        change, reach = float(means[number]) - middle, quantile(freedom) * error
        p_value = float(2 * stats.t.sf(abs(change / error), freedom))
        yield Outlier(Size(change - reach, change, change + reach), middle, p_value)
