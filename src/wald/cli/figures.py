"""Numbers as a terminal shows them: a unit beside each, and a dash for what is not known."""

from decimal import Decimal

from wald.kernel.money import minor_units, rounded
from wald.kernel.unit import Unit

UNKNOWN = "\N{EN DASH}"

Number = Decimal | int | None


def shown(value: Number, unit: Unit, currency: str | None = None) -> str:
    """Return `1,234`, `1,234.00 EUR`, `63.2 %`, `34.5 days`: the value with all its unit has."""
    if value is None:
        return UNKNOWN
    exact = Decimal(value)
    if unit is Unit.MONEY:
        return f"{rounded(exact, minor_units(currency or '')):,f} {currency or ''}".rstrip()
    if unit is Unit.RATIO:
        return f"{rounded(exact * 100, 1):,f} %"
    text = f"{exact:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if unit in (Unit.DAYS, Unit.HOURS):
        return f"{text} {unit.value}"
    return text


def movement(change: Decimal | None, unit: Unit) -> str:
    """Return `▲ 4.1 pts` for a ratio, `▼ 12.3 %` for anything else, `=` where nothing moved."""
    if change is None:
        return ""
    points = rounded(change * 100, 1)
    if points == 0:
        return "="
    arrow = "▲" if points > 0 else "▼"
    return f"{arrow} {abs(points):,f} {'pts' if unit is Unit.RATIO else '%'}"


def change_shown(change: Number, unit: Unit, currency: str | None = None) -> str:
    """Return a change in its unit, with its sign: `+5 points` of a ratio, `-1,200.00 EUR`."""
    if change is None:
        return UNKNOWN
    if unit is Unit.RATIO:
        points = f"{rounded(Decimal(change) * 100, 1):+,f}"
        return f"{points.removesuffix('.0')} points"
    text = shown(change, unit, currency)
    return text if text.startswith("-") else f"+{text}"
