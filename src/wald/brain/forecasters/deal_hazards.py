"""Chances of each open deal from weekly hazards, deals not yet created, and a common shock.

Reads     open, past, closed, booked
Tells     1,000 draws of every unit, the same futures for all
Unable    below 25 won or lost deals, without an earlier period, or with unlinked bookings
Source    docs/forecast/deal_hazards.md
"""

from collections.abc import Mapping

import numpy as np

from wald.brain.bookings_ahead import bookings_ahead
from wald.brain.forecast import Forecaster, Known, Parts, Told, Unable


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    found = bookings_ahead(known, rng)
    return found if isinstance(found, Unable) else found.told()


def parts(known: Known, rng: np.random.Generator) -> Mapping[str, Parts]:
    """Return the means of open deals and of deals not yet created; empty where Unable."""
    found = bookings_ahead(known, rng)
    return {} if isinstance(found, Unable) else found.parts()


FORECASTER = Forecaster(
    key="deal_hazards",
    title="Deal by deal",
    says=(
        "Closed so far, plus each open deal by its chance to be won in time, plus deals not yet "
        "created; all deals of a future share its good or bad luck."
    ),
    is_simple=False,
    forecast=forecast,
    source="docs/forecast/deal_hazards.md",
    parts=parts,
)
