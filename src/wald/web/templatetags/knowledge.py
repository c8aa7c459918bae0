"""Insights and decisions as rows, their sizes and the changes they brought, as people read them.

A row is drawn once: equal values, equal rows.
"""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from wald.brain.detector import detectors
from wald.insights.insight import PERSON, Effect, Status
from wald.kernel.money import rounded
from wald.kernel.unit import Unit
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import KeptInsight
from wald.web.templatetags.fmt import UNKNOWN, exact

register = template.Library()

_MILLIONTH = Decimal("0.000001")
_MINUS = "\N{MINUS SIGN}"
_SPACE = "\N{NO-BREAK SPACE}"


@register.simple_tag
def change_in(change: Decimal | None, unit: Unit, currency: str | None = None) -> str:
    """Return `+16.7 points` of a ratio, `+€1,200.00`, `−3 days`: a change in its own unit."""
    if change is None:
        return UNKNOWN
    if unit is Unit.RATIO:
        text = f"{rounded(change * 100, 1):+,f}".removesuffix(".0").replace("-", _MINUS)
        return f"{text}{_SPACE}points"
    shown = exact(change, unit, currency)
    return shown if change <= 0 else f"+{shown}"


@register.simple_tag
def span_in(low: Decimal, high: Decimal, unit: Unit, currency: str | None = None) -> str:
    """Return `+10 to +20 points`: the unit of a ratio said once."""
    first, last = change_in(low, unit, currency), change_in(high, unit, currency)
    return f"{first.removesuffix(f'{_SPACE}points')} to {last}"


@register.simple_tag
def share_in(change: float) -> str:
    """Return a computed change of a share in points."""
    return change_in(Decimal(str(change)), Unit.RATIO)


@register.simple_tag
def size_of(effect: Effect) -> str:
    """Return the size of an insight, with its interval where it has one."""
    if effect.estimate is None:
        return UNKNOWN
    told = change_in(effect.estimate, effect.unit, effect.currency)
    if effect.low is None or effect.high is None:
        return told
    return f"{told} ({span_in(effect.low, effect.high, effect.unit, effect.currency)})"


@register.filter
def per_cent(share: Decimal | Fraction | None) -> str:
    """Return `70 %` of 0.7."""
    return UNKNOWN if share is None else f"{float(share) * 100:.0f}{_SPACE}%"


@register.filter
def one_in(chance: Decimal) -> str:
    """Return `1 in 4,000` of 0.000251: a chance as people say it."""
    if chance <= _MILLIONTH:
        return f"less than 1 in{_SPACE}1,000,000"
    times = 1 / chance
    step = Decimal(10) ** max(times.adjusted() - 1, 0)
    return f"1 in{_SPACE}{rounded(times / step, 0) * step:,.0f}"


@register.filter
def source_title(source: str) -> str:
    """Return what noticed it: the title of a detector, or a person."""
    found = detectors().get(source)
    return found.title if found else "noticed by somebody"


@register.filter
def three_digits(value: Fraction) -> str:
    return f"{float(value):.3f}"


@register.simple_tag
def insight_row(kept: KeptInsight) -> SafeString:
    """Show an insight as a row of the list."""
    one = kept.insight
    return _insight_row(
        kept.insight_id,
        kept.status,
        one.claim,
        one.effect,
        one.metric,
        kept.recorded_by if one.source == PERSON else one.source,
        kept.last_seen_at,
        kept.times_seen,
    )


@lru_cache(4096)
def _insight_row(
    number: int,
    status: Status,
    claim: str,
    effect: Effect,
    metric: str,
    source: str,
    seen_at: datetime,
    times: int,
) -> SafeString:
    context = {
        "number": number,
        "status": status,
        "claim": claim,
        "effect": effect,
        "metric": metric,
        "source": source,
        "seen_at": seen_at,
        "times": times,
    }
    return render_to_string("parts/insight_row.html", context)


@register.simple_tag
@lru_cache(4096)
def decision_row(kept: KeptDecision) -> SafeString:
    """Show a decision as a row of the list."""
    return render_to_string("parts/decision_row.html", {"kept": kept})
