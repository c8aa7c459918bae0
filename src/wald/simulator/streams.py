"""Chance from one seed: an own stream for every property, so that none disturbs another."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of one block of the company.

    A stream depends on the seed, the block and its own name only. Drawing more of one
    property, or bending one with a planted problem, leaves every other as it was.
    """

    seed: int
    block: int

    def of(self, name: str) -> np.random.Generator:
        key = (self.block, crc32(name.encode()))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def uniform(self, name: str, shape: int | tuple[int, ...]) -> Floats:
        return self.of(name).random(shape)

    def normal(self, name: str, shape: int | tuple[int, ...]) -> Floats:
        return self.of(name).standard_normal(shape)


def picks(weights: tuple[float, ...], chance: Floats) -> Ints:
    """Return for each chance (0 to 1) the index it falls on, by weight."""
    steps = np.cumsum(np.asarray(weights) / sum(weights))
    return np.searchsorted(steps[:-1], chance, side="right").astype(np.int64)
