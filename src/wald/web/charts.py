"""Charts as Vega-Lite specifications, drawn into SVG here; colours follow the page's theme.

Every colour is a custom property of the stylesheet, so the same drawing is right in the
light and in the dark. Nothing is fetched: the list of allowed addresses is empty.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from wald.kernel.unit import Unit
from wald.queries.metric_page import Point
from wald.web.templatetags.fmt import exact, short_text

Spec = dict[str, object]

_WIDTH, _HEIGHT = 700, 190
_COLOURS = [f"var(--series-{number})" for number in range(1, 7)]
# One less than colours: a series beyond the sixth still differs from those before it.
_SHAPES = ["circle", "square", "triangle-up", "diamond", "triangle-down"]
_SMALL = 11
CONFIG: Spec = {
    "font": "var(--font)",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--soft)",
        "labelFontSize": _SMALL,
        "gridColor": "var(--line)",
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "title": None,
    },
    "legend": {
        "labelColor": "var(--ink)",
        "labelFontSize": _SMALL,
        "title": None,
        "orient": "bottom",
        "columns": 6,
    },
}


def framed(width: int, height: int, drawing: Spec) -> Spec:
    """Return a whole specification of what is drawn: its size, and how all our charts look."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "padding": 4,
        **drawing,
        "config": CONFIG,
    }


def over_time(points: Sequence[Point], unit: Unit, currency: str | None, *, adds: bool) -> Spec:
    """Return the chart of a number over periods: bars for what adds up, else lines.

    Of one series each value is written beside its mark; a period that is not over is hollow.
    """
    names = list(dict.fromkeys(point.series for point in points))
    is_one = len(names) <= 1
    # A ratio is drawn in per cent: its axis then reads as its labels do.
    scale = 100 if unit is Unit.RATIO else 1
    values = [
        {
            "period": point.label,
            "series": point.series,
            "value": None if point.value is None else float(Decimal(point.value) * scale),
            "text": short_text(point.value, unit, currency),
            "full": exact(point.value, unit, currency),
            "partial": point.is_partial,
            "below": not adds and _is_valley(points, place),
        }
        for place, point in enumerate(points)
    ]
    return framed(
        _WIDTH,
        _HEIGHT,
        {
            "data": {"values": values},
            "encoding": _axes(points, unit, from_zero=adds),
            "layer": [
                *(_bars() if adds and is_one else _lines(names)),
                *(_words() if is_one else []),
            ],
        },
    )


def _is_valley(points: Sequence[Point], place: int) -> bool:
    """Does the line rise to both sides of a point? Then its words have room only below."""
    around = [points[i].value for i in (place - 1, place + 1) if 0 <= i < len(points)]
    here = points[place].value
    return here is not None and all(value is not None and value > here for value in around)


def drawn(spec: Spec) -> SafeString:
    """Return the chart as SVG to put into a page."""
    return mark_safe(_drawn(json.dumps(spec, sort_keys=True)))  # noqa: S308  # Vega escapes texts


@lru_cache(maxsize=512)
def _drawn(spec: str) -> str:
    # Slow to import, and most commands and tests draw nothing.
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return svg


def _axes(points: Sequence[Point], unit: Unit, *, from_zero: bool) -> Spec:
    order = list(dict.fromkeys(point.label for point in points))
    written = {"labelExpr": "datum.label + ' %'"} if unit is Unit.RATIO else {"format": "~s"}
    return {
        "x": {
            "field": "period",
            "type": "ordinal",
            "sort": order,
            "axis": {"labelAngle": 0, "grid": False},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "scale": {"zero": from_zero, "nice": True, "padding": 0 if from_zero else 14},
            "axis": {"tickCount": 4, **written},
        },
    }


def _bars() -> list[Spec]:
    return [
        {
            "mark": {"type": "bar", "color": "var(--fill)", "width": {"band": 0.6}},
            "encoding": {
                "fillOpacity": {"condition": {"test": "datum.partial", "value": 0.45}, "value": 1},
                "description": {"field": "full"},
            },
        }
    ]


def _lines(names: Sequence[str]) -> list[Spec]:
    if len(names) > 1:
        return [_many_lines(names)]
    colour: Spec = {"value": _COLOURS[0]}
    hollow: Spec = {"condition": {"test": "datum.partial", "value": "var(--panel)"}, **colour}
    point: Spec = {"type": "point", "size": 36, "strokeWidth": 1.75, "opacity": 1}
    return [
        {"mark": {"type": "line", "strokeWidth": 1.75}, "encoding": {"color": colour}},
        {
            "mark": point,
            "encoding": {"color": colour, "fill": hollow, "description": {"field": "full"}},
        },
    ]


def _many_lines(names: Sequence[str]) -> Spec:
    """Series differ by the shape of their points too, for who cannot tell their colours."""
    series: Spec = {"field": "series", "type": "nominal"}
    return {
        "mark": {
            "type": "line",
            "strokeWidth": 1.75,
            "point": {"size": 45, "filled": True, "opacity": 1},
        },
        "encoding": {
            "color": {**series, "scale": {"domain": names, "range": _COLOURS}},
            "shape": {**series, "scale": {"domain": names, "range": _SHAPES}},
            "description": {"field": "full"},
        },
    }


def _words() -> list[Spec]:
    """Write the values; a rim in the colour of the ground keeps them apart from lines."""
    mark = {"type": "text", "dy": {"expr": "datum.below ? 13 : -11"}, "fontSize": _SMALL}
    rim = {
        **mark,
        "color": "var(--panel)",
        "stroke": "var(--panel)",
        "strokeWidth": 4,
        "strokeJoin": "round",
    }
    encoding: Spec = {"text": {"field": "text"}}
    return [
        {"mark": {**rim, "aria": False}, "encoding": encoding},
        {"mark": {**mark, "color": "var(--ink)", "aria": False}, "encoding": encoding},
    ]
