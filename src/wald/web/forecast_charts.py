"""Charts of forecasts: what is likely, methods side by side, error and coverage by week."""

from collections.abc import Sequence

import numpy as np

from wald.queries.forecasts import UnitForecast
from wald.queries.track_record import MethodRecord, TrackRecord
from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT = 560, 190
_BARS = 24
_MOST_METHODS = 6  # lines of one chart; colours and shapes end there
_SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down", "cross"]


def likely(unit: UnitForecast) -> Spec:
    """Return a bar per stretch of amounts, as high as it is likely; rules at closed and quota."""
    counts, edges = np.histogram(np.array(unit.draws), bins=_BARS)
    share = counts / max(1, counts.sum())
    bars = [
        {"from": float(low), "to": float(high), "share": float(one) * 100}
        for low, high, one in zip(edges[:-1], edges[1:], share, strict=True)
    ]
    marks = [{"at": unit.closed, "what": "closed"}]
    if unit.quota is not None:
        marks.append({"at": unit.quota, "what": "quota"})
    axis: Spec = {"format": "~s", "tickCount": 6, "grid": False}
    return _chart(
        [
            {
                "data": {"values": bars},
                "mark": {"type": "bar", "color": "var(--fill)", "binSpacing": 1},
                "encoding": {
                    "x": {"field": "from", "type": "quantitative", "bin": {"binned": True},
                          "scale": {"zero": False}, "axis": axis},
                    "x2": {"field": "to"},
                    "y": {"field": "share", "type": "quantitative",
                          "axis": {"labelExpr": "datum.label + ' %'", "tickCount": 4}},
                },
            },
            {
                "data": {"values": marks},
                "mark": {"type": "rule", "color": "var(--ink)", "strokeDash": [4, 3]},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
            {
                "data": {"values": marks},
                "mark": {"type": "text", "color": "var(--ink)", "align": "left", "dx": 4,
                         "dy": {"expr": "datum.what == 'quota' ? 20 : 6"}, "fontSize": 11},
                "encoding": {
                    "x": {"field": "at", "type": "quantitative"},
                    "y": {"value": 0},
                    "text": {"field": "what"},
                },
            },
        ]
    )  # fmt: skip


def side_by_side(unit: UnitForecast) -> Spec:
    """Return each method's 80 % interval as a line, its middle as a point; the used one filled."""
    rows = [
        {"method": one.title, "low": one.bounds[1][0], "high": one.bounds[1][1],
         "middle": one.middle, "used": one.is_used}
        for one in unit.said
    ]  # fmt: skip
    y: Spec = {
        "field": "method",
        "type": "nominal",
        "sort": [one.title for one in unit.said],
        "axis": {"labelLimit": 180},
    }
    axis: Spec = {"format": "~s", "tickCount": 6}
    x: Spec = {"type": "quantitative", "scale": {"zero": False}, "axis": axis}
    filled: Spec = {"condition": {"test": "datum.used", "value": "var(--series-1)"}}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2, "color": "var(--series-1)"},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "size": 60, "strokeWidth": 2, "opacity": 1,
                     "color": "var(--series-1)"},
            "encoding": {
                "y": y,
                "x": {**x, "field": "middle"},
                "fill": {**filled, "value": "var(--panel)"},
            },
        },
    ]  # fmt: skip
    if unit.quota is not None:
        layers.append(
            {
                "data": {"values": [{"at": unit.quota}]},
                "mark": {"type": "rule", "color": "var(--ink)", "strokeDash": [4, 3]},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            }
        )
    return _chart(layers, height=30 * max(1, len(rows)))


def errors(found: TrackRecord) -> Spec:
    """Return the error of each method by weeks to the end, most weeks first."""
    shown = [one for one in found.methods if one.overall.wape is not None][:_MOST_METHODS]
    names = [one.title for one in shown]
    rows = [
        {"weeks": week, "method": one.title, "wape": score.wape * 100}
        for one in shown
        for week, score in one.weeks.items()
        if score.wape is not None
    ]
    series: Spec = {"field": "method", "type": "nominal"}
    colours = [f"var(--series-{place + 1})" for place in range(len(names))]
    return _chart(
        [
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 1.75,
                         "point": {"size": 40, "filled": True, "opacity": 1}},
                "encoding": {
                    "x": _weeks(),
                    "y": {"field": "wape", "type": "quantitative",
                          "axis": {"labelExpr": "datum.label + ' %'", "tickCount": 4}},
                    "color": {**series, "scale": {"domain": names, "range": colours}},
                    "shape": {**series,
                              "scale": {"domain": names, "range": _SHAPES[: len(names)]}},
                },
            }
        ]
    )  # fmt: skip


def held(one: MethodRecord) -> Spec:
    """Return by week how many of the 80 % intervals held, and the band of a true 80 %."""
    rows = [
        {"weeks": week, "held": cover.held * 100, "low": 100 * cover.low / cover.tries,
         "high": 100 * cover.high / cover.tries}
        for week, cover in one.cover_by_week.items()
    ]  # fmt: skip
    axis: Spec = {"labelExpr": "datum.label + ' %'", "tickCount": 5}
    y: Spec = {"type": "quantitative", "scale": {"domain": [0, 100]}, "axis": axis}
    return _chart(
        [
            {
                "data": {"values": rows},
                "mark": {"type": "area", "color": "var(--fill)", "opacity": 0.35},
                "encoding": {"x": _weeks(), "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 1.75, "color": "var(--series-1)",
                         "point": {"size": 45, "filled": True, "opacity": 1,
                                   "color": "var(--series-1)"}},
                "encoding": {"x": _weeks(), "y": {**y, "field": "held"}},
            },
        ]
    )  # fmt: skip


def _weeks() -> Spec:
    return {
        "field": "weeks",
        "type": "ordinal",
        "sort": "descending",
        "axis": {"labelAngle": 0, "grid": False, "title": "weeks to the end",
                 "titleColor": "var(--soft)"},
    }  # fmt: skip


def _chart(layers: Sequence[Spec], *, height: int = _HEIGHT) -> Spec:
    return framed(_WIDTH, height, {"layer": list(layers)})
