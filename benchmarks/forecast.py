"""Forecasts in full size: a back-test of eight quarters, and the paths of one; time and memory.

Beside the back-test: its deals as of each week by SQL written by hand, which reads what the
back-test reads and forecasts nothing, and one simple method as a plain Python loop over deals,
measured on a few weeks and scaled. Beside the paths: the same futures by a loop of NumPy over
paths, a hundredth scaled, and by plain Python, one path scaled. What is compared is processor time.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import numpy as np

from benchmarks.figure import Figure, own_peak_gb
from benchmarks.forecast_world import BOOKED_FROM, DEALS, QUARTERS, write_forecast_world
from benchmarks.memory import Watched
from wald.brain.new_deals import Flow, draw_flow
from wald.brain.open_deals import Amounts, Standing, draw_open
from wald.brain.shock import Shock

AT = datetime(2025, 2, 11, 8, tzinfo=UTC)
MOST_SECONDS, MOST_GB = 300.0, 4.0
OPEN_DEALS, REPS, PATHS, MOST_PATH_SECONDS = 40_000, 1_000, 10_000, 5.0
FEW_WEEKS, FEW_PATHS = 4, 100
WEEKS = 14 * QUARTERS

# A day's deals as an analyst would write it: what the first later change of a field replaced.
_AS_OF = """
WITH later AS (
  SELECT opportunity_id,
         arg_min(old, changed_at) FILTER (WHERE field = 'stage') AS stage,
         arg_min(old, changed_at) FILTER (WHERE field = 'outcome') AS outcome,
         arg_min(old, changed_at) FILTER (WHERE field = 'amount') AS amount,
         arg_min(old, changed_at) FILTER (WHERE field = 'close_on') AS close_on,
         count(*) FILTER (WHERE field = 'closed_on') AS is_closed_later
    FROM '{world}/opportunity_change.parquet'
   WHERE changed_at >= TIMESTAMP '{after}' GROUP BY 1)
