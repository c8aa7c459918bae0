"""Closed so far, plus open deals at the share of their stage that was won in time before.

Reads     open, past, closed, booked
Tells     a point of each unit
Unable    without open deals, without a stage, or with nothing to measure or state a chance by
Source    docs/forecast/stage_weighted.md
"""

import numpy as np

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.open_rates import told_by


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    return told_by(known, "stage")


FORECASTER = Forecaster(
    key="stage_weighted",
    title="Stage-weighted",
    says="Closed so far, plus open deals at the share of their stage won in time before.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/stage_weighted.md",
)
