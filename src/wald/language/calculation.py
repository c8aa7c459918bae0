"""What the functions of the language make of values, as DuckDB does: exact, never a null.

Values are Decimal, int, float, str, bool, date and naive datetime (UTC).
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from wald.kernel.problem import Refusal

EXACT = Context(prec=80, rounding=ROUND_HALF_UP)  # two numbers of 38 digits, multiplied

_LARGEST_LONG = 2**63 - 1
_SHARP = 2**53  # every whole number up to here is a double
_SHARP_S = {"ß": "ẞ"}  # Unicode's full mapping is SS; DuckDB keeps one letter for one


def long(value: int) -> int:
    """Return `value`; raises Refusal where an engine's 64 bits do not hold it."""
    if abs(value) > _LARGEST_LONG:
        raise Refusal(f"{value} does not fit into 64 bits; compare smaller numbers.")
    return value


def fitting(precision: int, scale: int) -> Callable[[Decimal | int], Decimal | int]:
    """Return a check that raises Refusal for what DECIMAL(precision, scale) cannot hold."""
    limit = 10 ** (precision - scale)

    def check(value: Decimal | int) -> Decimal | int:
        if abs(value) >= limit:
            raise Refusal(f"{value} does not fit into DECIMAL({precision}, {scale}).")
        return value

    return check


def rounding(scale: int) -> Callable[[Decimal | int], Decimal]:
    """Return a function that rounds to `scale` digits after the point, half away from zero."""
    unit = Decimal(1).scaleb(-scale)

    def rounded(value: Decimal | int) -> Decimal:
        return Decimal(value).quantize(unit, context=EXACT)

    return rounded


def whole(value: Decimal | int) -> int:
    return long(int(EXACT.to_integral_value(Decimal(value))))


def doubling(scale: int) -> Callable[[Decimal | int], float]:
    """Return DuckDB's way from a decimal of `scale` digits after the point to a double.

    Up to 2^53 the digits are divided once; beyond, what stands before and after the point
    is added, which is not always the nearest double.
    """
    unit = 10**scale

    def double(value: Decimal | int) -> float:
        count = abs(int(value * unit if isinstance(value, int) else value.scaleb(scale, EXACT)))
        if count <= _SHARP:
            found = count / float(unit)
        else:
            before, after = divmod(count, unit)
            found = float(before) + float(after) / float(unit)
        return -found if value < 0 else found

    return double


def magnitude(value: Decimal | int | float) -> Decimal | int | float:
    return EXACT.abs(value) if isinstance(value, Decimal) else abs(value)


def opposite(value: Decimal | int | float) -> Decimal | int | float:
    return EXACT.minus(value) if isinstance(value, Decimal) else -value


def ordered(value: float) -> tuple[bool, float]:
    """Return what compares as DuckDB compares doubles: nan equals itself and is the largest."""
    return (True, 0.0) if value != value else (False, value)


def day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def days_between(start: date, end: date) -> int:
    """Count the midnights between."""
    return end.toordinal() - start.toordinal()


def seconds_between(start: date, end: date) -> int:
    """Count the full seconds of the clock between."""
    first, last = instant(start).replace(microsecond=0), instant(end).replace(microsecond=0)
    return (last - first) // timedelta(seconds=1)


def start_of(unit: str, value: datetime) -> datetime:
    """Return the instant at which the second, day, month, quarter or year of `value` begins."""
    if unit == "SECOND":
        return value.replace(microsecond=0)
    midnight = datetime.combine(value.date(), time())
    if unit == "DAY":
        return midnight
    months = {"MONTH": value.month, "QUARTER": value.month - (value.month - 1) % 3, "YEAR": 1}
    return midnight.replace(month=months[unit], day=1)


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def lower(text: str) -> str:
    """Return small letters, one for one."""
    return text.lower() if text.isascii() else "".join(c.lower()[0] for c in text)


def upper(text: str) -> str:
    """Return capital letters, one for one; a letter without a single capital stays."""
    return text.upper() if text.isascii() else "".join(_capital(c) for c in text)


def _capital(letter: str) -> str:
    for capital in (letter.upper(), letter.title()):
        if len(capital) == 1:
            return capital
    return _SHARP_S.get(letter, letter)


def trimmed(text: str) -> str:
    return text.strip(" ")


def likeness(pattern: str, escape: str | None) -> Callable[[str], bool]:
    """Return a test for a LIKE pattern; its time grows with the text, whatever the pattern.

    The pattern falls into stretches between its %; the first stands at the start, the last
    at the end, and each other wherever it first fits.
    """
    stretches = _stretches(pattern, escape)
    first, *middle = [re.compile("".join(s), re.DOTALL) for s in stretches]
    if not middle:
        return lambda text: first.fullmatch(text) is not None
    last, length = middle.pop(), len(stretches[-1])

    def matches(text: str) -> bool:
        found = first.match(text)
        for stretch in middle:
            if found is None:
                return False
            found = stretch.search(text, found.end())
        if found is None:
            return False
        start = len(text) - length
        return start >= found.end() and last.match(text, start) is not None

    return matches


def _stretches(pattern: str, escape: str | None) -> list[list[str]]:
    stretches: list[list[str]] = [[]]
    signs = iter(pattern)
    for sign in signs:
        if sign == escape:
            stretches[-1].append(re.escape(next(signs)))
        elif sign == "%":
            stretches.append([])
        else:
            stretches[-1].append("." if sign == "_" else re.escape(sign))
    return stretches
