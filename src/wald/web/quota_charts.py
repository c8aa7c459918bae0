"""The fairness chart: what each person is to sell over what they could, on one line of fairness."""

from collections.abc import Sequence
from decimal import Decimal

from wald.queries.quotas import Line
from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT = 520, 260
MOST_POINTS = 1500


def fairness(lines: Sequence[Line], average: Decimal) -> Spec:
    """Return a point per seat, potential across and quota up, and the line of the average."""
    shown = [line for line in lines if line.potential][:MOST_POINTS]
    values = [
        {"potential": float(line.potential or 0), "quota": float(line.total), "name": line.title}
        for line in shown
    ]
    widest = max((line.potential or Decimal(0) for line in shown), default=Decimal(0))
    ends = [{"potential": float(x), "quota": float(x * average)} for x in (Decimal(0), widest)]
    return framed(
        _WIDTH,
        _HEIGHT,
        {
            "layer": [
                {
                    "data": {"values": ends},
                    "mark": {"type": "line", "strokeWidth": 1.25, "color": "var(--soft)"},
                    "encoding": _axes(),
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "point", "size": 42, "color": "var(--series-1)", "opacity": 1},
                    "encoding": {**_axes(), "description": {"field": "name"}},
                },
            ],
        },
    )


def _axes() -> Spec:
    axis: Spec = {"format": "~s", "tickCount": 5, "titleColor": "var(--soft)"}
    return {
        "x": {
            "field": "potential",
            "type": "quantitative",
            "axis": {**axis, "title": "could sell"},
        },
        "y": {"field": "quota", "type": "quantitative", "axis": {**axis, "title": "is to sell"}},
    }
