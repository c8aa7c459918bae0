"""Pay followed while one number, x, grows: the fold runs once for a whole stretch of x.

Every figure of pay says how it came about, so its formula in x can be read off it. Wherever the
fold, or a component, compares two figures, the formulas decide, just beyond the point the stretch
starts at; and each comparison tells up to where it stays as it is. The nearest of these is the end
of the stretch. So pay is one formula on the whole of it, proved and not sampled.
Source: docs/compensation/lint.md
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from wald.heart.compensation.figure import REFEREE, Figure, How, total
from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.lint.form import Form, Poly, fixed

_CREDIT = "credit:"


@dataclass(frozen=True, slots=True)
class Followed:
    """Pay from a point on, as a polynomial in x, up to `end`; none: to infinity."""

    pay: Poly
    end: Fraction | None
    carries: bool  # something is left over for the time after


@dataclass(slots=True)
class _Reader:
    """Reads formulas off figures, and judges comparisons by them."""

    credits: Mapping[str, Form]
    x: Fraction
    is_beyond: bool
    end: Fraction | None = None
    known: dict[int, tuple[Figure, Form]] = field(default_factory=dict)

    def difference(self, one: Figure, other: Figure) -> int:
        return self._sign(self.form(one) - self.form(other))

    def form(self, root: Figure) -> Form:
        waiting = [root]
        while waiting:
            figure = waiting[-1]
            if id(figure) in self.known:
                waiting.pop()
                continue
            open_ = [part for part in figure.parts if id(part) not in self.known]
            if open_:
                waiting += open_
                continue
            parts = [self.known[id(part)][1] for part in figure.parts]
            self.known[id(figure)] = (figure, self._made(figure, parts))
            waiting.pop()
        return self.known[id(root)][1]

    def _made(self, figure: Figure, parts: list[Form]) -> Form:
        if figure.how is How.GIVEN:
            if figure.source.startswith(_CREDIT) and "#" not in figure.source:
                found = self.credits.get(figure.source.removeprefix(_CREDIT))
                if found is not None:
                    return found
            return _fixed(figure.value)
        return _MADE[figure.how](self, parts)

    def _sign(self, form: Form) -> int:
        """Return the sign from x on, and note where it may change."""
        if form.is_fixed:
            return 0 if not form.above else 1 if form.above[0] > 0 else -1
        for turn in form.turns():
            if turn > self.x and (self.end is None or turn < self.end):
                self.end = turn
        return form.sign(self.x, is_beyond=self.is_beyond)

    def _sum(self, parts: list[Form]) -> Form:
        found = parts[0] if parts else fixed(Fraction(0))
        for part in parts[1:]:
            found = found + part
        return found

    def _least(self, parts: list[Form]) -> Form:
        found = parts[0]
        for part in parts[1:]:
            found = part if self._sign(part - found) < 0 else found
        return found

    def _most(self, parts: list[Form]) -> Form:
        found = parts[0]
        for part in parts[1:]:
            found = part if self._sign(part - found) > 0 else found
        return found


@lru_cache(maxsize=4096)
def _fixed(value: Decimal) -> Form:
    return fixed(Fraction(value))


_MADE: Mapping[How, Callable[[_Reader, list[Form]], Form]] = {
    How.SUM: _Reader._sum,
    How.MINUS: lambda reader, parts: parts[0] - parts[1],
    How.TIMES: lambda reader, parts: parts[0] * parts[1],
    How.OVER: lambda reader, parts: parts[0] / parts[1],
    How.LEAST: _Reader._least,
    How.MOST: _Reader._most,
    How.ROUND: lambda reader, parts: parts[0],  # a bench rounds nothing
    How.ROUND_EVEN: lambda reader, parts: parts[0],
    How.IF_REACHED: lambda reader, parts: (
        parts[2] if reader._sign(parts[0] - parts[1]) >= 0 else parts[3]
    ),
    How.IF_PASSED: lambda reader, parts: (
        parts[2] if reader._sign(parts[0] - parts[1]) > 0 else parts[3]
    ),
}


def follow(
    pays: Callable[[], Iterable[PeriodPay]],
    credits: Mapping[str, Form],
    x: Fraction,
    *,
    is_beyond: bool = True,
) -> Followed:
    """Return pay just beyond x, or at it; `credits` are what the credits are worth, by their id.

    Raises NotFollowed where pay is no polynomial.
    """
    reader = _Reader(credits, x, is_beyond)
    token = REFEREE.set(reader)
    try:
        found = tuple(pays())
        pay = reader.form(total(line.amount for one in found for line in one.lines)).poly
        left = [kept for one in found[-1:] for part in one.components
                for kept in part.balance.values()]  # fmt: skip
        carries = any(reader.form(one).above for one in left)
    finally:
        REFEREE.reset(token)
    return Followed(pay, reader.end, carries)
