"""The sums behind a verdict: those of the rows added one by one, and alike on every engine."""

from dataclasses import replace

import numpy as np
import pytest

from wald.brain.verdict import Verdict
from wald.engine.connect import Engine
from wald.facts.measure import compose_rows
from wald.facts.parts import Snapshot
from wald.facts.settings import Settings, terms_of
from wald.queries.measure import Ask, View, read_ask
from wald.queries.verdict import VerdictAsk, verdict_in

ASKS = (
    VerdictAsk("win_rate"),
    VerdictAsk("average_discount", by="team"),
    VerdictAsk("stage_conversion", by="segment", period="2026"),
    VerdictAsk("average_open_days", where="segment <> 'It''s'"),
)


def _seen(acme: Snapshot, engine: Engine) -> View:
    engine.attach(acme)
    settings = Settings("EUR")
    return View(acme, engine, terms_of(settings), settings)


def _told(acme: Snapshot, engine: Engine, ask: VerdictAsk) -> Verdict:
    found = verdict_in(_seen(acme, engine), ask).verdict
    assert found is not None
    return found


def _figures(found: Verdict) -> dict[str, tuple[int, float, float]]:
    return {
        one.key: (one.rows, round(one.figure, 6), round(one.adjusted.estimate, 6))
        for one in found.standings
    }


def test_rows_and_figures_are_those_added_one_by_one(acme: Snapshot, duckdb_engine: Engine) -> None:
    seen = _seen(acme, duckdb_engine)
    page = verdict_in(seen, ASKS[0])
    assert page.verdict is not None
    assert page.period is not None
    question = replace(read_ask(seen, Ask("win_rate", ("rep_id",))), period=page.period)
    rows = duckdb_engine.fetch(compose_rows(question).sql("duckdb")).to_pylist()
    won: dict[str, list[int]] = {}
    for row in rows:
        won.setdefault(row["rep_id"], []).append(int(row["numerator"] or 0))
    won.pop(None, None)  # type: ignore[call-overload]  # deals of nobody are compared with nobody
    assert {key: (len(each), sum(each) / len(each)) for key, each in won.items()} == {
        one.key: (one.rows, pytest.approx(one.figure)) for one in page.verdict.standings
    }
    expected = [one.adjusted.estimate - page.verdict.overall for one in page.verdict.standings]
    weight = [one.rows for one in page.verdict.standings]
    # What is told beyond the mix adds up to next to nothing over all.
    assert abs(float(np.average(expected, weights=weight))) < 0.01


@pytest.mark.parametrize("ask", ASKS, ids=lambda one: one.metric)
def test_engines_agree_on_verdicts(
    ask: VerdictAsk,
    acme: Snapshot,
    duckdb_engine: Engine,
    postgres_engine: Engine,
    spark_engine: Engine,
) -> None:
    wanted = _told(acme, duckdb_engine, ask)
    for engine in (postgres_engine, spark_engine):
        found = _told(acme, engine, ask)
        assert _figures(found) == _figures(wanted)
        assert found.kind is wanted.kind
        assert [one.key for one in found.shifts] == [one.key for one in wanted.shifts]
        assert [one.p_value for one in found.shifts] == pytest.approx(
            [one.p_value for one in wanted.shifts]
        )
