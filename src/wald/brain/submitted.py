"""What people said their period would book: the last word of each up to the day.

Source: docs/forecast/README.md
"""

from collections.abc import Mapping

import pyarrow.compute as pc

from wald.brain.forecast import Known

COMMIT = "commit"


def last_said(known: Known, category: str = COMMIT) -> Mapping[str, float]:
    """Return what each person last said of exactly this period, by key of the person."""
    rows = known.submitted
    is_period = pc.and_(
        pc.equal(rows["starts_on"], known.period.start), pc.equal(rows["ends_on"], known.period.end)
    )
    of_it = rows.filter(pc.and_(is_period, pc.equal(rows["category"], category)))
    persons, amounts = of_it["person_id"].to_pylist(), of_it["amount"].to_pylist()
    return dict(zip(persons, amounts, strict=True))  # rows stand in the order they were said
