"""Pay as a function of one number from zero to infinity: its parts, each an exact formula.

Source: docs/compensation/lint.md
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from wald.heart.compensation.lint.following import Followed
from wald.heart.compensation.lint.form import NotFollowed, Poly, at, slope_of

Parts = tuple["Part", ...]
Follow = Callable[[Fraction, bool], Followed]  # from x, or just beyond it

_MOST = 400  # parts; a plan with more is looked at by points


@dataclass(frozen=True, slots=True)
class Part:
    """From `start` up to `end` (none: to infinity) pay is the polynomial; exactly at the start,
    where pay jumps, it may be something else."""

    start: Fraction
    end: Fraction | None
    pay: Poly
    at_start: Fraction

    @property
    def beyond_start(self) -> Fraction:
        return at(self.pay, self.start)

    def slope(self, x: Fraction) -> Fraction:
        return at(slope_of(self.pay), x)


@dataclass(frozen=True, slots=True)
class Found:
    parts: Parts
    carries: bool  # somewhere something is left over for the time after


def parts_of(follow: Follow, start: Fraction = Fraction(0)) -> Found:
    """Return all parts of pay from a number on. Raises NotFollowed where pay is no polynomial."""
    found: list[Part] = []
    x: Fraction | None = start
    carries = False
    for _ in range(_MOST):
        if x is None:
            return Found(tuple(found), carries)
        beyond = follow(x, True)
        carries = carries or beyond.carries
        right = at(beyond.pay, x)
        is_smooth = bool(found) and at(found[-1].pay, x) == right
        if is_smooth and found[-1].pay == beyond.pay:
            found[-1] = replace(found[-1], end=beyond.end)
        else:
            exactly = right if is_smooth else at(follow(x, False).pay, x)
            found.append(Part(x, beyond.end, beyond.pay, exactly))
        x = beyond.end
    raise NotFollowed("pay bends too often")


def less(one: Parts, other: Parts) -> Parts:
    """Return the difference of two functions, part by part."""
    starts = sorted({part.start for part in (*one, *other)})
    return tuple(_less(one, other, starts))


def _less(one: Parts, other: Parts, starts: Sequence[Fraction]) -> Iterator[Part]:
    for i, start in enumerate(starts):
        a, b = part_at(one, start), part_at(other, start)
        long = max(len(a.pay), len(b.pay))
        pairs = ((_of(a.pay, k), _of(b.pay, k)) for k in range(long))
        pay = tuple(x - y for x, y in pairs)
        while pay and not pay[-1]:
            pay = pay[:-1]
        end = starts[i + 1] if i + 1 < len(starts) else None
        yield Part(start, end, pay, value_at(one, start) - value_at(other, start))


def _of(poly: Poly, place: int) -> Fraction:
    return poly[place] if place < len(poly) else Fraction(0)


def scaled(parts: Parts, by: Fraction) -> Parts:
    return tuple(
        replace(part, pay=tuple(by * one for one in part.pay), at_start=by * part.at_start)
        for part in parts
    )


def part_at(parts: Parts, x: Fraction) -> Part:
    """Return the part that begins at x, or holds it."""
    return next(part for part in reversed(parts) if part.start <= x)


def value_at(parts: Parts, x: Fraction) -> Fraction:
    part = part_at(parts, x)
    return part.at_start if part.start == x else at(part.pay, x)


@dataclass(frozen=True, slots=True)
class Extreme:
    """The largest or smallest value; `x` is where, or close to where, it is reached."""

    value: Fraction
    x: Fraction


_CLOSE = Fraction(1, 1_000_000)


def highest(parts: Parts) -> Extreme | None:
    """Return the upper bound of a function; None where it has none."""
    found: list[Extreme] = []
    for part in parts:
        if part.end is None and len(part.pay) > 1 and part.pay[-1] > 0:
            return None
        found += _ends(part)
    return max(found, key=lambda one: one.value)


def lowest(parts: Parts) -> Extreme | None:
    """Return the lower bound of a function; None where it has none."""
    found = highest(scaled(parts, Fraction(-1)))
    return None if found is None else Extreme(-found.value, found.x)


def _ends(part: Part) -> Iterator[Extreme]:
    """Yield the values at both ends, just inside, and where a parabola turns."""
    yield Extreme(part.at_start, part.start)
    near = part.start + _CLOSE
    if part.end is None or near < part.end:
        yield Extreme(part.beyond_start, near)
    if part.end is not None:
        before = max(part.end - _CLOSE, (part.start + part.end) / 2)
        yield Extreme(at(part.pay, part.end), before)
    slope = slope_of(part.pay)
    if len(slope) == 2:
        turn = -slope[0] / slope[1]
        if part.start < turn and (part.end is None or turn < part.end):
            yield Extreme(at(part.pay, turn), turn)
    elif len(slope) > 2:
        raise NotFollowed("a formula of a higher degree")
