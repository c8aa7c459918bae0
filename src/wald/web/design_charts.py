"""The chart of an effect: the metric month by month, beside what it would have been without."""

from datetime import date
from decimal import Decimal

from wald.kernel.unit import Unit
from wald.memory.design import Measured, Slot
from wald.records.stores.decisions import KeptDecision
from wald.web.charts import Spec, framed
from wald.web.templatetags.fmt import exact

_WIDTH, _HEIGHT = 560, 200
_AS_IT_IS, _WITHOUT = "as it is", "without it"


def months_chart(kept: KeptDecision) -> Spec | None:
    """Return the chart, None where no design measured it."""
    measured = kept.outcome.measured if kept.outcome else None
    if measured is None or not measured.chart:
        return None
    unit, currency = kept.decision.unit, kept.outcome.reading.currency if kept.outcome else None
    points = [*_line(measured.chart, unit, currency, is_without=False)]
    if measured.low_limit is None:
        points += _line(measured.chart, unit, currency, is_without=True)
    ratio = {"labelExpr": "datum.label + ' %'"} if unit is Unit.RATIO else {"format": "~s"}
    x: Spec = {
        "field": "month",
        "type": "temporal",
        "axis": {"grid": False, "format": "%b %y", "tickCount": 6},
    }
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"tickCount": 4, **ratio},
    }
    layers: list[Spec] = [_lines(points, x, y), _decided(measured.chart, x)]
    return framed(_WIDTH, _HEIGHT, {"layer": [*layers, *_limits(measured, unit, y)]})


def _line(
    chart: tuple[Slot, ...], unit: Unit, currency: str | None, *, is_without: bool
) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for slot in chart:
        value = slot.without if is_without else slot.value
        if value is None:
            continue
        line = _WITHOUT if is_without else _AS_IT_IS
        found.append(
            {
                "month": slot.start.isoformat(),
                "value": _scaled(value, unit),
                "line": line,
                "text": f"{slot.label}, {line}: {exact(value, unit, currency)}",
            }
        )
    return found


def _scaled(value: Decimal, unit: Unit) -> float:
    return float(value) * (100 if unit is Unit.RATIO else 1)


def _lines(points: list[dict[str, object]], x: Spec, y: Spec) -> Spec:
    names = [_AS_IT_IS, _WITHOUT]
    colours = {"domain": names, "range": ["var(--series-1)", "var(--soft)"]}
    dashes = {"domain": names, "range": [[1, 0], [5, 4]]}
    return {
        "data": {"values": points},
        "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 18}},
        "encoding": {
            "x": x,
            "y": y,
            "color": {"field": "line", "type": "nominal", "scale": colours},
            "strokeDash": {"field": "line", "type": "nominal", "scale": dashes, "legend": None},
            "description": {"field": "text"},
        },
    }


def _decided(chart: tuple[Slot, ...], x: Spec) -> Spec:
    """Return the line between the last month before and the first after."""
    first: date = next(slot.start for slot in chart if slot.is_after)
    return {
        "data": {"values": [{"month": first.isoformat()}]},
        "mark": {"type": "rule", "color": "var(--line-strong, var(--soft))"},
        "encoding": {"x": x},
    }


def _limits(measured: Measured, unit: Unit, y: Spec) -> list[Spec]:
    ends = [one for one in (measured.low_limit, measured.high_limit) if one is not None]
    return [
        {
            "data": {"values": [{"value": _scaled(one, unit)}]},
            "mark": {"type": "rule", "color": "var(--soft)", "strokeDash": [5, 4]},
            "encoding": {"y": y},
        }
        for one in ends
    ]
