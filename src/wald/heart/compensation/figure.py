"""A figure that remembers how it came about: pay is computed on these and so explains itself.

A figure is a value with its derivation: what was done (`how`) to which figures (`parts`). Leaves
are given from outside and say where from (`source`). Arithmetic is exact decimals in one context
of 50 digits, rounded half to even where a quotient does not end; the statement says so, and
anybody can compute it again (`wald_verify`).
"""

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import Protocol

from wald.kernel.value import quick

DIGITS = 50
EXACT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
_add, _subtract, _multiply, _divide = EXACT.add, EXACT.subtract, EXACT.multiply, EXACT.divide


class How(Enum):
    """What makes a figure of its parts."""

    GIVEN = "given"
    SUM = "sum"
    MINUS = "minus"  # first - second
    TIMES = "times"
    OVER = "over"  # first / second
    LEAST = "least"
    MOST = "most"
    ROUND = "round"  # to a step (second part), half away from zero
    ROUND_EVEN = "round_even"  # to a step (second part), half to even
    IF_REACHED = "if_reached"  # first >= second ? third : fourth
    IF_PASSED = "if_passed"  # first > second ? third : fourth


class Referee(Protocol):
    """Decides which of two figures is larger in place of their values (see `lint.following`)."""

    def difference(self, one: "Figure", other: "Figure") -> int:
        """Return a number below, at or above zero as one is below, at or above the other."""


REFEREE: ContextVar[Referee | None] = ContextVar("referee", default=None)


@quick
class Figure:
    value: Decimal
    how: How = How.GIVEN
    parts: tuple["Figure", ...] = ()
    label: str = ""  # what it is, in words
    source: str = ""  # of a given figure: "credit:17", "plan:components.commission.terms.rate"

    def __add__(self, other: "Figure") -> "Figure":
        return Figure(EXACT.add(self.value, other.value), How.SUM, (self, other))

    def __sub__(self, other: "Figure") -> "Figure":
        return Figure(EXACT.subtract(self.value, other.value), How.MINUS, (self, other))

    def __mul__(self, other: "Figure") -> "Figure":
        return Figure(EXACT.multiply(self.value, other.value), How.TIMES, (self, other))

    def __truediv__(self, other: "Figure") -> "Figure":
        """Divide; raises ZeroDivisionError: ask first whether there is something to divide by."""
        if not other.value:
            raise ZeroDivisionError(f"{self.label or 'a figure'} over zero")
        return Figure(EXACT.divide(self.value, other.value), How.OVER, (self, other))

    def __neg__(self) -> "Figure":
        return ZERO - self

    def __bool__(self) -> bool:
        referee = REFEREE.get()
        return bool(self.value) if referee is None else referee.difference(self, ZERO) != 0

    def __lt__(self, other: "Figure") -> bool:
        referee = REFEREE.get()
        if referee is None:
            return self.value < other.value
        return referee.difference(self, other) < 0

    def __le__(self, other: "Figure") -> bool:
        referee = REFEREE.get()
        if referee is None:
            return self.value <= other.value
        return referee.difference(self, other) <= 0

    def __gt__(self, other: "Figure") -> bool:
        referee = REFEREE.get()
        if referee is None:
            return self.value > other.value
        return referee.difference(self, other) > 0

    def __ge__(self, other: "Figure") -> bool:
        referee = REFEREE.get()
        if referee is None:
            return self.value >= other.value
        return referee.difference(self, other) >= 0

    def bare(self) -> "Figure":
        """Return the same value, without what it was made of."""
        return Figure(self.value, label=self.label) if self.parts else self

    def called(self, label: str) -> "Figure":
        """Return the same figure under another name."""
        return Figure(self.value, self.how, self.parts, label, self.source)


