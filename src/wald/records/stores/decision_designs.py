"""The design of a decision and what it said, as the JSON beside its snapshot and its outcome."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wald.kernel.period import Period
from wald.memory.change import Change
from wald.memory.design import Design, Measured, Slot

Json = dict[str, object]


def design_json(design: Design | None) -> Json | None:
    if design is None:
        return None
    return {
        "key": design.key,
        "why": design.why,
        "unit": design.unit,
        "slots": [[one.label, one.start.isoformat(), one.end.isoformat()] for one in design.slots],
        "treated": design.treated,
        "others": design.others,
        "least": _text(design.least),
        "pool": design.pool,
        "drawn": list(design.drawn),
    }


def design_from(told: Mapping[str, Any] | None) -> Design | None:
    """Return the design; None of a decision that has none, as those before there were any."""
    if told is None:
        return None
    slots = [
        Period(date.fromisoformat(start), date.fromisoformat(end), label)
        for label, start, end in told["slots"]
    ]
    return Design(
        key=told["key"],
        why=told["why"],
        unit=told["unit"],
        slots=tuple(slots),
        treated=told["treated"],
        others=told["others"],
        least=_number(told["least"]),
        pool=told["pool"],
        drawn=tuple(told["drawn"]),
    )


def measured_json(measured: Measured | None) -> Json | None:
    if measured is None:
        return None
    return {
        "effect": _change_json(measured.effect),
        "reason": measured.reason,
        "waits": measured.waits,
        "treated": measured.treated,
        "others": measured.others,
        "trend": _change_json(measured.trend),
        "trend_chance": _text(measured.trend_chance),
        "chance": _text(measured.chance),
        "chart": [
            [one.label, one.start.isoformat(), _text(one.value), _text(one.without), one.is_after]
            for one in measured.chart
        ],
        "limits": [_text(measured.low_limit), _text(measured.high_limit)],
        "signals": measured.signals,
        "weights": [[name, _text(weight)] for name, weight in measured.weights],
        "notes": list(measured.notes),
    }


def measured_from(told: Mapping[str, Any] | None) -> Measured | None:
    if told is None:
        return None
    low_limit, high_limit = told["limits"]
    return Measured(
        effect=_change(told["effect"]),
        reason=told["reason"],
        waits=told["waits"],
        treated=told["treated"],
        others=told["others"],
        trend=_change(told["trend"]),
        trend_chance=_number(told["trend_chance"]),
        chance=_number(told["chance"]),
        chart=tuple(
            Slot(label, date.fromisoformat(start), _number(value), _number(without), is_after)
            for label, start, value, without, is_after in told["chart"]
        ),
        low_limit=_number(low_limit),
        high_limit=_number(high_limit),
        signals=told["signals"],
        weights=tuple((name, Decimal(weight)) for name, weight in told["weights"]),
        notes=tuple(told["notes"]),
    )


def _change_json(change: Change | None) -> list[str] | None:
    if change is None:
        return None
    return [_text(change.low), _text(change.estimate), _text(change.high)]


def _change(told: list[str] | None) -> Change | None:
    return None if told is None else Change(*(Decimal(one) for one in told))


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
