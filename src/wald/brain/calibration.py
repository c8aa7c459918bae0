"""How often what somebody expected has come: the Brier score, and the three parts of it.

Brier (1950), Verification of forecasts expressed in terms of probability; the parts after
Murphy (1973), A new vector partition of the probability score: score = reliability -
resolution + uncertainty, over the distinct confidences that were said. Exact, in fractions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

TOO_FEW = 10  # outcomes; below, one outcome moves every part by a tenth and more


@dataclass(frozen=True, slots=True)
class Said:
    """A confidence, a share between 0 and 1, whether what was expected has come, how often."""

    confidence: Decimal
    has_come: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """All that was said with one confidence, and the share of it that came."""

    confidence: Fraction
    times: int
    came: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.came, self.times)


@dataclass(frozen=True, slots=True)
class Calibration:
    """`score` is 0 for who is always right and sure, 0.25 for who always says one half.

    A small `reliability` means that a 70 % comes in 70 of 100; a large `resolution` that
    high and low confidences tell apart what comes; `uncertainty` is the world's own.
    """

    times: int
    came: int
    score: Fraction
    reliability: Fraction
    resolution: Fraction
    uncertainty: Fraction
    steps: tuple[Step, ...]

    @property
    def is_too_few(self) -> bool:
        return self.times < TOO_FEW

    @property
    def mean_confidence(self) -> Fraction:
        said = sum((step.confidence * step.times for step in self.steps), Fraction(0))
        return said / self.times

    @property
    def share(self) -> Fraction:
        return Fraction(self.came, self.times)

    @property
    def leaning(self) -> str:
        """Return too sure, not sure enough, or as sure as right; within a tenth is as right."""
        if self.is_too_few:
            return "too few to say"
        over = self.mean_confidence - self.share
        if abs(over) <= Fraction(1, 10):
            return "as sure as right"
        return "too sure" if over > 0 else "not sure enough"


def calibration(said: Sequence[Said]) -> Calibration | None:
    """Return the calibration of what was said, None where nothing has been told yet."""
    if not said:
        return None
    steps = _steps(said)
    times, came = sum(step.times for step in steps), sum(step.came for step in steps)
    base = Fraction(came, times)
    return Calibration(
        times=times,
        came=came,
        score=sum((_missed(step) for step in steps), Fraction(0)) / times,
        reliability=_mean(((s.confidence - s.share) ** 2, s.times) for s in steps),
        resolution=_mean(((s.share - base) ** 2, s.times) for s in steps),
        uncertainty=base * (1 - base),
        steps=steps,
    )


def calibrations(said: Iterable[tuple[str, Said]]) -> Mapping[str, Calibration]:
    """Return the calibration of each name, in the order of names."""
    by_name: dict[str, list[Said]] = defaultdict(list)
    for name, one in said:
        by_name[name].append(one)
    found = {name: calibration(ones) for name, ones in sorted(by_name.items())}
    return {name: one for name, one in found.items() if one is not None}


def _steps(said: Sequence[Said]) -> tuple[Step, ...]:
    times: dict[Fraction, int] = defaultdict(int)
    came: dict[Fraction, int] = defaultdict(int)
    for one in said:
        times[Fraction(one.confidence)] += one.times
        came[Fraction(one.confidence)] += one.times if one.has_come else 0
    return tuple(Step(one, times[one], came[one]) for one in sorted(times))


def _missed(step: Step) -> Fraction:
    """Return the sum of the squared distances of one step."""
    others = step.times - step.came
    return step.came * (step.confidence - 1) ** 2 + others * step.confidence**2


def _mean(weighted: Iterable[tuple[Fraction, int]]) -> Fraction:
    parts = list(weighted)
    total = sum((value * weight for value, weight in parts), Fraction(0))
    return total / sum(weight for _, weight in parts)
