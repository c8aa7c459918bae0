"""How often a cause stands when what was counted is drawn again.

Only the best cells are weighed against each other again, so that a table of any size costs little.
A rate's tries are drawn anew within leaves, now and before (parametric bootstrap); of a sum, leaves
are drawn with their Poisson weights. Efron (1979), Annals of Statistics 7: 1-26.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from wald.brain.lattice import Cut, Flags, only
from wald.brain.place_search import Ground, Pick, Taste, claimed

DRAWS = 50


def standing(
    cuts: Sequence[Cut],
    candidates: Iterable[Pick],
    may: Sequence[Flags],
    taste: Taste,
    drawn: Sequence[Ground],
) -> Mapping[tuple[int, int], float]:
    """Return the share of draws in which each candidate, by cut and cell, is claimed."""
    cells: dict[int, list[int]] = {}
    for pick in candidates:
        known = cells.setdefault(pick.cut, [])
        if pick.cell not in known:
            known.append(pick.cell)
    small = [only(cuts[at], known) for at, known in cells.items()]
    allowed = [np.append(may[at][known], False) for at, known in cells.items()]
    names = [(at, known) for at, known in cells.items()]
    times: Counter[tuple[int, int]] = Counter()
    for ground in drawn:
        for pick in claimed(small, ground, taste, allowed):
            at, known = names[pick.cut]
            times[at, known[pick.cell]] += 1
    return {key: many / max(len(drawn), 1) for key, many in times.items()}
