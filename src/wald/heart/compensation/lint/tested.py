"""A plan on the bench with its curves, each computed once for all rules that ask for it."""

from dataclasses import dataclass, field
from decimal import Decimal

from wald.heart.compensation.lint.bench import Bench
from wald.heart.compensation.lint.curve import Curve, curve

HIGHEST = Decimal(3)  # attainment up to which a plan is looked at


@dataclass(slots=True)
class Tested:
    bench: Bench
    _curves: dict[str, Curve] = field(default_factory=dict)

    def curve(self, measure: str = "") -> Curve:
        """Return pay of a year by attainment: of one measure, all others at 1, or of all."""
        if measure not in self._curves:
            self._curves[measure] = curve(
                lambda x: self.bench.at(x, measure), Decimal(0), HIGHEST, self.bench.edges()
            )
        return self._curves[measure]

    def curves(self) -> dict[str, Curve]:
        """Return the curve of all measures together, and where there are several of each alone."""
        every = self.bench.measures()
        pieces = [key for key in every if self.bench.counts_pieces(key)]
        others = [key for key in every if self.bench.sells(key)]
        alone = (*(others if len(others) > 1 else ()), *pieces)
        return {key: self.curve(key) for key in ("", *alone)}

    def sold(self, attained: Decimal, measure: str = "") -> Decimal:
        """Return sales of a year at an attainment, of one measure or the first."""
        measures = self.bench.measures()
        key = measure or (measures[0] if measures else "")
        return attained * (self.bench.quota_of(key) if key else self.bench.quota)


def percent(share: Decimal) -> str:
    shown = (share * 100).quantize(Decimal("0.0001")).normalize()
    return f"{shown:f} %"


def amount(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')):,f}"


def by(measure: str) -> str:
    """Say which sales a curve is about."""
    return f"sales of {measure} alone" if measure else "sales"
