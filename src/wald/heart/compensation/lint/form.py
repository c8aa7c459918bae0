"""A number that depends on one other, x, as an exact formula: a polynomial over a polynomial.

Fractions, so nothing is rounded. Of two formulas it can be said which is larger just beyond a
point, and up to where that stays so. Source: docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

Poly = tuple[Fraction, ...]  # coefficients of x^0, x^1, ...; the last is not zero

_NONE: Poly = ()
_WHOLE: Poly = (Fraction(1),)


class NotFollowed(Exception):
    """Pay depends on x in a way that is no exact formula here."""


@dataclass(frozen=True, slots=True)
class Form:
    above: Poly
    below: Poly = _WHOLE

    def __add__(self, other: "Form") -> "Form":
        if not self.above:
            return other
        if not other.above:
            return self
        if self.below == other.below:
            return _reduced(_plus(self.above, other.above), self.below)
        crossed = _plus(_times(self.above, other.below), _times(other.above, self.below))
        return _reduced(crossed, _times(self.below, other.below))

    def __neg__(self) -> "Form":
        return Form(tuple(-one for one in self.above), self.below)

    def __sub__(self, other: "Form") -> "Form":
        if not other.above:
            return self
        return self + -other

    def __mul__(self, other: "Form") -> "Form":
        return _reduced(_times(self.above, other.above), _times(self.below, other.below))

    def __truediv__(self, other: "Form") -> "Form":
        if not other.above:
            raise NotFollowed("divided by what is zero everywhere")
        return _reduced(_times(self.above, other.below), _times(self.below, other.above))

    @property
    def is_fixed(self) -> bool:
        return len(self.above) <= 1 and self.below == _WHOLE

    @property
    def poly(self) -> Poly:
        """Return the polynomial that it is. Raises NotFollowed where it is none."""
        if self.below != _WHOLE:
            raise NotFollowed("a share whose whole changes with what is sold")
        return self.above

    def sign(self, x: Fraction, *, is_beyond: bool) -> int:
        """Return whether it is below, at or above zero at x, or just beyond it."""
        return _sign(self.above, x, is_beyond) * _sign(self.below, x, is_beyond)

    def turns(self) -> Iterator[Fraction]:
        """Yield where it may change its sign."""
        yield from _roots(self.above)
        yield from _roots(self.below)


def fixed(value: Fraction) -> Form:
    return Form((value,) if value else _NONE)


def rising(start: Fraction, slope: Fraction) -> Form:
    return Form(_cut((start, slope)))


def at(poly: Poly, x: Fraction) -> Fraction:
    found = Fraction(0)
    for one in reversed(poly):
        found = found * x + one
    return found


def slope_of(poly: Poly) -> Poly:
    return tuple(i * one for i, one in enumerate(poly) if i)


def _cut(poly: Poly) -> Poly:
    while poly and not poly[-1]:
        poly = poly[:-1]
    return poly


def _plus(one: Poly, other: Poly) -> Poly:
    if len(one) < len(other):
        one, other = other, one
    return _cut((*(a + b for a, b in zip(one, other, strict=False)), *one[len(other) :]))


def _times(one: Poly, other: Poly) -> Poly:
    if other == _WHOLE or one == _NONE:
        return one
    if one == _WHOLE or other == _NONE:
        return other
    found = [Fraction(0)] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for k, b in enumerate(other):
            found[i + k] += a * b
    return tuple(found)


def _reduced(above: Poly, below: Poly) -> Form:
    """Take out what both have in common."""
    if not above:
        return Form(_NONE)
    if len(below) > 1:
        shared = _shared(above, below)
        if len(shared) > 1:
            above, below = _divided(above, shared)[0], _divided(below, shared)[0]
    if below == _WHOLE:
        return Form(above)
    return Form(tuple(one / below[-1] for one in above), tuple(one / below[-1] for one in below))


def _shared(one: Poly, other: Poly) -> Poly:
    while other:
        one, other = other, _divided(one, other)[1]
    return one


def _divided(one: Poly, by: Poly) -> tuple[Poly, Poly]:
    """Return the quotient and what is left over."""
    left, found = one, [Fraction(0)] * max(len(one) - len(by) + 1, 0)
    while len(left) >= len(by):
        place = len(left) - len(by)
        found[place] = left[-1] / by[-1]
        taken = (*[Fraction(0)] * place, *(found[place] * part for part in by))
        left = _cut(tuple(a - b for a, b in zip(left, taken, strict=True))[:-1])
    return tuple(found), left


def _sign(poly: Poly, x: Fraction, is_beyond: bool) -> int:
    while poly:
        value = at(poly, x)
        if value or not is_beyond:
            return (value > 0) - (value < 0)
        poly = slope_of(poly)
    return 0


def _roots(poly: Poly) -> Iterator[Fraction]:
    if len(poly) <= 1:
        return
    if len(poly) == 2:
        yield -poly[0] / poly[1]
        return
    if len(poly) > 3:
        raise NotFollowed("a formula of a higher degree")
    c, b, a = poly
    inside = b * b - 4 * a * c
    if inside < 0:
        return
    root = _exact_root(inside)
    yield (-b - root) / (2 * a)
    yield (-b + root) / (2 * a)


def _exact_root(value: Fraction) -> Fraction:
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    if top * top != value.numerator or bottom * bottom != value.denominator:
        raise NotFollowed("a bound at no fraction")
    return Fraction(top, bottom)
