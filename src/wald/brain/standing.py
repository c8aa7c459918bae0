"""How often a cause stands when what was counted is drawn again.

Only the best cells are weighed against each other again, so that a table of any size costs little.
A rate's tries are drawn anew within leaves, now and before (parametric bootstrap); of a sum, leaves
are drawn with their Poisson weights. Efron (1979), Annals of Statistics 7: 1-26.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from wald.brain.lattice import Cut, only
from wald.brain.place_search import Ground, Pick, Taste, claimed


def standing(
    cuts: Sequence[Cut],
    candidates: Iterable[Pick],
    may: Collection[tuple[int, int]],
    taste: Taste,
    drawn: Iterable[Ground],
) -> Mapping[tuple[int, int], float]:
    """Return the share of draws in which each candidate, by cut and cell, is claimed; `may` are
    those that can be."""
    cells: dict[int, list[int]] = {}
    for pick in candidates:
        known = cells.setdefault(pick.cut, [])
        if pick.cell not in known:
            known.append(pick.cell)
    small = [only(cuts[at], known) for at, known in cells.items()]
    inside = np.logical_or.reduce(
        [cut.cell < cut.cells - 1 for cut in small] or [np.zeros(0, bool)]
    )
    small = [replace(cut, cell=cut.cell[inside]) for cut in small]
    allowed = [
        np.array([(at, cell) in may for cell in known] + [False]) for at, known in cells.items()
    ]
    names = [(at, known) for at, known in cells.items()]
    times: Counter[tuple[int, int]] = Counter()
    draws = 0
    for whole in drawn:
        draws += 1
        ground = replace(whole, columns=tuple(column[inside] for column in whole.columns))
        for pick in claimed(small, ground, taste, lambda at, _: allowed[at]):
            at, known = names[pick.cut]
            times[at, known[pick.cell]] += 1
    return {key: many / draws for key, many in times.items()}
