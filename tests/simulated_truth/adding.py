"""What making forecasts add up is worth: `python -m tests.simulated_truth.adding`.

Worlds of nine reps in three teams, with a known spread of misses for everybody, teams and reps.
Prints which way is used after some periods, how far off it was for everybody, teams and reps beside
reps added up, how often it is said to be shown better, and how often 80 % intervals held. Seeds
from 900,000 on.
"""

import argparse
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from tests.adding_worlds import worlds
from wald.brain.coherence import BOTTOM_UP
from wald.brain.reconciled import reconciled

KINDS = {
    "everybody told well, reps badly": (10, 15, 40),
    "each as its reps would add up": (90, 52, 30),
    "reps told well, everybody badly": (200, 80, 5),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    count = parser.parse_args().worlds
    for name, spreads in KINDS.items():
        for periods in (6, 12, 24):
            show(name, spreads, periods, count)


def show(name: str, spreads: tuple[float, float, float], periods: int, count: int) -> None:
    off: dict[str, list[float]] = {}
    used, better, held = 0, 0, []
    for seed in range(count):
        *past, last = worlds(periods + 1, spreads, 900_000 + seed)
        found = reconciled(replace(last, actual=MappingProxyType({})), past, floored=False)
        if found is None:
            raise RuntimeError("a drawn world has reps")
        used += found.sums.method != BOTTOM_UP
        better += found.over is not None and found.over.low > 0
        for place in last.places:
            came = last.actual[place.key]
            low, high = np.quantile(found.draws[place.key], [0.1, 0.9])
            held.append(low <= came <= high)
            for way, amounts in (("used", found.sums), ("up", found.ways[BOTTOM_UP])):
                key = f"{place.level} {way}"
                off.setdefault(key, []).append(abs(amounts.amounts[place.key] - came))
    ratio = {
        level: np.mean(off[f"{level} used"]) / np.mean(off[f"{level} up"])
        for level in ("all", "team", "rep")
    }
    told = ", ".join(f"{level} {one:.0%}" for level, one in ratio.items())
    print(  # a command of its own
        f"{name}, {periods} periods: not added up {used / count:.0%}, shown better "
        f"{better / count:.0%}; off, of reps added up: {told}; held {np.mean(held):.0%}"
    )


if __name__ == "__main__":
    main()
