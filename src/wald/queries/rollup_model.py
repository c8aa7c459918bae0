"""The model's figure beside what people say: of a person's unit, where a model has one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wald.heart.seating import Node
from wald.kernel.period import Period
from wald.queries.measure import View


@dataclass(frozen=True, slots=True)
class ModelFigure:
    """What a period will book: the middle of what is likely, and its 80 % interval."""

    low: Decimal
    middle: Decimal
    high: Decimal
    method: str


def model_figures(
    seen: View, period: Period, day: date, nodes: Sequence[Node]
) -> Mapping[str, ModelFigure]:
    """Return the model's figure by person; {} as long as nothing was computed for the period."""
    return {}
