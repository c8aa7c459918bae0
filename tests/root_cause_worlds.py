"""Worlds with known root causes, drawn from a seed: sums, sparse rates, and causes out of sight.

Sums follow the published description of the synthetic sets of RiskLoc (Kalander 2022, arXiv
2205.10004): Weibull leaves, relative noise, anomalies in random places whose leaves move alike.
Rates are like sales: five to two hundred tries a leaf, places that differ, quarters that differ.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wald.brain.localise import Leaves, Where

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Place = Mapping[int, int]  # a code per dimension
PUBLISHED = (10, 12, 10, 8, 5)  # the shape of the published set S
SALES = (4, 3, 5, 3, 2)  # region, segment, product, channel, source
_NAMES = "abcdefgh"
_TRIES = 50  # draws of a place that fits


@dataclass(frozen=True, slots=True)
class World:
    leaves: Leaves
    truth: frozenset[Where]


def sum_world(
    chance: np.random.Generator,
    *,
    noise: float,
    anomalies: int = 3,
    shape: tuple[int, ...] = PUBLISHED,
) -> World:
    """Draw a sum against its expectation, with one to so many anomalies (0: a null world).

    `noise` is the standard deviation of the expectation's relative error.
    """
    codes = _grid(shape)
    value = 100 * chance.weibull(chance.uniform(0.5, 1), len(codes))
    value[chance.random(len(codes)) < chance.uniform(0, 0.25)] = 0
    expected = np.clip(value * (1 + chance.normal(0, noise, len(codes))), 0, None)
    swap = chance.random(len(codes)) < 0.5
    value, expected = np.where(swap, expected, value), np.where(swap, value, expected)
    falls = bool((expected - value).sum() > 0)
    truth: list[Place] = []
    for _ in range(int(chance.integers(1, anomalies + 1)) if anomalies else 0):
        severity, jitter = chance.uniform(0.2, 1) + noise, chance.uniform(0, 0.1)
        for place in _places(chance, codes, np.minimum(value, expected), truth):
            inside = _inside(codes, place)
            level = np.maximum(value[inside], expected[inside])
            kept = np.clip(1 - chance.normal(severity, jitter, len(level)), 0, None)
            value[inside], expected[inside] = level, level
            (value if falls else expected)[inside] = level * kept
            truth.append(place)
    return _world(Leaves(_names(shape), _labels(shape), codes, value, expected=expected), truth)


def rate_world(
    chance: np.random.Generator,
    *,
    causes: int = 1,
    common: float = 0.0,
    mix: bool = False,
    moments: int = 8,
    shape: tuple[int, ...] = SALES,
) -> World:
    """Draw a sparse rate with its past: `causes` places whose odds change by a factor of 2.5 to 4.

    `common` moves everybody's log odds; `mix` moves tries, not odds, towards one place.
    """
    codes = _grid(shape)
    many = len(codes)
    odds = -1.1 + chance.normal(0, 0.15, many)
    for at, values in enumerate(shape):
        odds += chance.normal(0, 0.3, values)[codes[:, at]]
    usual = np.exp(chance.uniform(np.log(5), np.log(200), many))
    size = chance.poisson(usual, (moments + 1, many)).astype(np.float64)
    drift = chance.normal(0, 0.1, (moments + 1, many)) + chance.normal(0, 0.08, (moments + 1, 1))
    log_odds = odds + drift
    log_odds[-1] += common
    if mix:
        inside = _inside(codes, {int(at): 0 for at in chance.choice(len(shape), 1)})
        size[-1] = chance.poisson(usual * np.where(inside, 2.5, 0.8))
    truth: list[Place] = []
    toward = float(chance.choice([-1.0, 1.0]))
    for _ in range(causes):
        factor = chance.uniform(np.log(2.5), np.log(4))
        for place in _places(chance, codes, usual, truth, deepest=2, most=1):
            log_odds[-1, _inside(codes, place)] += toward * factor
            truth.append(place)
    value = chance.binomial(size.astype(np.int64), 1 / (1 + np.exp(-log_odds))).astype(np.float64)
    leaves = Leaves(
        _names(shape),
        _labels(shape),
        codes,
        value[-1],
        size=size[-1],
        past_value=value[:-1],
        past_size=size[:-1],
    )
    return _world(leaves, truth)


def out_of_sight(
    chance: np.random.Generator, *, noise: float, shape: tuple[int, ...] = (10, 8, 6, 5, 4)
) -> World:
    """Draw a sum with one cause in the last dimension, and take that dimension away."""
    codes = _grid(shape)
    expected = 100 * chance.weibull(chance.uniform(0.5, 1), len(codes))
    value = np.clip(expected * (1 + chance.normal(0, noise, len(codes))), 0, None)
    inside = codes[:, -1] == chance.integers(shape[-1])
    value[inside] *= 1 - chance.normal(chance.uniform(0.3, 0.9), 0.02, int(inside.sum()))
    seen, leaf = np.unique(codes[:, :-1], axis=0, return_inverse=True)
    left = shape[:-1]
    value, expected = (np.bincount(leaf, one).astype(float) for one in (value, expected))
    return _world(Leaves(_names(left), _labels(left), seen, value, expected=expected), [])


def without_past(leaves: Leaves) -> Leaves:
    return replace(leaves, past_value=None, past_size=None)


def _places(
    chance: np.random.Generator,
    codes: Ints,
    live: Floats,
    taken: Iterable[Place],
    *,
    deepest: int = 8,
    most: int = 3,
) -> list[Place]:
    """Draw one to `most` places in the same dimensions that share no leaf with others."""
    wide = codes.shape[1]
    by = chance.choice(wide, int(chance.integers(1, min(wide, deepest) + 1)), replace=False)
    wanted, found = int(chance.integers(1, most + 1)), list[Place]()
    others = [_inside(codes, place) for place in taken]
    for _ in range(_TRIES):
        place = {int(at): int(chance.integers(codes[:, at].max() + 1)) for at in sorted(by)}
        inside = _inside(codes, place)
        is_free = not any((inside & one).any() for one in others)
        if len(found) < wanted and live[inside].any() and is_free:
            found.append(place)
            others.append(inside)
    return found


def _inside(codes: Ints, place: Place) -> Flags:
    inside = np.ones(len(codes), bool)
    for at, code in place.items():
        inside &= codes[:, at] == code
    return inside


def _world(leaves: Leaves, truth: Iterable[Place]) -> World:
    names, labels = leaves.dimensions, leaves.labels
    told = ((tuple((names[at], labels[at][code]) for at, code in place.items())) for place in truth)
    return World(leaves, frozenset(told))


def _grid(shape: tuple[int, ...]) -> Ints:
    return np.array(list(product(*(range(values) for values in shape))), dtype=np.int64)


def _names(shape: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(_NAMES[: len(shape)])


def _labels(shape: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(f"{name}{code}" for code in range(values))
        for name, values in zip(_NAMES, shape, strict=False)
    )
