"""What somebody asks of a metric, and what comes back: plain values, nothing computed here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.facts.metric import Metric
from wald.facts.parts import Snapshot
from wald.facts.terms import Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.unit import Unit

Value = Decimal | int | None


@dataclass(frozen=True, slots=True)
class Question:
    """`where` is a checked condition of the language over the metric's subject, or None."""

    metric: Metric
    when: AsOf
    terms: Terms
    snapshot: Snapshot
    by: tuple[str, ...] = ()
    period: Period | None = None
    where: exp.Expr | None = None
    stage: Callable[[exp.Expr], str] | None = None  # see engine.connect.Engine


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One group: its dimension values, its value, the two sums, and how many rows stand behind."""

    key: tuple[str | None, ...]
    value: Value
    numerator: Decimal | None
    denominator: Decimal | None
    records: int
    missing: int  # rows that lack what the metric needs


@dataclass(frozen=True, slots=True)
class Answer:
    metric: str
    title: str
    unit: Unit
    currency: str | None
    by: tuple[str, ...]
    period: Period | None
    as_of: date
    known_at: datetime | None  # the instant of the last load this number rests on
    rows: tuple[AnswerRow, ...]
    notes: tuple[str, ...]
    lacks: tuple[str, ...] = ()  # tables without rows, for want of which it cannot be had

    @property
    def value(self) -> Value:
        """The value of an answer without dimensions."""
        return self.rows[0].value if self.rows and not self.by else None

    def by_key(self) -> Mapping[tuple[str | None, ...], Value]:
        return {row.key: row.value for row in self.rows}