SELECT o.opportunity_id, o.owner_id, p.team, a.segment, o.type, o.lead_source,
       coalesce(l.stage, o.stage) AS stage, coalesce(l.outcome, o.outcome) AS outcome,
       CAST(coalesce(CAST(l.amount AS DECIMAL(18, 4)), o.amount) AS DOUBLE) AS amount,
       CAST(o.created_at AS DATE) AS opened_on,
       coalesce(CAST(l.close_on AS DATE), o.close_on) AS close_on,
       CASE WHEN l.is_closed_later > 0 THEN NULL ELSE o.closed_on END AS closed_on
  FROM '{world}/opportunity.parquet' o LEFT JOIN later l USING (opportunity_id)
  LEFT JOIN '{world}/person.parquet' p ON p.person_id = o.owner_id
  LEFT JOIN '{world}/account.parquet' a ON a.account_id = o.account_id
 WHERE o.created_at < TIMESTAMP '{after}'"""


def forecasting(room: Path, deals: int = DEALS) -> Iterator[Figure]:
    """Measure the back-test in a process of its own, so that its memory is its own; then paths."""
    found = _measured(room, deals)
    share = f"{found['busy'] / found['run']:.1f} cores busy, load {found['load']:.1f}"
    yield Figure(
        f"back-test of {QUARTERS} quarters, 13 weeks each, {deals:,} deals",
        f"≤ {MOST_SECONDS:.0f} s",
        f"{found['run']:.0f} s ({found['busy']:.0f} s of processor time, {share})",
        found["run"] <= MOST_SECONDS,
    )
    peak = found["peak"]
    yield Figure("memory of it", f"≤ {MOST_GB:.0f} GB", f"{peak:.2f} GB", peak <= MOST_GB)
    sql = _cpu(lambda: as_of_by_hand(room / "world"))[0]
    yield Figure("its deals as of each week by SQL by hand, no forecast", "",
                 f"{sql:.0f} s of processor time; the back-test takes {found['busy'] / sql:.1f} "
                 "times it", None)  # fmt: skip
    loop = plain_loop(room / "world")
    yield Figure("one simple method as a Python loop over deals, scaled", "",
                 f"{loop:.0f} s of processor time; the back-test of all takes "
                 f"{found['busy'] / loop:.1f} times it", None)  # fmt: skip
    yield from paths()


def as_of_by_hand(world: Path) -> None:
    """Read the deals of every week of the back-test as of the week."""
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        for week in range(WEEKS):
            day = BOOKED_FROM + timedelta(days=week * 6.5)
            connection.execute(_as_of(world, day)).to_arrow_table()


def plain_loop(world: Path) -> float:
    """Return processor seconds of every week's stage-weighted forecast, scaled from a few:
    rates of each stage over all quarters before, each deal of this day at the rate of its own."""
    with duckdb.connect() as connection:
        rows = connection.execute(_as_of(world, date(2024, 5, 15))).to_arrow_table().to_pylist()
        ended = f"SELECT opportunity_id, outcome, closed_on FROM '{world}/opportunity.parquet'"
        ends = {one[0]: one[1:] for one in connection.execute(ended).fetchall()}
    started, until = time.process_time(), date(2024, 6, 30)
    for _ in range(FEW_WEEKS):
        opened: dict[str, float] = {}
        won: dict[str, float] = {}
        for _ in range(QUARTERS // 2):  # as many quarters before, on average
            for row in rows:
                if row["outcome"] != "open":
                    continue
                stage, amount = row["stage"], row["amount"]
                opened[stage] = opened.get(stage, 0.0) + amount
                outcome, closed_on = ends[row["opportunity_id"]]
                if outcome == "won" and closed_on <= until:
                    won[stage] = won.get(stage, 0.0) + amount
        rate = {stage: won.get(stage, 0.0) / amount for stage, amount in opened.items()}
        by_owner: dict[str, float] = {}
        for row in rows:
            if row["outcome"] == "open":
                worth = row["amount"] * rate[row["stage"]]
                by_owner[row["owner_id"]] = by_owner.get(row["owner_id"], 0.0) + worth
    return (time.process_time() - started) / FEW_WEEKS * WEEKS


def _as_of(world: Path, day: date) -> str:
    return _AS_OF.format(world=world, after=f"{day + timedelta(days=1)} 00:00:00")


def paths() -> Iterator[Figure]:
    """Measure the draws of open deals and of deals not yet created, of one process on one core."""
    rng = np.random.default_rng(1)
    deals = Standing(
        rng.beta(1, 4, OPEN_DEALS),
        rng.lognormal(10, 0.6, OPEN_DEALS),
        rng.integers(0, REPS, OPEN_DEALS),
        rng.integers(0, 100, OPEN_DEALS),
    )
    amounts, shock = Amounts(rng.normal(1, 0.1, 2_000), 1.0), Shock(0.0, 0.2, 0.1, 8.0, 8)
    flow, shares = Flow(4_000.0, 0.2, 20_000.0, 10_000.0), np.full(REPS, 1 / REPS)

    def drawn() -> None:
        draw_open(deals, amounts, shock, (REPS, PATHS, 125), rng)
        draw_flow(flow, shares, PATHS, rng)

    seconds, wall = _cpu(drawn)
    yield Figure(
        f"{PATHS:,} paths over {OPEN_DEALS:,} open deals and those to come, {REPS:,} reps",
        f"≤ {MOST_PATH_SECONDS:.0f} s",
        f"{seconds:.1f} s of processor time, {wall:.1f} s by the clock",
        seconds <= MOST_PATH_SECONDS,
    )
    peak = own_peak_gb()
    yield Figure("memory of them", f"≤ {MOST_GB:.0f} GB", f"{peak:.2f} GB", peak <= MOST_GB)
    by_numpy = _cpu(lambda: _paths_by_numpy(deals, rng))[0] * PATHS / FEW_PATHS
    yield Figure("open deals alone by a NumPy loop over paths, 1 % scaled", "",
                 f"{by_numpy:.1f} s; ours take {seconds / by_numpy:.2f} of it", None)  # fmt: skip
    by_python = _cpu(lambda: _path_by_python(deals))[0] * PATHS
    yield Figure("the same by plain Python, one path scaled", "",
                 f"{by_python:.0f} s; ours take {seconds / by_python:.3f} of it",
                 None)  # fmt: skip


def _paths_by_numpy(deals: Standing, rng: np.random.Generator) -> None:
    """Draw a hundredth of the paths as one would write it: every deal, then sums of reps."""
    odds = deals.chance / (1 - deals.chance)
    for _ in range(FEW_PATHS):
        bent = odds * np.exp(0.2 * rng.standard_normal())
        won = rng.random(OPEN_DEALS) < bent / (1 + bent)
        worth = deals.amount * rng.normal(1, 0.1, OPEN_DEALS)
        np.bincount(deals.owner, won * worth, REPS)


def _path_by_python(deals: Standing) -> None:
    chance, amount = deals.chance.tolist(), deals.amount.tolist()
    owner, sums = deals.owner.tolist(), [0.0] * REPS
    dice = Random(1)  # noqa: S311  # of a benchmark
    for place, one in enumerate(chance):
        if dice.random() < one:
            sums[owner[place]] += amount[place] * dice.gauss(1, 0.1)


def _cpu(work: Callable[[], None]) -> tuple[float, float]:
    """Return seconds of the processor and by the clock."""
    started, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - started, time.perf_counter() - clock


def _measured(room: Path, deals: int) -> dict[str, float]:
    """Run this module in a process of its own; return what it printed."""
    command = [sys.executable, "-m", "benchmarks.forecast", str(room), str(deals)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    pairs = (line.split("=") for line in done.stdout.splitlines() if "=" in line)
    return {name: float(value) for name, value in pairs}


def main() -> None:
    """Make a world, load and back-test it, and print what was measured, a figure a line."""
    room, deals = Path(sys.argv[1]), int(sys.argv[2])
    shutil.rmtree(room, ignore_errors=True)
    write_forecast_world(room / "world", deals)
    home = room / "home"
    home.mkdir()
    os.environ["WALD_HOME"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "wald.site.settings"
    import django

    django.setup()
    from wald.actions import ingest
    from wald.actions.backtest import run_backtest
    from wald.actions.workspace import open_workspace
    from wald.facts.load_report import LoadOptions
    from wald.kernel.actor import everything

    key: dict[str, Any] = {"workspace": open_workspace(home), "actor": everything("ana"), "at": AT}
    ingest.load(folder=room / "world", options=LoadOptions(), **key)
    with Watched() as memory:
        busy, clock = _busy(), time.perf_counter()
        made = run_backtest(back=QUARTERS, **key)
        seconds, busy = time.perf_counter() - clock, _busy() - busy
    periods = made.kept.meta["periods"]
    assert made.is_new
    assert isinstance(periods, list)
    assert len(periods) == QUARTERS
    found = {"run": seconds, "busy": busy, "peak": memory.peak, "load": os.getloadavg()[0]}
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in found.items()))


def _busy() -> float:
    """Return seconds of the processor that this process has taken."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
