"""The chart of a decision: the metric before, what was expected of it, and what it became."""

from decimal import Decimal

from wald.kernel.unit import Unit
from wald.records.stores.decisions import KeptDecision
from wald.web.charts import Spec, framed
from wald.web.templatetags.fmt import exact

_ORDER = ["before", "expected", "after"]
_WIDTH, _HEIGHT = 460, 170


def before_and_after(kept: KeptDecision) -> Spec | None:
    """Return the chart, None where there was no value to begin with."""
    before = kept.snapshot.reading.value
    if before is None:
        return None
    unit, expected = kept.decision.unit, kept.decision.expected
    after = kept.outcome.reading.value if kept.outcome else None
    scale = 100 if unit is Unit.RATIO else 1
    currency = kept.snapshot.reading.currency

    def point(when: str, value: Decimal) -> dict[str, object]:
        text = exact(value, unit, currency)
        return {"when": when, "value": float(value * scale), "text": text}

    points = [point("before", before), point("expected", before + expected.estimate)]
    if after is not None:
        points.append(point("after", after))
    low, high = before + expected.low, before + expected.high
    span = {"when": "expected", "low": float(low * scale), "high": float(high * scale)}
    written = {"labelExpr": "datum.label + ' %'"} if unit is Unit.RATIO else {"format": "~s"}
    x: Spec = {
        "field": "when",
        "type": "ordinal",
        "sort": _ORDER,
        "scale": {"domain": _ORDER},
        "axis": {"labelAngle": 0, "grid": False},
    }
    y_scale = {"zero": False, "nice": True, "padding": 14}
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": y_scale,
        "axis": {"tickCount": 4, **written},
    }
    return framed(_WIDTH, _HEIGHT, {"layer": [_span(span, x, y), *_points(points, x, y)]})


def _span(span: dict[str, object], x: Spec, y: Spec) -> Spec:
    return {
        "data": {"values": [span]},
        "mark": {"type": "bar", "color": "var(--track)", "width": 46, "cornerRadius": 3},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }


def _points(points: list[dict[str, object]], x: Spec, y: Spec) -> list[Spec]:
    encoding: Spec = {"x": x, "y": y}
    hollow = {"condition": {"test": "datum.when == 'expected'", "value": "var(--panel)"}}
    mark: Spec = {"type": "point", "size": 60, "strokeWidth": 2, "opacity": 1}
    beside = {"expr": "datum.when == 'expected' ? 30 : 10"}  # clear of the band
    words: Spec = {"type": "text", "dx": beside, "align": "left", "fontSize": 11, "aria": False}
    return [
        {
            "data": {"values": points},
            "mark": mark,
            "encoding": {
                **encoding,
                "color": {"value": "var(--series-1)"},
                "fill": {**hollow, "value": "var(--series-1)"},
                "description": {"field": "text"},
            },
        },
        {
            "data": {"values": points},
            "mark": {**words, "color": "var(--ink)"},
            "encoding": {**encoding, "text": {"field": "text"}},
        },
    ]
