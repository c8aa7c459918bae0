"""Which combination of values explains that a number changed: a search over the leaves of a table.

A leaf is one row of the finest grid: a value in each dimension. A rate (value of size) is searched
by what exceeds a smoothed recent rate, counts and all; a sum against its expectation is searched by
how alike leaves moved. Nothing there, and a change that no place explains, are answers too.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from wald.brain import rate_ground, sum_ground
from wald.brain.lattice import Cut, Flags, Floats, lattice, place_of, sums
from wald.brain.place_search import Ground, May, Pick, Taste, claimed, ranked
from wald.brain.standing import standing
from wald.kernel.problem import Problem

MOST_DIMENSIONS = 8
_RATE_DEPTH, _SUM_DEPTH = 3, 5
_LEAST_TRIES, _LEAST_LEAVES = 20, 8  # of the whole, below which nothing can be told
_WEIGHED = 20  # best cells that are weighed against each other in every draw

Where = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """How far a rate remembers, what is preferred, and how often it is drawn again.

    Chosen on 67 labelled cases and on worlds of known truth, see docs/reference/science.md; `draws`
    0 leaves stability at 0.
    """

    memory: rate_ground.Memory
    rate: Taste
    sum: Taste
    draws: int


SETTINGS = Settings(
    rate_ground.Memory(half_life=1.0, prior=50.0),
    rate=Taste(more=0.15, depth_price=0.01, purity=0.0),
    sum=Taste(more=0.00002, depth_price=0.005, purity=0.7),
    draws=40,
)


class Verdict(StrEnum):
    FOUND = "found"
    NOTHING_THERE = "nothing_there"
    OUTSIDE_THE_DATA = "outside_the_data"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, slots=True)
class Leaves:
    """Leaves at the moment in question.

    `codes` has a row per leaf and a column per dimension: the place of its value in `labels` of
    that dimension. A rate has `size` (tries per leaf, 0 where none) and its past, a row per
    earlier moment, oldest first, a column per leaf; a sum has `expected` instead.
    """

    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]
    value: NDArray[np.float64]
    size: NDArray[np.float64] | None = None
    past_value: NDArray[np.float64] | None = None
    past_size: NDArray[np.float64] | None = None
    expected: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A place, and how well it explains the change.

    `share` of the whole change is inside it (over 1 where the rest moved the other way); `score` is
    between 0 and 1 and ranks; `stability` is the share of resamples in which it stands; `asserted`:
    it is claimed as a cause, not only the next best.
    """

    where: Where
    share: float
    score: float
    stability: float
    asserted: bool


@dataclass(frozen=True, slots=True)
class Located:
    """`now` and `before` are the whole's value or rate, and what was to be expected; `notes` say
    what is wrong with the leaves, and what could still be done."""

    verdict: Verdict
    causes: tuple[Cause, ...]
    now: float
    before: float
    notes: tuple[Problem, ...] = ()


