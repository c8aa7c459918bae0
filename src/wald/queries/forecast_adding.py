"""Makes the forecast of a day add up over everybody, regions, teams and reps, for keeping.

Only actions and queries that have asked for rights call it; what is shown of it is cut.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from wald.brain.coherence import REST
from wald.brain.forecast import Known
from wald.brain.frames import Frame, frame_now, frames_before
from wald.brain.ground import Ground
from wald.brain.hierarchy import ALL
from wald.brain.reconciled import TITLES, Reconciled, reconciled
from wald.brain.rounding import rounded_sums
from wald.brain.telling import Telling, only_adds
from wald.kernel.money import minor_units
from wald.queries.forecast_kept import LEVELS


def levels_of(
    ground: Ground, known: Known, telling: Telling, trials: Sequence[pa.Table]
) -> tuple[pa.Table, dict[str, object]]:
    """Return LEVELS of everybody with what the meta tells of them; both empty where no rep is told
    anything."""
    whole = pa.concat_tables(trials).unify_dictionaries() if trials else None
    past = () if whole is None else frames_before(ground, known, whole.combine_chunks(), telling)
    now = frame_now(ground, known, telling)
    found = reconciled(now, past, floored=only_adds(known))
    if found is None:
        return LEVELS.empty_table(), {}
    rows = _rows(now, found, known, minor_units(ground.currency))
    return pa.Table.from_pylist(rows, LEVELS), _told(found, past)


def _rows(now: Frame, found: Reconciled, known: Known, digits: int) -> list[Mapping[str, object]]:
    sums = found.sums.amounts
    below = {key: (*own, REST + key) for key, own in now.below.items()}
    leaves = {key: amount for key, amount in sums.items() if key not in below}
    exact = rounded_sums(leaves, below, ALL, digits)
    quotas = _quotas(now, known)
    rows: list[Mapping[str, object]] = []
    for one in now.places:
        draws = found.draws[one.key]
        told = found.as_told.get(one.key)
        rows.append(
            {
                "level": one.level,
                "unit": one.key,
                "title": one.title,
                "parent": one.parent,
                "owners": sorted(one.owners),
                "amount": f"{exact[one.key]:f}",
                "rest": f"{exact[REST + one.key]:f}" if one.key in below else None,
                "draws": draws.tolist(),
                "told": now.points[one.key],
                "told_draws": None if told is None else told.tolist(),
                "closed": now.closed[one.key],
                "quota": quotas.get(one.key),
                "weight": found.sums.weights.get(one.key),
            }
        )
    return rows


def _quotas(now: Frame, known: Known) -> Mapping[str, float]:
    """Return quotas by place: a region's are those of its teams."""
    found = dict(known.quotas)
    for one in now.places:
        own = [known.quotas[key] for key in now.below.get(one.key, ()) if key in known.quotas]
        if one.level == "region" and own:
            found[one.key] = float(np.sum(own))
    return found


def _told(found: Reconciled, past: Sequence[Frame]) -> dict[str, object]:
    over = found.over
    return {
        "method": found.sums.method,
        "title": TITLES[found.sums.method],
        "why": found.why,
        "periods": [one.period.label for one in past],
        "over": None if over is None else [over.low, over.estimate, over.high],
        "errors": [[one.way, one.level, one.error, one.periods] for one in found.scores],
    }