class Bare(Figure):
    """A value alone, and so is all that is made of it: for runs, in which nobody asks how.

    Python asks it before a figure that stands to the left of it.
    """

    # Of the class: its values have nothing but `value`.
    __slots__ = ()
    how = How.GIVEN
    parts = ()
    label = ""
    source = ""

    def __init__(self, value: Decimal) -> None:
        self.value = value  # type: ignore[misc]  # it is made here

    def __add__(self, other: Figure) -> "Bare":
        return Bare(_add(self.value, other.value))

    def __radd__(self, other: Figure) -> "Bare":
        return Bare(_add(other.value, self.value))

    def __sub__(self, other: Figure) -> "Bare":
        return Bare(_subtract(self.value, other.value))

    def __rsub__(self, other: Figure) -> "Bare":
        return Bare(_subtract(other.value, self.value))

    def __mul__(self, other: Figure) -> "Bare":
        return Bare(_multiply(self.value, other.value))

    def __rmul__(self, other: Figure) -> "Bare":
        return Bare(_multiply(other.value, self.value))

    def __truediv__(self, other: Figure) -> "Bare":
        if not other.value:
            raise ZeroDivisionError("a figure over zero")
        return Bare(_divide(self.value, other.value))

    def __rtruediv__(self, other: Figure) -> "Bare":
        if not self.value:
            raise ZeroDivisionError("a figure over zero")
        return Bare(_divide(other.value, self.value))

    def __neg__(self) -> "Bare":
        return Bare(_subtract(ZERO.value, self.value))

    def __bool__(self) -> bool:
        return bool(self.value)

    def __lt__(self, other: Figure) -> bool:
        return self.value < other.value

    def __le__(self, other: Figure) -> bool:
        return self.value <= other.value

    def __gt__(self, other: Figure) -> bool:
        return self.value > other.value

    def __ge__(self, other: Figure) -> bool:
        return self.value >= other.value

    def bare(self) -> Figure:
        return self

    def called(self, label: str) -> Figure:
        return self


def given(value: Decimal | int | str, label: str, source: str) -> Figure:
    """Return a figure that comes from outside: what it is, and where it stands."""
    return Figure(Decimal(value), How.GIVEN, (), label, source)


def from_plan(value: Decimal | int, label: str, path: str, version: str) -> Figure:
    """Return a figure that stands in a plan: where, and in which version of it."""
    return given(value, label, f"plan:{path}@{version}" if version else f"plan:{path}")


def number(value: Decimal | int | str) -> Figure:
    """Return a figure that needs no source: a number of the rule itself, such as 0 or 1."""
    return Figure(Decimal(value))


_NOTHING = Decimal(0)
ZERO = number(0)
ONE = number(1)


def total(figures: Iterable[Figure], label: str = "") -> Figure:
    """Add all; of none it is zero, of one the figure itself."""
    parts = tuple(figures)
    if len(parts) == 1:
        return parts[0].called(label) if label else parts[0]
    value, bare = _NOTHING, False
    for part in parts:
        value = _add(value, part.value)
        bare = bare or type(part) is Bare
    return Bare(value) if bare else Figure(value, How.SUM, parts, label)


def least(*figures: Figure) -> Figure:
    value = min([f.value for f in figures])
    return Bare(value) if type(figures[0]) is Bare else Figure(value, How.LEAST, figures)


def most(*figures: Figure) -> Figure:
    value = max([f.value for f in figures])
    return Bare(value) if type(figures[0]) is Bare else Figure(value, How.MOST, figures)


def if_reached(value: Figure, bound: Figure, then: Figure, otherwise: Figure) -> Figure:
    """`then` where `value` is at or above `bound`."""
    chosen = then if value.value >= bound.value else otherwise
    if type(value) is Bare:
        return Bare(chosen.value)
    return Figure(chosen.value, How.IF_REACHED, (value, bound, then, otherwise), chosen.label)


def if_passed(value: Figure, bound: Figure, then: Figure, otherwise: Figure) -> Figure:
    """`then` where `value` is above `bound`."""
    chosen = then if value.value > bound.value else otherwise
    if type(value) is Bare:
        return Bare(chosen.value)
    return Figure(chosen.value, How.IF_PASSED, (value, bound, then, otherwise), chosen.label)


def rounded(value: Figure, step: Decimal, *, half_even: bool = False) -> Figure:
    """Round to whole multiples of `step` (0.01, 1, 0.05), half away from zero or to even."""
    mode = ROUND_HALF_EVEN if half_even else ROUND_HALF_UP
    count = _divide(value.value, step).to_integral_value(mode)
    if type(value) is Bare:
        return Bare(_multiply(count, step))
    how = How.ROUND_EVEN if half_even else How.ROUND
    return Figure(EXACT.multiply(count, step), how, (value, number(step)), value.label)


def figures_of(roots: Iterable[Figure]) -> Iterator[Figure]:
    """Yield every figure that the roots stand on, each once, parts before what is made of them."""
    seen: set[int] = set()
    waiting: list[tuple[Figure, bool]] = [(root, False) for root in reversed(list(roots))]
    while waiting:
        figure, is_open = waiting.pop()
        if id(figure) in seen:
            continue
        if is_open:
            seen.add(id(figure))
            yield figure
        else:
            waiting.append((figure, True))
            waiting += [(part, False) for part in reversed(figure.parts)]
