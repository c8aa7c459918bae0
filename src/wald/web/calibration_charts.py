"""Charts of calibration: what was said as a hollow mark, what came with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass

from wald.brain.bunching import Bunching
from wald.brain.stats import Interval
from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT, _STEP = 760, 180, 30
_PERCENT = "datum.label + ' %'"


@dataclass(frozen=True, slots=True)
class Held:
    """One line of a chart: what was said, None for nothing, and what came."""

    name: str
    said: float | None
    came: Interval


def said_and_came(lines: Sequence[Held]) -> Spec:
    """Return a line for each: the 95 % interval of what came, and a hollow diamond for what was
    said."""
    values = [
        {
            "name": one.name,
            "said": None if one.said is None else one.said * 100,
            "low": one.came.low * 100,
            "came": one.came.estimate * 100,
            "high": one.came.high * 100,
        }
        for one in lines
    ]
    names = [one.name for one in lines]
    across: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"labelExpr": _PERCENT, "grid": True},
    }
    interval: Spec = {
        "mark": {"type": "rule", "strokeWidth": 3, "color": "var(--series-1)", "opacity": 0.45},
        "encoding": {"x": {"field": "low", **across}, "x2": {"field": "high"}},
    }
    came: Spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "color": "var(--series-1)"},
        "encoding": {"x": {"field": "came", **across}},
    }
    said: Spec = {
        "mark": {
            "type": "point",
            "shape": "diamond",
            "filled": False,
            "size": 110,
            "strokeWidth": 2,
            "color": "var(--series-2)",
        },
        "encoding": {"x": {"field": "said", **across}},
    }
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "axis": {"grid": False, "labelLimit": 220},
    }
    drawing = {"data": {"values": values}, "encoding": {"y": y}, "layer": [interval, came, said]}
    return framed(_WIDTH, _STEP * max(len(names), 1), drawing)


def bunched(found: Bunching) -> Spec:
    """Return how many windows ended at each attainment as bars, and how many would have as a line;
    the dashed rule is the threshold."""
    values = [
        {
            "at": one.starts_at * 100,
            "to": (one.starts_at + found.width) * 100,
            "count": one.count,
            "expected": one.expected,
            "middle": (one.starts_at + found.width / 2) * 100,
        }
        for one in found.bins
    ]
    across: Spec = {"type": "quantitative", "scale": {"zero": False, "nice": False}}
    axis: Spec = {"labelExpr": _PERCENT, "grid": False}
    up: Spec = {"field": "count", "type": "quantitative"}
    bars: Spec = {
        "mark": {"type": "bar", "color": "var(--series-1)", "opacity": 0.55},
        "encoding": {
            "x": {"field": "at", **across, "axis": axis},
            "x2": {"field": "to"},
            "y": up,
            "y2": {"datum": 0},
        },
    }
    line: Spec = {
        "mark": {"type": "line", "color": "var(--series-2)", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "middle", **across, "axis": axis},
            "y": {"field": "expected", "type": "quantitative"},
        },
    }
    rule: Spec = {
        "data": {"values": [{"threshold": found.threshold * 100}]},
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": "var(--ink)"},
        "encoding": {"x": {"field": "threshold", **across, "axis": axis}},
    }
    drawing: Spec = {"data": {"values": values}, "layer": [bars, line, rule]}
    return framed(_WIDTH, _HEIGHT, drawing)
