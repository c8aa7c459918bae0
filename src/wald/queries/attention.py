"""What needs attention: the open insights, those that surely cost or bring most first.

The rank is the money at the nearer end of the interval: what somebody can count on, not what may
be. Where the interval holds nothing, or nobody can say what it is worth, the others go first.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wald.insights.insight import PERSON, Effect
from wald.kernel.actor import Actor
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.search import eyes_of
from wald.records.stores import insights as store
from wald.records.stores.insights import KeptInsight
from wald.records.stores.nights import last_night

READ = "insights.read"
MOST = 5  # as many as somebody can do something about
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Pressing:
    """An open insight; `at_least` is the money it surely is, with its sign; None: nobody knows.
    `more` open ones came from the same detector: they are told with it, so that five lines tell
    of five things."""

    kept: KeptInsight
    at_least: Decimal | None
    more: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """The first of the `total` insights that are open. `day` and `looks` are of the last night:
    None and 0 where there was none yet."""

    rows: tuple[Pressing, ...]
    total: int
    day: date | None
    looks: int


def attention(*, actor: Actor, workspace: Workspace, most: int = MOST) -> Attention:
    """Return what this actor should look at first."""
    actor.must(READ)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    kept = store.open_by_size(eyes=eyes, limit=_LOOKED_AT, database=database)
    ranked = sorted((Pressing(one, at_least(one.insight.effect)) for one in kept), key=_rank)
    total = len(kept)
    if total == _LOOKED_AT:
        wanted = store.Wanted(is_open=True)
        total = store.count_insights(wanted, eyes=eyes, database=database)
    day, looks = last_night(database=database)
    return Attention(tuple(_by_source(ranked)[:most]), total, day, looks)


def _by_source(ranked: Sequence[Pressing]) -> list[Pressing]:
    """Return what leads each detector's insights, and every one that a person noticed."""
    times = Counter(one.kept.insight.source for one in ranked)
    told: list[Pressing] = []
    for one in ranked:
        source = one.kept.insight.source
        if source == PERSON:
            told.append(one)
        elif times[source]:
            told.append(replace(one, more=times.pop(source) - 1))
    return told


def at_least(effect: Effect) -> Decimal | None:
    """Return the money an effect is at the nearer end of its interval, 0 where that holds nothing,
    None where it is not money or nobody knows an interval."""
    low, high = effect.low, effect.high
    if effect.unit is not Unit.MONEY or low is None or high is None:
        return None
    if low <= 0 <= high:
        return Decimal(0)
    return low if low > 0 else high


def _rank(one: Pressing) -> tuple[object, ...]:
    effect = one.kept.insight.effect
    is_money = effect.unit is Unit.MONEY and effect.estimate is not None
    size = abs(effect.estimate or Decimal(0)) if is_money else Decimal(0)
    doubt = Decimal(1) if effect.p_value is None else effect.p_value
    return (-abs(one.at_least or Decimal(0)), -size, doubt, -one.kept.insight_id)
