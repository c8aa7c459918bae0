"""What a detector is: a question, a SELECT that measures it, a judgement of a few sums.

The engine adds up sums by place (values of dimensions), slot (stretches of SLOT_DAYS, counted back
from the day) and shard (a sixteenth of the rows, by a hash of their key); Python judges the sums of
all shards. As every sum adds up over shards, a finding is judged again on resampled shards without
asking the engine again. A detector tells of every place it looked at, not only of those where
something is: how many looks there were decides what chance alone would show.

A row of sums belongs to one place: dimensions that are no part of the place are null, so that rows
of everybody, of each dimension and of useful pairs stand side by side (`wald.brain.places` composes
such SELECTs and reads them). A place is judged by its own rows, everybody by those without any
dimension.
Source: docs/insights/README.md
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlglot import exp

from wald.brain.agreed import Agreed
from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.kernel.catalogue import collect
from wald.kernel.unit import Unit

SLOT_DAYS = 91  # thirteen weeks: each slot holds one end of a quarter, and as many Mondays
MOST_SLOTS = 13  # the last one, and three years before it
SHARDS = 16

# A place's sums in one slot: its dimensions, `slot` (0 is the last one), and the sums, as floats.
Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Night:
    """What is looked at: everybody's facts as they stood on a day, and what was agreed on it.

    `slots` says how many whole slots of history the facts hold, the last one included. Where sums
    are judged again on resampled shards, only looks at the places of `only` are read: a detector
    may leave the others out (`is_read`), which spares their words, not their place in the judging.
    """

    scene: Scene
    agreed: Agreed
    slots: int
    only: frozenset[tuple[tuple[str, str], ...]] | None = None  # None: every place

    @property
    def day(self) -> date:
        return self.scene.when.valid

    def is_read(self, where: tuple[tuple[str, str], ...]) -> bool:
        """Is the look at this place read by anybody?"""
        return self.only is None or where in self.only

    @property
    def told_slots(self) -> int:
        """How many slots to judge by, the last one included: in the first slot of a record only
        what is quick has ended, so it is left out."""
        return max(0, min(MOST_SLOTS, self.slots - 1))


@dataclass(frozen=True, slots=True)
class Size:
    """An estimate with its interval of 95 %, in one unit."""

    low: float
    estimate: float
    high: float

    @property
    def ends(self) -> tuple[float, float, float]:
        return (self.low, self.estimate, self.high)


@dataclass(frozen=True, slots=True)
class Chart:
    """What says best what was seen: `kind` is bars, line, xmr or funnel; points are a label, a
    value, and the ends of its interval, where it has one."""

    kind: str
    points: tuple[tuple[str, float, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One place that was looked at, whether or not something is there.

    `where` are dimensions with their values, () for everybody; `effect` is in the unit of the
    detector; `money` what it brings (costs, where negative) in a slot, in the reporting currency,
    None where nobody can say. `direction` is part of what makes tomorrow's finding the same.
    `condition` and `period` open the rows behind it; condition "": made of `where`.
    """

    where: tuple[tuple[str, str], ...]
    direction: str  # up or down
    p_value: float
    effect: Size
    claim: str
    money: Size | None = None
    evidence: tuple[tuple[str, str], ...] = ()
    condition: str = ""
    period: str = ""
    person_id: str = ""
    chart: Chart | None = None

    @property
    def subject(self) -> str:
        """Return the place as insights name it: `region:North, segment:SMB`, or everybody."""
        return ", ".join(f"{name}:{value}" for name, value in self.where) or "everybody"


@dataclass(frozen=True, slots=True)
class Cure:
    """What to do about it: a kind of action of insights, and the advice in a sentence.

    `action` is one of change_document, alert_management, review_deals, fix_data, train, experiment;
    `document` the type of document that would change, "" where none.
    """

    action: str
    advice: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Detector:
    """`story` is what its findings tell of (winning, speed, price, volume, mix, effort, promises,
    data): findings of one story in one place are told together. `metric` is what the rows behind a
    finding are rows of. `sums` name the columns of `measure` that add up; beside them stand `slot`,
    `shard` and the dimensions.
    """

    key: str
    title: str
    question: str
    story: str
    metric: str
    unit: Unit
    needs: tuple[str, ...]  # tables without which it is silent, and says so
    sums: tuple[str, ...]
    measure: Callable[[Night], exp.Select]
    judge: Callable[[Sequence[Row], Night], Iterable[Look]]
    cure: Cure
    source: str
    least_slots: int = 4  # slots of history without which it cannot tell
    documents: tuple[str, ...] = ()  # types of documents without which it cannot tell


@cache
def detectors() -> Mapping[str, Detector]:
    """Return every detector by key, in the order of the alphabet."""
    return MappingProxyType(dict(collect("wald.brain.detectors", Detector, "DETECTOR")))


def slot_of(on: str, night: Night) -> exp.Expr:
    """Return the SQL of the slot that the day in column `on` lies in; slot 0 ends with the day."""
    days = exp.Literal.number(SLOT_DAYS)
    return _value(
        "SELECT CAST(FLOOR(DATE_DIFF('day', :happened, :day) / :days) AS INT)",
        happened=exp.column(on),
        day=day_literal(night.day),
        days=days,
    )


def shard_of(key: str) -> exp.Expr:
    """Return the SQL of the shard of a row: by a hash of its key, the same on every engine."""
    text = "SELECT STRPOS('0123456789abcdef', SUBSTRING(MD5(:key), 1, 1)) - 1"
    return _value(text, key=exp.column(key))


def _value(text: str, **parts: exp.Expr) -> exp.Expr:
    value: exp.Expr = template(text, **parts).expressions[0]
    return value


def money_of(amount: float | Decimal) -> Decimal:
    """Return an estimate of money as it is told: whole units of the currency."""
    return Decimal(round(float(amount)))
