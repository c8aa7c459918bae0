"""Pay as a function of sales, taken apart into pieces and jumps: exactly, or by trying points.

Where pay can be followed (see `following`) its parts are exact, from nothing to infinity. Where it
cannot, as in a contest, it is tried: between two neighbouring edges pay is taken for straight where
inner points lie on the line through the ends; edges that no component tells are found where the
lines of both ends meet, else by halving. Source: docs/compensation/lint.md
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.lint.form import NotFollowed, at
from wald.heart.compensation.lint.parts import Part, Parts

STEP = Decimal("0.000001")  # of attainment; the nearest two points that are told apart
_SAME = Decimal("0.00001")  # of money; what exact decimals of 50 digits can miss
_SLOPE = Decimal("0.0001")  # of a slope
_INNER = (Decimal("0.381966"), Decimal("0.618034"))
_MOST_POINTS = 600


@dataclass(frozen=True, slots=True)
class Piece:
    """Pay between two attainments. The last one of a curve that is proved goes on to infinity."""

    start: Decimal
    end: Decimal
    at_start: Decimal
    at_end: Decimal
    slope_at_start: Decimal
    slope_at_end: Decimal
    is_straight: bool
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Jump:
    """Pay at `below` and at `above`, one step higher or less."""

    below: Decimal
    above: Decimal
    pay_below: Decimal
    pay_above: Decimal

    @property
    def size(self) -> Decimal:
        return self.pay_above - self.pay_below


@dataclass(frozen=True, slots=True)
class Curve:
    pieces: tuple[Piece, ...]
    jumps: tuple[Jump, ...]
    points: int = 0  # at which pay was tried; 0: its formulas are known from nothing to infinity

    @property
    def is_proved(self) -> bool:
        return not self.points

    def bends(self) -> tuple[Decimal, ...]:
        """Return where the slope changes; ends of pieces that lie on one line are none."""
        found = []
        for one, following in pairwise(self.pieces):
            is_bent = not _is_same(following.slope_at_start, one.slope_at_end)
            if following.start - one.end <= 2 * STEP and is_bent:
                found.append(following.start)
        return tuple(found)


def _is_same(one: Decimal, other: Decimal) -> bool:
    """Are two slopes the same but for what dividing sales by months leaves over?"""
    return abs(one - other) <= _SLOPE * max(abs(one), abs(other), Decimal(1))


@dataclass(slots=True)
class _Explorer:
    pay: Callable[[Decimal], Decimal]
    known: dict[Decimal, Decimal] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    jumps: list[Jump] = field(default_factory=list)

    def at(self, x: Decimal) -> Decimal:
        if x not in self.known:
            self.known[x] = self.pay(x)
        return self.known[x]

    def explore(self, low: Decimal, high: Decimal) -> None:
        """Take pay from `low` to `high` apart."""
        waiting = [(low, high)]
        while waiting:
            low, high = waiting.pop()
            if high - low <= STEP:
                self._step(low, high)
                continue
            piece = self._piece(low, high)
            if piece.is_straight or len(self.known) > _MOST_POINTS or self._is_bent(piece):
                self.pieces.append(piece)
                continue
            middle = self._break(piece)
            waiting += [(middle, high), (low, middle)]

    def _step(self, low: Decimal, high: Decimal) -> None:
        before, after = self.at(low), self.at(high)
        near = (self.at(low) - self.at(low - STEP)) if low >= STEP else after - before
        beyond = self.at(high + STEP) - self.at(high)
        likely = max(abs(near), abs(beyond)) + _SAME
        if abs(after - before) > 2 * likely:
            self.jumps.append(Jump(low, high, before, after))

    def _piece(self, low: Decimal, high: Decimal) -> Piece:
        a, b = self.at(low), self.at(high)
        width = high - low
        is_straight = True
        for part in _INNER:
            x = (low + width * part).quantize(STEP)
            expected = a + (b - a) * (x - low) / width
            is_straight = is_straight and abs(self.at(x) - expected) <= _SAME
        rise = (self.at(low + STEP) - a) / STEP
        end = (b - self.at(high - STEP)) / STEP
        is_straight = is_straight and _is_same(rise, end)
        return Piece(low, high, a, b, rise, end, is_straight)

    def _is_bent(self, piece: Piece) -> bool:
        """Is a piece one parabola, as an interpolated rate makes it? Five points then agree."""
        width = (piece.end - piece.start) / 4
        points = [self.at((piece.start + width * i).quantize(STEP)) for i in range(5)]
        seconds = [points[i] - 2 * points[i + 1] + points[i + 2] for i in range(3)]
        spread = max(seconds) - min(seconds)
        return (
            spread <= max(abs(piece.slope_at_end), Decimal(1)) * 4 * STEP
            and abs(seconds[0]) > _SAME
        )

    def _break(self, piece: Piece) -> Decimal:
        """Return where the lines of both ends meet, if pay has its bend there, else the middle."""
        a, b = piece.slope_at_start, piece.slope_at_end
        if a != b:
            found = (piece.at_end - piece.at_start + a * piece.start - b * piece.end) / (a - b)
            x = found.quantize(STEP)
            inside = piece.start + STEP < x < piece.end - STEP
            if (
                inside
                and abs(self.at(x) - piece.at_start - a * (x - piece.start)) <= abs(b) * STEP * 2
            ):
                return x
        return ((piece.start + piece.end) / 2).quantize(STEP)


def curve(
    pay: Callable[[Decimal], Decimal], low: Decimal, high: Decimal, edges: Iterable[Decimal]
) -> Curve:
    """Return pay between two attainments; it is computed on both sides of every edge."""
    marks = {low, high}
    for edge in edges:
        if low < edge < high:
            near = edge.quantize(STEP)
            marks |= {near - STEP, near, near + STEP}
    explorer = _Explorer(pay)
    ordered = sorted(one for one in marks if low <= one <= high)
    for start, end in pairwise(ordered):
        explorer.explore(start, end)
    return Curve(
        tuple(sorted(explorer.pieces, key=lambda one: one.start)),
        tuple(sorted(explorer.jumps, key=lambda one: one.below)),
        len(explorer.known),
    )


def exact_curve(parts: Parts) -> Curve:
    """Return the curve of pay whose formulas are known. Raises NotFollowed beyond parabolas."""
    if any(len(part.pay) > 3 for part in parts) or len(parts[-1].pay) > 2:
        raise NotFollowed("a formula of a higher degree")
    pieces = tuple(_exact_piece(part) for part in parts)
    return Curve(pieces, tuple(_jumps(parts)))


def _exact_piece(part: Part) -> Piece:
    end = part.start + 1 if part.end is None else part.end
    ends = (part.start, end, at(part.pay, part.start), at(part.pay, end))
    slopes = (part.slope(part.start), part.slope(end))
    start, last, at_start, at_end = (decimal(one) for one in ends)
    rise, fall = (decimal(one) for one in slopes)
    is_straight = len(part.pay) <= 2
    return Piece(start, last, at_start, at_end, rise, fall, is_straight, part.end is None)


def _jumps(parts: Parts) -> Iterator[Jump]:
    """Yield each jump, from a point before it to one after it, both no farther than a step."""
    step = Fraction(STEP)
    for before, after in pairwise(parts):
        x = after.start
        left = at(before.pay, x)
        if left == after.beyond_start:
            continue
        low, high = max(before.start, x - step), x
        paid = after.beyond_start
        if after.at_start == left:  # exactly there it is still as below
            low, high = x, x + step if after.end is None else min(after.end, x + step)
            paid = at(after.pay, high)
        yield Jump(*(decimal(one) for one in (low, high, at(before.pay, low), paid)))


def decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
