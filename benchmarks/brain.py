"""A whole night over a million deals, the cause of one number, and a verdict, beside plain ways."""

import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure, median_ratio, median_seconds, own_peak_gb, run_process
from wald.brain.localise import Leaves, locate

SCALE = 161  # of the simulator: a million deals with twelve million changes in three years
NIGHT_SECONDS, NIGHT_GB = 600, 6.0
CAUSE_SECONDS, VERDICT_SECONDS = 2.0, 3.0
MOST = 1.5
_DIMENSIONS = (("region", 5), ("segment", 4), ("product", 20), ("source", 5), ("country", 10))

# What a detector adds up for one night, as an analyst would write it.
_PLACES = """
  SELECT p.region, a.segment, d.lead_source, d.type, p.team,
         CAST(FLOOR(DATE_DIFF('day', d.closed_on, DATE '{day}') / 91) AS INT) AS slot,
         COUNT(*), COUNT(*) FILTER (WHERE d.outcome = 'won'),
         SUM(d.amount) FILTER (WHERE d.outcome = 'won')
    FROM fact_opportunity d
    LEFT JOIN fact_account a ON a.account_id = d.account_id
    ASOF LEFT JOIN fact_person p ON p.person_id = d.owner_id AND p.valid_from <= d.closed_on
   WHERE d.closed_on IS NOT NULL
   GROUP BY GROUPING SETS ((slot), (slot, p.region), (slot, a.segment), (slot, d.lead_source),
                           (slot, d.type), (slot, p.team), (slot, p.region, a.segment))"""


