"""A plan on the bench with its curves, each computed once for all rules that ask for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from wald.heart.compensation.lint.bench import Bench
from wald.heart.compensation.lint.curve import Curve, curve, exact_curve
from wald.heart.compensation.lint.form import NotFollowed
from wald.heart.compensation.lint.parts import Found, parts_of

HIGHEST = Decimal(3)  # attainment up to which pay is tried that cannot be followed


@dataclass(slots=True)
class Tested:
    bench: Bench
    is_quick: bool = False  # somebody is writing and waits
    _curves: dict[str, Curve] = field(default_factory=dict)
    _parts: dict[str, Found] = field(default_factory=dict)

    def parts(self, measure: str = "") -> Found:
        """Return the exact parts of pay of a year by attainment. Raises NotFollowed."""
        if measure not in self._parts:
            follow = self.bench.following(tuple(self.bench.growing(measure)))
            self._parts[measure] = parts_of(follow)
        return self._parts[measure]

    def curve(self, measure: str = "") -> Curve:
        """Return pay of a year by attainment: of one measure, all others at 1, or of all."""
        if measure not in self._curves:
            self._curves[measure] = self._curve(measure)
        return self._curves[measure]

    def _curve(self, measure: str) -> Curve:
        bench = self.bench
        try:
            return exact_curve(self.parts(measure).parts)
        except NotFollowed:
            return curve(lambda x: bench.at(x, measure), Decimal(0), HIGHEST, bench.edges())

    def curves(self) -> dict[str, Curve]:
        """Return the curve of all measures together, and where there are several of each alone."""
        every = self.bench.measures()
        pieces = [key for key in every if self.bench.counts_pieces(key)]
        bound = self.bench.bound_to_margin()
        others = [key for key in every if self.bench.sells(key) and key not in bound]
        alone = (*(others if len(others) > 1 else ()), *pieces)
        return {key: self.curve(key) for key in ("", *alone)}

    def sold(self, attained: Decimal, measure: str = "") -> Decimal:
        """Return sales of a year at an attainment, of one measure or the first."""
        measures = self.bench.measures()
        key = measure or (measures[0] if measures else "")
        return attained * (self.bench.quota_of(key) if key else self.bench.quota)


def points_of(curves: Iterable[Curve]) -> int:
    """Return at how many points pay was tried; 0 where all of it is proved."""
    return sum(one.points for one in curves)


def reach(points: int) -> str:
    """Say how far a sentence holds."""
    return f", up to {percent(HIGHEST)}" if points else ", however much is sold"


def percent(share: Decimal) -> str:
    shown = (share * 100).quantize(Decimal("0.0001")).normalize()
    return f"{shown:f} %"


def amount(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')):,f}"


def by(measure: str) -> str:
    """Say which sales a curve is about."""
    return f"sales of {measure} alone" if measure else "sales"
