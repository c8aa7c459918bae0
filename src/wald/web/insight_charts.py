"""The chart of an insight: what its detector saw, drawn from the evidence that is kept with it."""

from collections.abc import Mapping

from wald.insights.insight import Insight
from wald.kernel.unit import Unit
from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT = 560, 190
_X: Spec = {"field": "label", "type": "nominal", "sort": None, "axis": {"labelAngle": 0}}


def insight_chart(insight: Insight) -> Spec | None:
    """Return the chart of an insight, None where its evidence holds none that can be drawn."""
    chart = insight.evidence.get("chart")
    if not isinstance(chart, Mapping):
        return None
    unit = str(insight.evidence.get("effect_unit", ""))
    points = _points(chart.get("points"), 100 if unit == Unit.RATIO.value else 1)
    if not points:
        return None
    marks = _bars() if chart.get("kind") == "bars" else _line()
    written: Spec = (
        {"labelExpr": "datum.label + ' %'"} if unit == Unit.RATIO.value else {"format": "~s"}
    )
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"zero": chart.get("kind") == "bars", "nice": True},
        "axis": {"tickCount": 4, **written},
    }
    shared: Spec = {"x": _x(points), "y": y}
    return framed(
        _WIDTH,
        _HEIGHT,
        {"data": {"values": points}, "encoding": shared, "layer": marks},
    )


def _points(told: object, scale: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for point in told if isinstance(told, list) else []:
        label, value, low, high = (*point, None, None)[:4]
        if not isinstance(value, int | float):
            continue
        ends = {
            name: end * scale
            for name, end in (("low", low), ("high", high))
            if isinstance(end, int | float)
        }
        words = f"{label}: {value * scale:,.4g}"
        if len(ends) == 2:
            words += f", {ends['low']:,.4g} to {ends['high']:,.4g} with 95 %"
        found.append({"label": str(label), "value": value * scale, **ends, "text": words})
    return found


def _x(points: list[dict[str, object]]) -> Spec:
    """Return the axis of labels; of many only some are written."""
    labels = [str(point["label"]) for point in points]
    is_tight = sum(len(one) + 2 for one in labels) > 90
    step = max(1, len(labels) // 6)
    shown = labels[::step] if is_tight else labels
    return {**_X, "axis": {"labelAngle": 0, "grid": False, "values": shown}}


def _line() -> list[Spec]:
    colour: Spec = {"value": "var(--series-1)"}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.45},
            "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}, "color": colour},
        },
        {"mark": {"type": "line", "strokeWidth": 1.75}, "encoding": {"color": colour}},
        {
            "mark": {"type": "point", "size": 36, "filled": True, "opacity": 1},
            "encoding": {"color": colour, "description": {"field": "text"}},
        },
    ]


def _bars() -> list[Spec]:
    return [
        {
            "mark": {"type": "bar", "color": "var(--fill)", "width": {"band": 0.5}},
            "encoding": {"description": {"field": "text"}},
        },
        {
            "mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1.5},
            "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}},
        },
    ]
