"""The effect of a decision, measured on its review date by the design that was chosen for it."""

from datetime import date, datetime
from decimal import Decimal

from wald.actions.designs import chance_of, months_after
from wald.brain.effects.designs import measured
from wald.brain.effects.estimate import CannotTell, Estimate
from wald.brain.effects.panel import Panel
from wald.facts.metric import metrics
from wald.kernel.period import Calendar, Grain, Period, period_of
from wald.kernel.unit import Unit
from wald.memory.change import Change
from wald.memory.decision import Decision
from wald.memory.design import READING, Design, Measured, Slot
from wald.queries.effect_panels import Reach, panel_of, total_of
from wald.queries.measure import View

_DIGITS = Decimal("0.000001")
_HUNDREDTHS = Decimal("0.01")  # of whatever is no ratio
_NAMED = frozenset({"rep_id", "rep", "manager", "account", "account_id"})  # never told by name


def effect_of(seen: View, decision: Decision, decided_on: date, at: datetime) -> Measured | None:
    """Return what the design says, None of a decision without one.

    `seen` is the workspace with the rights of the decider, as it is known at `at`.
    """
    design = decision.design
    if design is None or design.key == READING:
        return None
    calendar = seen.terms.calendar
    after = months_after(decision, calendar, decided_on)
    if not _still_months(design, after, calendar):
        reason = "The fiscal calendar has changed, so its months cannot be had any more."
        return Measured(None, reason, waits=False)
    # The months have had their days, and the one before the review may be quiet.
    panel = panel_of(
        seen,
        Reach(decision.metric, decision.population, design.pool, design.unit),
        design.slots,
        after,
        skipped=_between(design.slots[-1], after[0], calendar),
        as_of=decision.measured_on,
        at=at,
    )
    if panel is None:
        return Measured(None, "Those it reaches have no rows in the months before.", waits=False)
    found = measured(design.key, panel, chance_of(decision, design.unit))
    if isinstance(found, CannotTell):
        return Measured(None, found.reason, found.waits)
    return _told(found, panel, decision, (*design.slots[-panel.before :], *after))


def _still_months(design: Design, after: tuple[Period, ...], calendar: Calendar) -> bool:
    """Are the months of the calendar those that were chosen?"""
    return bool(after) and all(
        period_of(calendar, Grain.MONTH, slot.start) == slot for slot in design.slots
    )


def _between(last: Period, first: Period, calendar: Calendar) -> int:
    """Count the months after the last before, and before the first after."""
    count, month = 0, last
    while month.end < first.start:
        month = period_of(calendar, Grain.MONTH, month.end)
        count += 1
    return count


def _told(
    found: Estimate, panel: Panel, decision: Decision, months: tuple[Period, ...]
) -> Measured:
    """Return the estimate as decimals: the effect on the whole population over the period."""
    scale = total_of(metrics()[decision.metric], found.treated, found.after)
    starts = {month.label: month.start for month in months}
    trend = found.trend
    is_open = decision.design is not None and decision.design.unit not in _NAMED
    return Measured(
        effect=_effect(found, decision.unit, scale),
        reason="",
        waits=False,
        treated=found.treated,
        others=found.compared,
        trend=None if trend is None else _change(trend.low, trend.estimate, trend.high, 1),
        trend_chance=None if trend is None else _decimal(trend.p_value),
        chance=_decimal(found.chance),
        chart=tuple(
            Slot(one.slot, starts[one.slot], _decimal(one.value), _decimal(one.without),
                 one.is_after)
            for one in found.points
        ),
        low_limit=_decimal(found.low_limit),
        high_limit=_decimal(found.high_limit),
        signals=found.signals,
        weights=tuple((name, _exact(weight)) for name, weight in found.weights if is_open),
        notes=found.notes,
    )  # fmt: skip


def _effect(found: Estimate, unit: Unit, scale: float) -> Change:
    digits = _DIGITS if unit is Unit.RATIO else _HUNDREDTHS
    low, middle, high = (
        Decimal(one * scale).quantize(digits) for one in (found.low, found.estimate, found.high)
    )
    return Change(low, middle, high)


def _change(low: float, estimate: float, high: float, scale: float) -> Change:
    return Change(_exact(low * scale), _exact(estimate * scale), _exact(high * scale))


def _exact(value: float) -> Decimal:
    return Decimal(value).quantize(_DIGITS)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else _exact(value)
