"""The chance that an open deal is won in the end, judged on later deals.

Learned from deals as they stood on earlier days and what became of them. What is still open has
no end yet: the ends there are stand for it, each weighing as one over the share of days that are
old enough for such an end to be known (inverse probability of censoring; Robins and Rotnitzky
1992). Judged out of time: learned on what was known on a day two thirds back, scored on deals as
they stood later. Without skill over the base rate of the segment, the base rate is what is told.
Source: docs/forecast/win_chance.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.additive import Additive, learn, score
from wald.brain.chance_judged import Judgement, judged
from wald.brain.deal_weeks import (
    NEVER,
    OPEN,
    WON,
    Ends,
    Flags,
    Floats,
    Ints,
    days,
    ends,
    floats,
    number,
)
from wald.brain.forecast import Known, Unable

ENOUGH = 50  # won and lost deals each, to learn and to judge by
_MOST_ROWS = 20_000
_OLDEST_SHARE = 0.05  # of days old enough; what takes longer counts as if it took that long
_SEGMENT_PRIOR = 20.0  # deals by which a segment's base rate is drawn to that of all
_LEARNED = 2 / 3  # of the days, before the split
_ALL = ""  # key of the base rate where the segment is not known, or new


@dataclass(frozen=True, slots=True)
class WinModel:
    """`base` by segment ("" for others). Without a signal in `judgement` it is all that counts."""

    additive: Additive
    base: Mapping[str, float]
    judgement: Judgement
    deals: int


@dataclass(frozen=True, slots=True)
class WinChance:
    """Of one deal; `base` is the share won in its segment."""

    opportunity_id: str
    chance: float
    base: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of past deals whose end is known, with what each stands for; `group` is the deal."""

    rows: pa.Table
    won: Floats
    weight: Floats
    group: Ints

    @property
    def is_enough(self) -> bool:
        wins = len(np.unique(self.group[self.won > 0]))
        return min(wins, len(np.unique(self.group)) - wins) >= ENOUGH


def fit_win_chance(known: Known, rng: np.random.Generator) -> WinModel | Unable:
    """Learn and judge. Unable below 50 won or 50 lost deals, before a day two thirds back or after
    it."""
    if not known.past.num_rows:
        return Unable("No deals of earlier days are there to learn from.")
    before, after = samples_of(known, rng)
    if not (before.is_enough and after.is_enough):
        return Unable(
            f"Chances are learned from {ENOUGH} won and {ENOUGH} lost deals and judged on as many "
            "that came later; there are fewer."
        )
    judgement = _judged(before, after)
    now, became = float(number(known.day)), ends(known.past, known)
    whole = _sample(known.past, became, days(known.past["on"]) <= now, now, rng)
    model = learn(standing(whole.rows), whole.won, whole.weight, whole.group)
    return WinModel(model, _segment_shares(whole), judgement, len(np.unique(whole.group)))


def samples_of(known: Known, rng: np.random.Generator) -> tuple[Sample, Sample]:
    """Return what chances are learned from to be judged, known on a day two thirds back, and what
    they are judged by: deals as they stood from that day on."""
    now, became = float(number(known.day)), ends(known.past, known)
    on = days(known.past["on"])
    split = float(np.quantile(np.unique(on), _LEARNED))
    early = replace(
        became,
        closed_on=np.where(became.closed_on <= split, became.closed_on, NEVER),
        outcome=np.where(became.closed_on <= split, became.outcome, OPEN),
    )
    before = _sample(known.past, early, on < split, split, rng)
    return before, _sample(known.past, became, on >= split, now, rng)


def win_chances(model: WinModel, rows: pa.Table) -> tuple[WinChance, ...]:
    """Return the chance of each row (OPEN): the base rate alone, without a signal."""
    base = _share_of_each(model.base, rows)
    has_signal = model.judgement.has_signal
    chance = score(model.additive, standing(rows)) if has_signal else base
    ids = rows["opportunity_id"].to_pylist()
    return tuple(
        WinChance(one, float(told), float(rate))
        for one, told, rate in zip(ids, chance, base, strict=True)
    )


def standing(rows: pa.Table) -> pa.Table:
    """Return the attributes of open deals that a chance to win is made of."""
    on = days(rows["on"])
    words = {
        "stage": rows["stage"],
        "segment": rows["segment"],
        "type": rows["type"],
        "lead source": rows["lead_source"],
        "forecast category": rows["category"],
        "rep": rows["owner_id"],
    }
    numbers = {
        "age": np.log1p(np.maximum(on - days(rows["opened_on"]), 0)),
        "time in stage": np.log1p(np.maximum(on - days(rows["stage_on"]), 0)),
        "pushes": np.log1p(np.minimum(floats(rows["pushes"]), 12)),
        "stage moves": np.log1p(np.minimum(floats(rows["moves"]), 12)),
        "amount": np.log1p(np.maximum(floats(rows["amount"]), 0)),
        "expected close": np.clip((days(rows["close_on"]) - on) / 30, -6, 12),
        "last activity": np.log1p(np.maximum(on - days(rows["active_on"]), 0)),
        "no activity": np.isnan(days(rows["active_on"])).astype(np.float64),
        "active days": np.log1p(np.maximum(floats(rows["active_days"]), 0)),
    }
    return pa.table({**words, **{name: pa.array(each) for name, each in numbers.items()}})


def _sample(
    past: pa.Table, became: Ends, among: Flags, day: float, rng: np.random.Generator
) -> Sample:
    """Return the rows among those given whose deal had ended by `day`, weighed for those open."""
    on = days(past["on"])
    watched = np.sort(day - on[among])
    here = np.flatnonzero(among & (became.closed_on <= day) & (became.closed_on > on))
    if len(here) > _MOST_ROWS:
        here = np.sort(rng.choice(here, _MOST_ROWS, replace=False))
    took = became.closed_on[here] - on[here]
    seen = 1 - np.searchsorted(watched, took, side="left") / max(len(watched), 1)
    rows = past.take(pa.array(here))
    group = rows["opportunity_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    return Sample(
        rows,
        (became.outcome[here] == WON).astype(np.float64),
        1 / np.maximum(seen, _OLDEST_SHARE),
        group.astype(np.int64),
    )


def _judged(before: Sample, after: Sample) -> Judgement:
    model = learn(standing(before.rows), before.won, before.weight, before.group)
    chance = score(model, standing(after.rows))
    base = _share_of_each(_segment_shares(before), after.rows)
    return judged(chance, base, after.won, after.weight, after.group)


def _segment_shares(sample: Sample) -> Mapping[str, float]:
    """Return the share won of all and of each segment, drawn to that of all."""
    whole = float(np.average(sample.won, weights=sample.weight))
    found = {_ALL: whole}
    segments = pc.fill_null(sample.rows["segment"], _ALL)
    for name in pc.unique(segments).to_pylist():
        here = pc.equal(segments, name).to_numpy()
        deals = len(np.unique(sample.group[here]))
        rate = float(np.average(sample.won[here], weights=sample.weight[here]))
        if name != _ALL:
            share = deals / (deals + _SEGMENT_PRIOR)
            found[name] = share * rate + (1 - share) * whole
    return MappingProxyType(found)


def _share_of_each(base: Mapping[str, float], rows: pa.Table) -> Floats:
    names = pc.fill_null(rows["segment"], _ALL).to_pylist()
    return np.array([base.get(name, base[_ALL]) for name in names])
