"""Charts of the sales process: how many deals last how long."""

from collections.abc import Sequence

from wald.heart.pipeline.survival import Curve
from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT = 1000, 230
_COLOURS = [f"var(--series-{number})" for number in range(1, 7)]
_ENOUGH = 0.01  # a curve is drawn until so few are left
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [4, 4, 1, 4])


def lasting(curves: Sequence[tuple[str, Curve]]) -> Spec:
    """Return a falling stair for each curve: days to the right, the share not over upwards.

    Of one curve alone the 95 % band is drawn as well.
    """
    names = [name for name, _ in curves]
    values = [
        {
            "days": point.days,
            "share": point.share * 100,
            "low": point.low * 100,
            "high": point.high * 100,
            "name": name,
        }
        for name, curve in curves
        for point in curve.points
        if point.share >= _ENOUGH
    ]
    stair: Spec = {
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": {
            "y": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 100]},
                "axis": {"labelExpr": "datum.label + ' %'"},
            },
            "color": {
                "field": "name",
                "type": "nominal",
                "sort": names,
                "scale": {"domain": names, "range": _COLOURS},
                "legend": None if len(names) == 1 else {},
            },
            "strokeDash": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": names, "range": [list(one) for one in _DASHES]},
                "legend": None,
            },
        },
    }
    band: Spec = {
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.18, "aria": False},
        "encoding": {
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
            "color": {"value": _COLOURS[0]},
        },
    }
    return framed(
        _WIDTH,
        _HEIGHT,
        {
            "data": {"values": values},
            "encoding": {
                "x": {
                    "field": "days",
                    "type": "quantitative",
                    "axis": {"title": "days", "titleColor": "var(--soft)", "grid": False},
                }
            },
            "layer": [band, stair] if len(names) == 1 else [stair],
        },
    )
