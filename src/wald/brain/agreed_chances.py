"""Are the chances that were agreed for stages those that deals have? And what would be right?

The chance of a stage is the share of deals won in the long run from their first day in it, by Aalen
and Johansen (1978): deals that are open yet count for as long as they were seen. Its interval is
the score interval (Wilson, 1927) at as many tries as would give that variance, divided by how much
more the shares of quarter years vary than single deals would (Pearson's chi-square over its degrees
of freedom, never under 1; McCullagh and Nelder, 1989, section 4.5). An agreed chance is out of line
where the score test rejects it, all stages judged together (Benjamini and Hochberg, 1995).
Source: docs/calibration/stages.md
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from math import erfc, sqrt

from wald.brain.stats import Interval
from wald.heart.pipeline.long_run import Life, long_run, score_interval

LEAST = 20  # deals that closed, below which no chance is told
LEVEL = 0.05  # of what is said to be out of line, this share may be chance
_CLOSED = 0.8  # of a slot's deals; of younger slots only the quick ones have closed
_EDGE = 0.005  # a chance of 0 or 1 is held against as if it were this near to it
_UNKNOWN = 0.1  # of which more deals are open at the oldest age seen, nothing is proposed
_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Entered:
    """Deals that entered a stage in one slot and ended alike; `end` "" is open yet."""

    slot: int
    weeks: int
    end: str
    deals: int


@dataclass(frozen=True, slots=True)
class Chance:
    """What became of deals in a stage. `tries`: as many independent deals tell as much.

    `left` is the share of which it is not known yet; `spread` how much more than by chance the
    shares of slots vary, 1 where they do not.
    """

    share: Interval
    deals: int
    closed: int
    left: float
    spread: float
    tries: float


@dataclass(frozen=True, slots=True)
class Agreed:
    """One stage, of everybody or of segments: `expected` None where nobody said.

    `measured` None: too few closed. `told` is what would have been measured a year before the day,
    `came` what came of deals that entered since. `proposed` None: nothing is to be changed.
    """

    key: tuple[str, tuple[str, ...]]
    expected: Decimal | None
    measured: Chance | None
    told: Chance | None = None
    came: Chance | None = None
    p_value: float | None = None
    is_off: bool = False
    proposed: Decimal | None = None

    @property
    def missed_by(self) -> float | None:
        """Return the agreed chance less the measured one."""
        if self.expected is None or self.measured is None:
            return None
        return float(self.expected) - self.measured.share.estimate


@dataclass(frozen=True, slots=True)
class Record:
    """By how much chances missed what came in the year after, on average over deals."""

    deals: int
    agreed: float
    measured: float

    @property
    def is_better(self) -> bool:
        return self.measured < self.agreed


def chance_of(entered: Iterable[Entered]) -> Chance | None:
    """Return the chance of deals in a stage, None where fewer than LEAST have closed.

    Assumes that what is open yet goes on as others of its age did, and that deals of one slot hang
    together no more than those of another.
    """
    rows = list(entered)
    found = long_run([Life(0, one.weeks, one.end, one.deals) for one in rows])
    if found is None or found.ended < LEAST:
        return None
    value = found.share.value
    spread = _spread(rows)
    variance = found.share.error**2
    alone = value * (1 - value) / variance if variance > 0 and 0 < value < 1 else found.ended
    tries = float(alone) / spread
    low, high = score_interval(value, tries)
    count = sum(one.deals for one in rows)
    return Chance(Interval(low, value, high), count, found.ended, found.left, spread, tries)


def judged(lines: Sequence[Agreed]) -> tuple[Agreed, ...]:
    """Return lines with what is out of line, all judged together, and what is proposed for it."""
    from scipy.stats import false_discovery_control

    p_values = [_p_value(one) for one in lines]
    tested = [one for one in p_values if one is not None]
    adjusted = iter(false_discovery_control(tested) if tested else ())
    found = []
    for line, p_value in zip(lines, p_values, strict=True):
        is_off = p_value is not None and float(next(adjusted)) <= LEVEL
        found.append(
            replace(line, p_value=p_value, is_off=is_off, proposed=_proposed(line, is_off))
        )
    return tuple(found)


def record_of(lines: Iterable[Agreed]) -> Record | None:
    """Return how agreed and measured chances fared in the year after; None where nobody can tell.

    What was measured a year before the day stands beside what is agreed now.
    """
    deals, agreed, measured = 0, 0.0, 0.0
    for line in lines:
        if line.expected is None or line.told is None or line.came is None:
            continue
        came = line.came.share.estimate
        deals += line.came.deals
        agreed += line.came.deals * abs(float(line.expected) - came)
        measured += line.came.deals * abs(line.told.share.estimate - came)
    return Record(deals, agreed / deals, measured / deals) if deals else None


def _spread(rows: Iterable[Entered]) -> float:
    """Return how much more the shares won of slots vary than those of single deals would."""
    closed: dict[int, int] = defaultdict(int)
    won: dict[int, int] = defaultdict(int)
    every: dict[int, int] = defaultdict(int)
    for one in rows:
        every[one.slot] += one.deals
        closed[one.slot] += one.deals if one.end else 0
        won[one.slot] += one.deals if one.end == "won" else 0
    ripe = [slot for slot, count in every.items() if closed[slot] >= _CLOSED * count]
    total = sum(closed[slot] for slot in ripe)
    share = sum(won[slot] for slot in ripe) / total if total else 0.0
    if len(ripe) < 2 or not 0 < share < 1:
        return 1.0
    away = _chi_square(ripe, won, closed, share)
    return max(1.0, away / (len(ripe) - 1))


def _chi_square(
    slots: Iterable[int], won: Mapping[int, int], closed: Mapping[int, int], share: float
) -> float:
    parts = ((won[one] - closed[one] * share) ** 2 / closed[one] for one in slots)
    return sum(parts) / (share * (1 - share))


def _p_value(line: Agreed) -> float | None:
    """Return the two-sided p-value of the score test that the agreed chance is right."""
    if line.expected is None or line.measured is None:
        return None
    agreed = min(max(float(line.expected), _EDGE), 1 - _EDGE)
    error = sqrt(agreed * (1 - agreed) / line.measured.tries)
    return erfc(abs(line.measured.share.estimate - agreed) / error / sqrt(2))


def _proposed(line: Agreed, is_off: bool) -> Decimal | None:
    """Return the measured chance in whole per cent where the agreed one is off, or nobody said."""
    if line.measured is None or not (is_off or line.expected is None):
        return None
    if line.measured.left > _UNKNOWN:
        return None
    share = Decimal(line.measured.share.estimate).quantize(_PERCENT, ROUND_HALF_UP)
    return None if share == line.expected else share
