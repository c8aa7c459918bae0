"""A model forecast in full size: 10,000 paths over 40,000 open deals of 1,000 reps, and its fit."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from benchmarks.figure import Figure, own_peak_gb
from wald.brain.forecast import OPEN, Known
from wald.brain.hazards import chances, fit_hazards
from wald.brain.new_deals import Flow, draw_flow
from wald.brain.open_deals import Amounts, Standing, draw_open
from wald.brain.shock import Shock

DEALS, REPS, PATHS = 40_000, 1_000, 10_000
MOST_SECONDS, MOST_GB = 5.0, 4.0


def paths() -> Iterator[Figure]:
    """Measure the draws of open deals and of deals not yet created, with the memory it takes.

    Seconds of one process on one core; the machine may do other things.
    """
    rng = np.random.default_rng(1)
    deals = Standing(
        rng.beta(1, 4, DEALS),
        rng.lognormal(10, 0.6, DEALS),
        rng.integers(0, REPS, DEALS),
        rng.integers(0, 100, DEALS),
    )
    amounts, shock = Amounts(rng.normal(1, 0.1, 2_000), 1.0), Shock(0.0, 0.2, 0.1, 8.0, 8)
    flow, shares = Flow(4_000.0, 0.2, 20_000.0, 10_000.0), np.full(REPS, 1 / REPS)

    def drawn() -> None:
        draw_open(deals, amounts, shock, (REPS, PATHS, 125), rng)
        draw_flow(flow, shares, PATHS, rng)

    seconds = _cpu(drawn)
    yield Figure(
        f"{PATHS:,} paths over {DEALS:,} open deals and the deals to come, sums of {REPS:,} reps",
        f"≤ {MOST_SECONDS:.0f} s",
        f"{seconds:.1f} s of processor time",
        seconds <= MOST_SECONDS,
    )
    peak = own_peak_gb()
    yield Figure("memory of it", f"≤ {MOST_GB:.0f} GB", f"{peak:.2f} GB", peak <= MOST_GB)


def fitting(known: Known) -> Iterator[Figure]:
    """Measure learning the hazards of a world and the chances of its open deals."""
    rng = np.random.default_rng(1)
    found: list[object] = []
    seconds = _cpu(lambda: found.append(fit_hazards(known, rng)))
    model = found[0]
    yield Figure(f"hazards from {known.past.num_rows:,} open deals of earlier days", "",
                 f"{seconds:.1f} s of processor time", None)  # fmt: skip
    from wald.brain.hazards import Hazards

    if isinstance(model, Hazards):
        until = known.period.last_day
        seconds = _cpu(lambda: found.append(chances(model, known.open, until)))
        yield Figure(f"chances of {known.open.num_rows:,} open deals", "",
                     f"{seconds:.2f} s of processor time", None)  # fmt: skip


def big_known(known: Known, times: int) -> Known:
    """Return a world's open deals several times over, each copy with keys of its own."""
    from dataclasses import replace

    def copied(rows: pa.Table) -> pa.Table:
        parts = []
        for place in range(times):
            keys = pa.array([f"{key}-{place}" for key in rows["opportunity_id"].to_pylist()])
            at = rows.column_names.index("opportunity_id")
            parts.append(rows.set_column(at, rows.field(at), keys))
        return pa.concat_tables(parts).combine_chunks()

    return replace(known, open=copied(known.open), past=copied(known.past).cast(OPEN),
                   closed=copied(known.closed))  # fmt: skip


def _cpu(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
