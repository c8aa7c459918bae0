"""Ask metrics of a snapshot on an engine, as the queries do, without a workspace around it."""

from datetime import date, timedelta
from decimal import Decimal

from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.answer import answer, missing_tables
from wald.facts.measure import columns_for, compose, compose_doubt, compose_rows
from wald.facts.metric import metrics
from wald.facts.parts import Snapshot
from wald.facts.question import Answer, Question
from wald.facts.reading import PARAMETERS
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar, read_period
from wald.language.parse import read_condition

TERMS = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())


def question(
    snapshot: Snapshot,
    key: str,
    *by: str,
    period: str = "",
    as_of: date | None = None,
    where: str = "",
    terms: Terms = TERMS,
) -> Question:
    metric = metrics()[key]
    span = read_period(period, terms.calendar) if period else None
    assert span is None or isinstance(span, Period), span
    return Question(
        metric,
        AsOf(as_of or snapshot.reaches or date(2024, 1, 1), snapshot.known),
        terms,
        snapshot,
        tuple(dict.fromkeys((*metric.inherent, *by))),
        span,
        _condition(key, where),
    )


def _condition(key: str, where: str) -> exp.Expr | None:
    if not where:
        return None
    checked = read_condition(where, columns_for(metrics()[key]), PARAMETERS)
    assert not checked.problems, checked.problems
    return checked.tree


def ask(engine: Engine, asked: Question) -> Answer:
    """Return the answer, with the doubts that apply."""
    engine.attach(asked.snapshot)
    if missing_tables(asked):
        return answer(asked, [])
    doubts = []
    for doubt in asked.metric.doubts:
        row = run(engine, compose_doubt(asked, doubt)).to_pylist()[0]
        if sentence := doubt.judge(row, asked.period, asked.when.valid):
            doubts.append((doubt, sentence))
    rows = run(engine, compose(asked)).to_pylist()
    void = any(doubt.voids for doubt, _ in doubts)
    return answer(asked, rows, [sentence for _, sentence in doubts], void=void)


def rows_behind(engine: Engine, asked: Question) -> list[dict[str, object]]:
    engine.attach(asked.snapshot)
    return list(run(engine, compose_rows(asked)).to_pylist())


def total(rows: list[dict[str, object]], column: str) -> Decimal:
    return sum(
        (Decimal(str(row[column])) for row in rows if row.get(column) is not None), Decimal(0)
    )


def days_before(day: date, days: int) -> date:
    return day - timedelta(days=days)
