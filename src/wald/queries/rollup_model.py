"""The model's figures beside what people say: of a rep, or of the team or region somebody leads,
as the method used tells it and as it adds up with everybody's."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from wald.brain.reconciled import Score
from wald.brain.scoring import LEVELS_OF_COVER, bounds
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units, rounded
from wald.kernel.workspace import Workspace
from wald.queries.forecast_levels import SHOWN, Level, Levels, levels_seen
from wald.queries.forecasts import Said, kept_of, page_seen
from wald.queries.measure import view
from wald.queries.rollup_stage import Stage

ALL, REGION = "all", "region:"


@dataclass(frozen=True, slots=True)
class ModelFigure:
    """What a period will book: the middle of what is likely, and its 80 % interval."""

    low: Decimal
    middle: Decimal
    high: Decimal
    method: str
    unit: str  # whose it is, as the model names it


@dataclass(frozen=True, slots=True)
class Figures:
    """`level` is what adds up, None where nothing does; `others` what of it stands on no line
    below: of people who are no reps, who left, or who report elsewhere."""

    model: ModelFigure | None
    level: Level | None
    others: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Adding:
    """How figures were made to add up and why so; `errors` of each way over earlier periods."""

    method: str
    title: str
    why: str
    errors: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """`by_person` are figures of those in the hierarchy, `everybody` those of everybody, where they
    are seen; `adding` None: nothing is kept of this period and day."""

    by_person: Mapping[str, Figures]
    everybody: Figures | None
    adding: Adding | None


NONE = ModelFigures({}, None, None)


def model_figures(
    *, actor: Actor, workspace: Workspace, stage: Stage, nodes: Sequence[Node]
) -> ModelFigures:
    """Return the model's figures by person; none where none is kept for this period and day.

    A figure is of all deals of a team or region, so it stands beside the one lead that it has.
    """
    actor.must("facts.read")
    seen = view(actor=actor, workspace=workspace)
    found = kept_of(seen, workspace, stage.grain)
    page = None if found is None else page_seen(seen, found)
    if page is None or found is None:
        return NONE
    if (page.starts_on, page.day) != (stage.period.start, stage.day):
        return NONE
    used = {unit.key: unit.used for unit in page.units if unit.used is not None}
    made = levels_seen(seen, found)
    figures = _Figures(used, made, page.currency)
    by_person = {
        person: figures.of(key) for person, key in _keys(stage, nodes, figures) if key in figures
    }
    whole = {"": figures.of(ALL)} if ALL in figures else {}
    every = _with_others(nodes, by_person | whole)
    adding = None if made is None else Adding(made.method, made.title, made.why, made.errors)
    return ModelFigures(every, every.get(""), adding)


def _keys(stage: Stage, nodes: Sequence[Node], figures: "_Figures") -> Iterator[tuple[str, str]]:
    """Yield whose figures, by person, stand beside whom."""
    tops = [node.person_id for node in nodes if not node.parent]
    leads = Counter(node.seat for node in nodes if node.is_lead and node.is_here)
    teams = _teams(stage.nodes)
    for node in nodes:
        own = teams.get(node.seat, ())
        if not node.is_lead:
            yield node.person_id, f"rep:{node.person_id}"
        elif not node.is_here or leads[node.seat] != 1:
            continue
        elif [node.person_id] == tops and ALL in figures:
            yield node.person_id, ALL
        else:  # a region of one team is that team
            alone = len(own) == 1 and node.seat not in figures
            yield node.person_id, own[0] if alone else node.seat


def _with_others(nodes: Sequence[Node], found: Mapping[str, Figures]) -> Mapping[str, Figures]:
    """Add to each sum what of it stands on no line directly below it."""
    below: dict[str, list[str]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node.person_id)
    return {
        person: replace(one, others=_others(person, below, found)) if person in below else one
        for person, one in found.items()
    }


def _others(
    person: str, below: Mapping[str, Sequence[str]], found: Mapping[str, Figures]
) -> Decimal | None:
    level = found[person].level
    if level is None:
        return None
    figures = (found.get(one) for one in below[person])
    parts = (one.level.amount for one in figures if one is not None and one.level is not None)
    return level.amount - sum(parts, Decimal(0))


@dataclass(frozen=True, slots=True)
class _Figures:
    used: Mapping[str, Said]
    made: Levels | None
    currency: str

    def __contains__(self, key: str) -> bool:
        return key in self.used or (self.made is not None and key in self.made.units)

    def of(self, key: str) -> Figures:
        level = None if self.made is None else self.made.units.get(key)
        if key in self.used:
            return Figures(_figure(self.used[key], self.currency, key), level)
        return Figures(None if level is None else _of_region(level, self.currency), level)


def _teams(nodes: Sequence[Node]) -> Mapping[str, Sequence[str]]:
    """Return the teams of each region that somebody sits in."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        own = found.setdefault(f"{REGION}{node.region}", [])
        if node.region and node.team and f"team:{node.team}" not in own:
            own.append(f"team:{node.team}")
    return found


def _figure(said: Said, currency: str, unit: str) -> ModelFigure:
    low, high = said.bounds[LEVELS_OF_COVER.index(SHOWN)]
    return _rounded((low, said.middle, high), currency, said.title, unit)


def _of_region(level: Level, currency: str) -> ModelFigure | None:
    """Return what the method tells the teams of a region, added up."""
    if not level.told_draws:
        return None
    low, high = bounds(np.array([level.told_draws]), SHOWN)
    told = (float(low[0]), float(level.told), float(high[0]))
    return _rounded(told, currency, "The method of its teams, added up", level.key)


def _rounded(
    told: tuple[float, float, float], currency: str, method: str, unit: str
) -> ModelFigure:
    digits = minor_units(currency)
    low, middle, high = (rounded(Decimal(one), digits) for one in told)
    return ModelFigure(low, middle, high, method, unit)
