"""What a metric is: one definition, in words and in the language, that runs on every engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from wald.facts.doubt import Doubt
from wald.kernel.catalogue import collect
from wald.kernel.unit import Unit


@dataclass(frozen=True, slots=True)
class Need:
    """A column without which a row cannot count, and what a person calls it."""

    column: str
    words: str


@dataclass(frozen=True, slots=True)
class Side:
    """A denominator that is about another subject than the numerator, on its own date."""

    reads: str
    total: str
    on: str = ""
    among: str = ""
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Void:
    """A condition over a group's rows under which its value would mislead, and why."""

    when: str  # in the language, with aggregates
    why: str


@dataclass(frozen=True, slots=True)
class Metric:
    """`numerator` and `denominator` are aggregates in the language over the rows of `reads`.

    `on` is the day a row counts on; "" makes the metric a level, known as of one day.
    `among` says which rows the metric is about; a row that lacks one of `needs` is left
    out and counted beside the number. A ratio stays two sums until it is shown.
    """

    key: str
    title: str
    definition: str  # one sentence that a board member would accept
    unit: Unit
    better: str  # "higher", "lower" or "neither"
    reads: str
    numerator: str
    source: str
    nulls: str  # what it does with what is not known, in words
    on: str = ""
    among: str = ""
    denominator: str = ""
    over: Side | None = None
    needs: tuple[Need, ...] = ()
    void: Void | None = None
    doubts: tuple[Doubt, ...] = ()
    finer: str = ""  # subject to read instead when a dimension exists only there
    inherent: tuple[str, ...] = ()  # dimensions without which the number makes no sense

    @property
    def is_ratio(self) -> bool:
        return bool(self.denominator or self.over)


@cache
def metrics() -> Mapping[str, Metric]:
    """Return every metric by key, found by walking `facts/metrics`."""
    return collect("wald.facts.metrics", Metric, "METRIC")