def big_company(room: Path) -> Path:
    """Return a home that holds the simulated company, made at the first call."""
    home, folder = room / "home", room / "company"
    if not home.exists():
        print("simulating and loading a million deals …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        wald = [sys.executable, "-m", "wald"]
        run_process([*wald, "simulate", "--scale", str(SCALE), "--out", str(folder)])
        draft = home.with_name("draft")
        shutil.rmtree(draft, ignore_errors=True)
        run_process([*wald, "load", str(folder), "--home", str(draft)])
        shutil.rmtree(folder)
        draft.rename(home)
    return home


def thinking(home: Path) -> Iterator[Figure]:
    wald = [sys.executable, "-m", "wald", "notice", "--dry-run", "--json", "--home", str(home)]
    night = run_process(wald)
    yield Figure(
        "a night: every detector over a million deals",
        f"{NIGHT_SECONDS} s",
        f"{night.seconds:.0f} s",
        night.seconds <= NIGHT_SECONDS,
    )
    peak = night.peak_gb
    yield Figure("the same: peak memory", f"{NIGHT_GB:.0f} GB", f"{peak:.2f} GB", peak <= NIGHT_GB)
    yield from _sums_of_one(home)
    yield _cause()
    yield _verdict(home)
    yield Figure("the last three: peak memory", "", f"{own_peak_gb():.2f} GB", None)


def _sums_of_one(home: Path) -> Iterator[Figure]:
    """The sums of one detector against SQL by hand that adds up fewer places and no shards."""
    from wald.actions.workspace import open_workspace
    from wald.brain.agreed import Agreed
    from wald.brain.detector import Night, detectors
    from wald.engine.connect import run
    from wald.facts.relations import Scene
    from wald.kernel.actor import everything
    from wald.kernel.bitemporal import AsOf
    from wald.queries.measure import view

    seen = view(actor=everything("benchmark"), workspace=open_workspace(home))
    day = seen.snapshot.reaches
    assert day is not None
    night = Night(Scene(seen.snapshot, AsOf(day), seen.terms), Agreed(), slots=11)
    tree = detectors()["win_rate_shift"].measure(night)
    mine, other, ratio = median_ratio(
        lambda: run(seen.engine, tree),
        lambda: seen.engine.fetch(_PLACES.format(day=day)),
        runs=3,
    )
    yield Figure(
        "the sums of one detector by place, slot and shard",
        "",
        f"{ratio:.2f} x by hand ({mine:.1f} against {other:.1f} s)",
        None,
    )


def _cause() -> Figure:
    leaves = _leaves()
    seconds = median_seconds(lambda: locate(leaves), runs=5)
    plain = median_seconds(lambda: _plain_cause(leaves), runs=3)
    return Figure(
        f"root cause of one rate over {len(leaves.value):,} leaves",
        f"{CAUSE_SECONDS:.0f} s",
        f"{seconds:.2f} s; every pair in a plain loop {plain:.2f} s",
        seconds <= CAUSE_SECONDS,
    )


def _leaves() -> Leaves:
    """Return leaves of a rate with eight earlier moments, and one place where it fell."""
    chance = np.random.default_rng(11)
    sizes = [size for _, size in _DIMENSIONS]
    codes = np.indices(sizes).reshape(len(sizes), -1).T.astype(np.int64)
    count = len(codes)
    tries = chance.poisson(40, (9, count)).astype(float)
    share = np.full((9, count), 0.3)
    share[-1, (codes[:, 0] == 2) & (codes[:, 2] == 7)] = 0.1
    hits = chance.binomial(tries.astype(int), share).astype(float)
    return Leaves(
        tuple(name for name, _ in _DIMENSIONS),
        tuple(tuple(f"{name} {n}" for n in range(size)) for name, size in _DIMENSIONS),
        codes,
        hits[-1],
        tries[-1],
        hits[:-1],
        tries[:-1],
    )


def _plain_cause(leaves: Leaves) -> tuple[float, object]:
    """Return the place of one or two values with the greatest excess, leaf by leaf."""
    assert leaves.size is not None
    assert leaves.past_value is not None
    assert leaves.past_size is not None
    usual = leaves.past_value.sum() / leaves.past_size.sum()
    places: dict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
    names = range(len(leaves.dimensions))
    wanted = [*((name,) for name in names), *combinations(names, 2)]
    rows = zip(leaves.codes.tolist(), leaves.value.tolist(), leaves.size.tolist(), strict=True)
    for codes, hits, tries in rows:
        for dimensions in wanted:
            found = places[(dimensions, tuple(codes[name] for name in dimensions))]
            found[0] += hits
            found[1] += tries
    scored = (
        (abs(hits - usual * tries) / max(1.0, usual * (1 - usual) * tries) ** 0.5, place)
        for place, (hits, tries) in places.items()
    )
    return max(scored, key=lambda one: one[0])


def _verdict(home: Path) -> Figure:
    """Ask each time for another period, so that nothing kept answers."""
    from wald.actions.workspace import open_workspace
    from wald.kernel.actor import everything
    from wald.queries.measure import view
    from wald.queries.verdict import VerdictAsk, verdict

    actor, workspace = everything("benchmark"), open_workspace(home)
    seen = view(actor=actor, workspace=workspace)
    periods = iter(("2025", "2025-Q4", "2026-Q1", "2026-Q2"))
    by_hand = """
        SELECT owner_id, DATE_TRUNC('month', closed_on) AS month, COUNT(*),
               COUNT(*) FILTER (WHERE outcome = 'won')
          FROM fact_opportunity WHERE closed_on >= DATE '2025-01-01' GROUP BY ALL"""

    def ours() -> None:
        verdict(actor=actor, workspace=workspace, ask=VerdictAsk("win_rate", period=next(periods)))

    seconds = median_seconds(ours, runs=3)
    plain = median_seconds(lambda: seen.engine.fetch(by_hand), runs=3)
    return Figure(
        "verdict on the win rate by person, 4,830 reps",
        f"{VERDICT_SECONDS:.0f} s",
        f"{seconds:.1f} s; the rates alone in SQL by hand {plain:.2f} s",
        seconds <= VERDICT_SECONDS,
    )