def locate(
    leaves: Leaves, *, top: int = 3, seed: int = 0, settings: Settings = SETTINGS
) -> Located:
    """Return what explains that the whole changed: what is claimed, and the best up to `top`.

    The same leaves and seed give the same answer. Raises ValueError where the shapes do not fit.
    """
    _fit(leaves)
    told, notes = _without_constants(leaves)
    asked = (_ask_rate if leaves.size is not None else _ask_sum)(told, settings)
    if isinstance(asked, str) or not told.dimensions:
        why = asked if isinstance(asked, str) else "no dimension has two values"
        notes = (*notes, Problem("the table", why, "give more rows"))
        now, before = _whole(leaves)
        return Located(Verdict.TOO_LITTLE_DATA, (), now, before, notes)
    picks = claimed(asked.cuts, asked.ground, asked.taste, asked.may)
    picks = picks if asked.beats_common(picks) else ()
    empty = Verdict.OUTSIDE_THE_DATA if asked.is_common else Verdict.NOTHING_THERE
    verdict = Verdict.FOUND if picks else empty
    causes = _causes(told, asked, picks, top, _chances(seed, settings.draws))
    return Located(verdict, causes, asked.now, asked.before, notes)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is searched; `may` says which cells stand out beyond chance, `change` is each leaf's,
    `is_common`: the whole moved beyond chance; `beats_common`: do cells explain more than that?"""

    cuts: tuple[Cut, ...]
    ground: Ground
    taste: Taste
    may: May
    is_common: bool
    beats_common: Callable[[Sequence[Pick]], bool]
    change: Floats
    now: float
    before: float
    redrawn: Callable[[np.random.Generator], Ground]


def _ask_rate(leaves: Leaves, settings: Settings) -> _Asked | str:
    rates = _rates(leaves)
    if isinstance(rates, str):
        return rates
    cuts = lattice(leaves.codes, _RATE_DEPTH)
    moved = rate_ground.moved(cuts, rates, leaves.codes, settings.memory)
    is_common = moved.p_value <= rate_ground.LEVEL
    rises = _side(moved, is_common=is_common)
    moments = len(rates.past_size)
    now = rate_ground.step(rates, leaves.codes, moments, settings.memory)
    ground = rate_ground.rate_ground(rates.value, now.drawn, rises=rises)
    fair = rate_ground.rate_ground(rates.value, now.columns[2], rises=rises)
    stand_out = rate_ground.stand_out(moved, rises=rises)
    change = rates.value - fair.columns[1]
    size = float(rates.size.sum())
    return _Asked(
        cuts,
        ground,
        settings.rate,
        lambda at, _: stand_out[at],
        is_common,
        lambda picks: _beats(cuts, fair, picks, _explained(fair) + moved.margin),
        change,
        float(rates.value.sum()) / size,
        float(fair.columns[1].sum()) / size,
        lambda chance: _redrawn(leaves, rates, settings, chance, rises=rises),
    )


def _redrawn(
    leaves: Leaves,
    rates: rate_ground.Rates,
    settings: Settings,
    chance: np.random.Generator,
    *,
    rises: bool,
) -> Ground:
    drawn = rate_ground.redrawn(rates, chance)
    now = rate_ground.step(drawn, leaves.codes, len(drawn.past_size), settings.memory)
    return rate_ground.rate_ground(drawn.value, now.drawn, rises=rises)


def _side(moved: rate_ground.Moved, *, is_common: bool) -> bool:
    """Return whether a rise is to be explained: the whole's, or that of more cells."""
    up, down = (
        sum(int(one.sum()) for one in rate_ground.stand_out(moved, rises=rises))
        for rises in (True, False)
    )
    return moved.whole > 0 if is_common or up == down else up > down


def _rates(leaves: Leaves) -> rate_ground.Rates | str:
    size, past_size = leaves.size, leaves.past_size
    if size is None or past_size is None or leaves.past_value is None or not len(past_size):
        return "there is no earlier moment to judge against"
    if size.sum() < _LEAST_TRIES:
        return f"the moment has {size.sum():.0f} tries, at least {_LEAST_TRIES} are needed"
    if past_size.sum() < _LEAST_TRIES:
        return f"earlier moments have {past_size.sum():.0f} tries, {_LEAST_TRIES} are needed"
    return rate_ground.Rates(leaves.value, size, leaves.past_value, past_size)


def _ask_sum(leaves: Leaves, settings: Settings) -> _Asked | str:
    expected = leaves.expected
    if expected is None:
        return "there is nothing that was expected"
    live = int(((leaves.value != 0) | (expected != 0)).sum())
    if live < _LEAST_LEAVES:
        return f"{live} leaves hold anything, at least {_LEAST_LEAVES} are needed"
    change = leaves.value - expected
    rises = float(change.sum()) > 0
    found = sum_ground.departures(leaves.value, expected, rises=rises)
    cuts = lattice(leaves.codes, _SUM_DEPTH)
    ground = sum_ground.sum_ground(found, rises=rises)
    whole, is_common = sum_ground.whole_moved(found)
    return _Asked(
        cuts,
        ground,
        settings.sum,
        sum_ground.standing_out(cuts),
        is_common,
        lambda picks: _beats(cuts, ground, picks, sum_ground.CLEARER * whole),
        change,
        float(leaves.value.sum()),
        float(expected.sum()),
        lambda chance: sum_ground.sum_ground(
            found, rises=rises, weight=chance.poisson(1.0, len(change)).astype(np.float64)
        ),
    )


