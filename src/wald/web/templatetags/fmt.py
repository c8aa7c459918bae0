"""Numbers as people read them: one filter per unit, and one tag that knows them all.

Exact filters lose nothing; the short ones round to three digits and carry the exact text
beside them. What is not known is a dash, never a zero.
"""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from wald.kernel.money import minor_units, rounded
from wald.kernel.unit import Unit

register = template.Library()

Number = Decimal | int | None

UNKNOWN = "–"
_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_SIGNS = {
    "AUD": "A$", "BRL": "R$", "CAD": "C$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "USD": "$",
}  # fmt: skip
_STEPS = ((Decimal(10) ** 12, "T"), (Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"))
_MOST_COUNTED = 100_000  # a count below this is short enough to be exact
_THOUSAND = (Decimal(1000), "K")
_TIGHT = {"€", "£", "$", "¥", "₹", "₩"}  # signs that stand close to the amount


@register.filter
def count(value: Number) -> str:
    """Return `1,234`."""
    return UNKNOWN if value is None else _signed(f"{Decimal(value):,f}")


@register.filter
def tally(value: Number) -> str | SafeString:
    """Return a count among many, in which a zero should not catch the eye."""
    return count(value) if value else format_html('<span class="quiet">{}</span>', count(value))


@register.filter
def money(value: Number, currency: str | None = "") -> str:
    """Return `€4,231,000.00`: every digit that the currency has."""
    if value is None:
        return UNKNOWN
    digits = minor_units(currency or "")
    return _priced(f"{rounded(Decimal(value), digits):,f}", currency)


@register.filter
def short_money(value: Number, currency: str | None = "") -> str:
    """Return `€4.23M`: three digits."""
    return UNKNOWN if value is None else _priced(_short(Decimal(value)), currency)


@register.filter
def ratio(value: Number) -> str:
    """Return `63.2 %` of 0.632."""
    if value is None:
        return UNKNOWN
    return _signed(f"{rounded(Decimal(value) * 100, 1):,f}{_SPACE}%")


@register.filter
def days(value: Number) -> str:
    return _worded(value, "day")


@register.filter
def hours(value: Number) -> str:
    return _worded(value, "hour")


@register.filter
def average(value: Number) -> str:
    return UNKNOWN if value is None else _signed(_trimmed(Decimal(value)))


@register.simple_tag
def number(value: Number, unit: Unit, currency: str | None = None) -> str:
    """Return the exact text of a value of any unit."""
    return exact(value, unit, currency)


@register.simple_tag
def short(value: Number, unit: Unit, currency: str | None = None) -> str | SafeString:
    """Return a text of at most three digits, with the exact one where the mouse rests."""
    full, brief = exact(value, unit, currency), short_text(value, unit, currency)
    return full if brief == full else format_html('<data title="{}">{}</data>', full, brief)


@register.simple_tag
def movement(change: Decimal | None, unit: Unit) -> str:
    """Return `+4.1 pts` for a ratio, `+12.3 %` for anything else, `=` where nothing moved."""
    if change is None:
        return UNKNOWN
    points = rounded(change * 100, 1)
    if points == 0:
        return "="
    shown = rounded(points, 0) if abs(points) >= 100 else points
    ending = "pts" if unit is Unit.RATIO else "%"
    return _signed(f"{shown:+,f}{_SPACE}{ending}")


@register.filter
def direction(change: Decimal | None) -> str:
    """Return up, down or flat as `movement` shows it, and nothing where no change is known."""
    if change is None:
        return ""
    points = rounded(change * 100, 1)
    if points == 0:
        return "flat"
    return "up" if points > 0 else "down"


def short_text(value: Number, unit: Unit, currency: str | None = None) -> str:
    """Return three digits of an amount or a large count, and one digit after the point."""
    if value is None:
        return UNKNOWN
    if unit is Unit.MONEY:
        return short_money(value, currency)
    if unit is Unit.COUNT and abs(Decimal(value)) >= _MOST_COUNTED:
        return _signed(_short(Decimal(value)))
    if unit is Unit.AVERAGE:
        return _signed(f"{rounded(Decimal(value), 1):,f}")
    if unit is Unit.HOURS:
        return _signed(f"{rounded(Decimal(value), 1):,f}{_SPACE}h")
    return exact(value, unit, currency)


def exact(value: Number, unit: Unit, currency: str | None = None) -> str:
    """Return every digit of a value that its unit has, with the unit."""
    if unit is Unit.MONEY:
        return money(value, currency)
    shown = {
        Unit.COUNT: count,
        Unit.RATIO: ratio,
        Unit.DAYS: days,
        Unit.HOURS: hours,
        Unit.AVERAGE: average,
    }
    return shown[unit](value)


def _priced(digits: str, currency: str | None) -> str:
    """Put the currency before the digits, and the minus before the currency."""
    sign = _MINUS if digits.startswith("-") else ""
    digits = digits.removeprefix("-")
    if not currency:
        return f"{sign}{digits}"
    mark = _SIGNS.get(currency, currency)
    space = "" if mark[-1] in _TIGHT else _SPACE
    return f"{sign}{mark}{space}{digits}"


def _short(value: Decimal) -> str:
    """Return three digits and the step: 950, 9.50K, 4.23M; below a thousand no idle zeros."""
    size = abs(value)
    for step, letter in (*_STEPS, _THOUSAND):
        # 999,500 reads as 1.00M, not as 1000K.
        if size >= step or _three_digits(size / (step / 1000)) >= 1000:
            return f"{_three_digits(value / step):f}{letter}"
    return _trimmed(_three_digits(value))


def _three_digits(value: Decimal) -> Decimal:
    places = max(0, 2 - value.adjusted()) if value else 0
    cut = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    # 9.996 has become 10.00, which is four.
    return (
        cut
        if cut.adjusted() <= value.adjusted() or not places
        else cut.quantize(Decimal(1).scaleb(1 - places), rounding=ROUND_HALF_UP)
    )


def _worded(value: Number, word: str) -> str:
    if value is None:
        return UNKNOWN
    text = _trimmed(Decimal(value))
    return _signed(f"{text}{_SPACE}{word if text == '1' else word + 's'}")


def _trimmed(value: Decimal) -> str:
    """Return thousands and at most two digits after the point, without trailing zeros."""
    text = f"{rounded(value, 2):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(text: str) -> str:
    """Write a minus as wide as a plus, so that columns align; nothing is less than nothing."""
    if not text.startswith("-"):
        return text
    is_nothing = not any(digit in text for digit in "123456789")
    return text[1:] if is_nothing else _MINUS + text[1:]


@register.inclusion_tag("parts/moved.html")
def moved(
    change: Decimal | None,
    unit: Unit,
    better: str,
    was: Number = None,
    currency: str | None = None,
) -> dict[str, str]:
    """Show a change: an arrow, a sign, and in words whether it is for the better."""
    way = direction(change)
    verdict = ""
    if way in ("up", "down") and better != "neither":
        verdict = "better" if (way == "up") == (better == "higher") else "worse"
    return {
        "text": movement(change, unit),
        "way": way,
        "verdict": verdict,
        "was": exact(was, unit, currency),
    }


@register.filter
def plain_number(value: Number) -> str:
    """Return a sum without its unit: thousands, and at most two digits after the point."""
    return average(value)
