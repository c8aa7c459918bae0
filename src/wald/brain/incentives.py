"""What people do around the clauses of their plans, all looks of all clauses judged together.

Something is found where Holm's (1979) correction over all looks leaves it at half a per cent, so
that of companies in which nobody acts on any clause at most one in a hundred is told anything, with
room for p-values that are not exact. A hint is what the false
discovery rate (Benjamini and Hochberg, 1995) leaves at 5 %. Whatever is found is told of the clause
and of sums over people, never of a person: aggregates alone do not say who moved what, or whether
they sold more instead (Steenburgh, 2008, Quantitative Marketing and Economics 6: 235-256).
Source: docs/calibration/incentives.md
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

FOUND, HINT, NOTHING, FEW = "found", "hint", "nothing", "too little"
SHOWN = "shown"  # told for what it is: nothing is judged
_SURE, _LEVEL = 0.005, 0.05


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one clause. `words` tell what was measured, with its doubt."""

    key: str  # bunching, timing, pull_forward
    p_value: float | None  # None: too little to tell
    words: str
    verdict: str = FEW


def judged(looks: Sequence[Look]) -> tuple[Look, ...]:
    """Return looks with their verdicts, all judged together."""
    from scipy.stats import false_discovery_control

    places = [place for place, one in enumerate(looks) if one.p_value is not None]
    p_values = [one.p_value for one in looks if one.p_value is not None]
    found = list(looks)
    if not p_values:
        return tuple(found)
    rates = false_discovery_control(p_values)
    sure = _holm(p_values)
    for place, rate, is_sure in zip(places, rates, sure, strict=True):
        verdict = FOUND if is_sure else HINT if rate <= _LEVEL else NOTHING
        found[place] = replace(looks[place], verdict=verdict)
    return tuple(found)


def _holm(p_values: Sequence[float]) -> list[bool]:
    """Return which are found at _SURE, the smallest first until one is not."""
    found = [False] * len(p_values)
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda one: p_values[one])):
        if p_values[place] > _SURE / (len(p_values) - rank):
            break
        found[place] = True
    return found
