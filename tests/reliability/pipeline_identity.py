"""Random event logs with currencies and reorganizations: start + bars = end, each bar is right.

Each case is the log of one deal under one question: two days, a filter, a period, a hierarchy,
whose deals are seen, a rate rule. What the engine finds is compared with a plain Python replay,
deal by deal and bar by bar, and all deals of a question together must add up to the cent.
"""

import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.pipeline_logs import FIRST, SPAN, Asked, draw_asked, draw_company, tables
from tests.pipeline_replay import Parts, by_hand
from tests.reliability.result import Result
from tests.small_world import stored
from wald.engine.connect import Engine, connect
from wald.engine.connect import run as fetched
from wald.facts.parts import Snapshot
from wald.facts.reading import PARAMETERS, columns_of
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.facts.two_days import TwoDays
from wald.heart.pipeline.changes import compose_totals, judge
from wald.heart.pipeline.parts import KEYS
from wald.heart.pipeline.walk import Compared, compose_walk
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar
from wald.language.parse import read_condition

_QUESTIONS = 5  # of one company
_DEALS = 500
KNOWN = datetime(2030, 1, 1, tzinfo=UTC)


def run(count: int, seed: int) -> Result:
    """Try about `count` cases."""
    started, failures, tried = time.monotonic(), [], 0
    chance = random.Random(seed)  # noqa: S311  # a seed
    while tried < count:
        deals = max(1, min(_DEALS, (count - tried) // _QUESTIONS))
        company = draw_company(chance, deals)
        with tempfile.TemporaryDirectory(prefix="wald-campaign-") as folder:
            snapshot = stored(Path(folder), tables(company))
            engine = connect("", snapshot.root)
            engine.attach(snapshot)
            for _ in range(_QUESTIONS):
                asked = draw_asked(chance)
                failures += _differences(engine, snapshot, asked, by_hand(company, asked))
                tried += deals
            engine.close()
    words = [f"{tried} deals under a question each", *failures[:5]]
    return Result(tried, len(failures), "; ".join(words), time.monotonic() - started)


def compared(snapshot: Snapshot, asked: Asked) -> Compared:
    """Return a drawn question as Wald is asked it."""
    rule = RateRule.LATEST if asked.is_latest else RateRule.ON_THE_DAY
    conditions = ()
    if asked.where:
        checked = read_condition(asked.where, columns_of(DEALS, dated=False), PARAMETERS)
        assert checked.tree is not None, checked.problems
        conditions = (checked.tree,)
    return Compared(
        days=TwoDays(AsOf(asked.first), AsOf(asked.second), snapshot),
        terms=Terms("EUR", rule, months_calendar()),
        period=Period(*asked.period, "drawn") if asked.period else None,
        conditions=conditions,
        seen=asked.seen,
        org=FIRST + timedelta(days=9 * SPAN) if asked.is_now else None,
        is_planned=asked.is_planned,
    )


def _differences(
    engine: Engine, snapshot: Snapshot, asked: Asked, wanted: "dict[str, Parts] | object"
) -> list[str]:
    assert isinstance(wanted, dict)
    walk = compose_walk(compared(snapshot, asked))
    found: dict[str, Parts] = {}
    for row in fetched(engine, walk).to_pylist():
        parts = {key: row[f"bar_{key}"] for key in (*KEYS, "start", "finish")}
        found[row["opportunity_id"]] = {k: v for k, v in parts.items() if v is not None}
    wrong = [
        f"{asked.first} {asked.second} {asked.where!r} {key}: {found.get(key)}, "
        f"not {wanted.get(key)}"
        for key in sorted({*found, *wanted})
        if found.get(key, {}) != wanted.get(key, {})
    ]
    # `judge` itself raises where the sums do not tie; the finish is also added up by itself here.
    totals = judge(fetched(engine, compose_totals(walk.subquery("walk"))).to_pylist()[0])
    finish = sum((parts.get("finish", Decimal(0)) for parts in wanted.values()), Decimal(0))
    if totals.end.amount != finish:
        wrong.append(f"{asked.first} {asked.second} {asked.where!r}: ends at {totals.end.amount}")
    return wrong
