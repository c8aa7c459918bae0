"""The model's figure beside what people say: of a rep, or of the team somebody leads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.brain.scoring import LEVELS_OF_COVER
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units, rounded
from wald.kernel.workspace import Workspace
from wald.queries.forecasts import Said, forecast_page
from wald.queries.rollup_stage import Stage

_SHOWN = 0.8  # of the intervals, the one that is shown


@dataclass(frozen=True, slots=True)
class ModelFigure:
    """What a period will book: the middle of what is likely, and its 80 % interval."""

    low: Decimal
    middle: Decimal
    high: Decimal
    method: str
    unit: str  # whose it is, as the model names it


def model_figures(
    *, actor: Actor, workspace: Workspace, stage: Stage, nodes: Sequence[Node]
) -> Mapping[str, ModelFigure]:
    """Return the model's figure by person; {} where none is kept for this period and day.

    A figure is of all deals of a team, so it stands beside the one lead that the team has.
    """
    actor.must("facts.read")
    page = forecast_page(actor=actor, workspace=workspace, grain=stage.grain.value)
    if page is None or (page.starts_on, page.day) != (stage.period.start, stage.day):
        return {}
    used = {unit.key: unit.used for unit in page.units if unit.used is not None}
    tops = [node.person_id for node in nodes if not node.parent]
    leads = Counter(node.seat for node in nodes if node.is_lead and node.is_here)
    found = {}
    for node in nodes:
        key = f"rep:{node.person_id}" if not node.is_lead else node.seat
        if [node.person_id] == tops and node.is_lead and "all" in used:
            key = "all"
        said = used.get(key)
        if said is not None and (not node.is_lead or (node.is_here and leads[node.seat] == 1)):
            found[node.person_id] = _figure(said, page.currency, key)
    return found


def _figure(said: Said, currency: str, unit: str) -> ModelFigure:
    low, high = said.bounds[LEVELS_OF_COVER.index(_SHOWN)]
    digits = minor_units(currency)
    low_end, middle, high_end = (rounded(Decimal(one), digits) for one in (low, said.middle, high))
    return ModelFigure(low_end, middle, high_end, said.title, unit)