def _beats(cuts: Sequence[Cut], ground: Ground, picks: Sequence[Pick], least: float) -> bool:
    """Do these cells explain more than everybody's moving alike has to be given?"""
    apart = [_explained(ground, cuts[pick.cut].cell == pick.cell) for pick in picks]
    return bool(picks) and sum(apart) > least


def _explained(ground: Ground, leaves: Flags | None = None) -> float:
    columns = (column if leaves is None else column[leaves] for column in ground.columns)
    return float(ground.gain(np.array([[column.sum()] for column in columns]))[0])


def _causes(
    leaves: Leaves,
    asked: _Asked,
    picks: Sequence[Pick],
    top: int,
    chances: Iterable[np.random.Generator],
) -> tuple[Cause, ...]:
    best = ranked(asked.cuts, asked.ground, asked.taste, max(_WEIGHED, top))
    known = set(_keys(picks))
    others = [pick for pick in best if (pick.cut, pick.cell) not in known]
    drawn = (asked.redrawn(chance) for chance in chances)
    may = {(at, cell) for at, cell in _keys(others) if _may(asked, at, cell)} | known
    stands = standing(asked.cuts, (*picks, *others), may, asked.taste, drawn)
    total = float(asked.change.sum())
    told = []
    for at, pick in enumerate((*picks, *others)[: max(top, len(picks))]):
        cut = asked.cuts[pick.cut]
        share = float(asked.change[cut.cell == pick.cell].sum()) / total if total else 0.0
        told.append(
            Cause(
                _where(leaves, place_of(cut, pick.cell, leaves.codes)),
                share,
                min(max(pick.score, 0.0), 1.0),
                stands.get((pick.cut, pick.cell), 0.0),
                asserted=at < len(picks),
            )
        )
    return tuple(told)


def _keys(picks: Iterable[Pick]) -> tuple[tuple[int, int], ...]:
    return tuple((pick.cut, pick.cell) for pick in picks)


def _may(asked: _Asked, at: int, cell: int) -> bool:
    return bool(asked.may(at, sums(asked.cuts[at], asked.ground.columns))[cell])


def _chances(seed: int, draws: int) -> Iterator[np.random.Generator]:
    yield from (np.random.Generator(np.random.PCG64([seed, at])) for at in range(draws))


def _where(leaves: Leaves, place: Sequence[tuple[int, int]]) -> Where:
    return tuple((leaves.dimensions[j], leaves.labels[j][code]) for j, code in place)


def _whole(leaves: Leaves) -> tuple[float, float]:
    """Return the whole now and before, 0 where that cannot be said."""

    def share(value: Floats | None, size: Floats | None) -> float:
        whole = 0.0 if size is None else float(size.sum())
        return 0.0 if value is None or whole == 0 else float(value.sum()) / whole

    if leaves.size is not None:
        return share(leaves.value, leaves.size), share(leaves.past_value, leaves.past_size)
    before = 0.0 if leaves.expected is None else float(leaves.expected.sum())
    return float(leaves.value.sum()), before


def _without_constants(leaves: Leaves) -> tuple[Leaves, tuple[Problem, ...]]:
    """Return the leaves without dimensions of one value, and what there is to say of them."""
    many = [len(np.unique(leaves.codes[:, j])) for j in range(len(leaves.dimensions))]
    notes = tuple(
        Problem(name, "has the same value everywhere", "it is left out; it can explain nothing")
        for name, count in zip(leaves.dimensions, many, strict=True)
        if count < 2
    )
    kept = [j for j, count in enumerate(many) if count >= 2]
    return (
        replace(
            leaves,
            dimensions=tuple(leaves.dimensions[j] for j in kept),
            labels=tuple(leaves.labels[j] for j in kept),
            codes=leaves.codes[:, kept],
        ),
        notes,
    )


def _fit(leaves: Leaves) -> None:
    count, wide = leaves.codes.shape
    if not wide == len(leaves.dimensions) == len(leaves.labels) or wide > MOST_DIMENSIONS:
        raise ValueError(f"{wide} columns of codes, {len(leaves.dimensions)} dimensions")
    columns = (leaves.value, leaves.size, leaves.expected)
    pasts = (leaves.past_value, leaves.past_size)
    if any(one is not None and one.shape != (count,) for one in columns) or any(
        one is not None and one.shape[1:] != (count,) for one in pasts
    ):
        raise ValueError("columns have another length than codes")
