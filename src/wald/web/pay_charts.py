"""Charts of pay: everybody's pay by the plan that was in force, and by the one that is tried."""

from collections.abc import Sequence
from decimal import Decimal

from wald.web.charts import Spec, framed

_WIDTH, _HEIGHT = 700, 260
_COLOURS = {"more": "var(--series-1)", "the same": "var(--series-3)", "less": "var(--series-2)"}


def old_against_new(pairs: Sequence[tuple[str, Decimal, Decimal]]) -> Spec:
    """Return a dot for each person: old pay to the right, new pay upwards; above the line more."""
    values = [
        {"person": name, "old": float(old), "new": float(new), "paid": _word(old, new)}
        for name, old, new in pairs
    ]
    amounts = [float(amount) for _, old, new in pairs for amount in (old, new)]
    least, most = min((0.0, *amounts)), max((0.0, *amounts))
    ends = [{"old": least, "new": least}, {"old": most, "new": most}]
    names = list(_COLOURS)
    return framed(
        _WIDTH,
        _HEIGHT,
        {
            "encoding": {
                "x": _pay("old", "by the plan in force"),
                "y": _pay("new", "by the plan tried"),
            },
            "layer": [
                {
                    "data": {"values": ends},
                    "mark": {"type": "line", "stroke": "var(--soft)", "strokeDash": [4, 3]},
                },
                {
                    "data": {"values": values},
                    "mark": {"type": "point", "filled": True, "size": 55, "opacity": 0.85},
                    "encoding": {
                        "color": {
                            "field": "paid",
                            "type": "nominal",
                            "scale": {"domain": names, "range": [_COLOURS[one] for one in names]},
                        },
                        "shape": {
                            "field": "paid",
                            "type": "nominal",
                            "scale": {
                                "domain": names,
                                "range": ["triangle-up", "circle", "triangle-down"],
                            },
                        },
                    },
                },
            ],
        },
    )


def _word(old: Decimal, new: Decimal) -> str:
    if new == old:
        return "the same"
    return "more" if new > old else "less"


def _pay(field: str, title: str) -> Spec:
    axis = {"format": "~s", "tickCount": 5, "title": title, "titleColor": "var(--soft)"}
    return {"field": field, "type": "quantitative", "axis": axis}
