"""Charts behind a verdict: a figure over time with its limits, a funnel, ranks, and shares."""

from collections.abc import Sequence
from math import sqrt

from wald.brain.variance_shares import VarianceShares
from wald.brain.verdict import Standing, Verdict
from wald.brain.xmr import Xmr
from wald.facts.dimension import DIMENSIONS
from wald.kernel.unit import Unit
from wald.queries.verdict import VerdictPage
from wald.queries.verdict_words import amount
from wald.web.charts import Spec, framed

_WIDTH = 700
_MOST = 40  # of a chart of ranks; of more the ends are drawn
_STEPS = 40
_RULES = {
    "outside": "outside the limits",
    "run": "eighth on one side",
    "near_limit": "third of four far out",
}
_LUCK = "single rows (luck)"


def behaviour(page: VerdictPage, chart: Xmr) -> Spec:
    """Return the process behaviour chart: points, the centre, the limits, and what signals."""
    rules = {signal.place: _RULES[signal.rule] for signal in chart.signals}
    scale = _scale(page)
    # The season is taken out of points and limits alike: limits then are straight lines.
    season = [one - sum(chart.centre) / len(chart.centre) for one in chart.centre]
    values = [
        {
            "label": point.label,
            "value": (chart.values[i] - season[i]) * scale,
            "centre": (chart.centre[i] - season[i]) * scale,
            "low": (chart.low[i] - season[i]) * scale,
            "high": (chart.high[i] - season[i]) * scale,
            "signal": i in rules,
            "full": f"{point.label}: {amount(page, chart.values[i])} of {point.rows:,} rows"
            + (f", {rules[i]}" if i in rules else ""),
        }
        for i, point in enumerate(page.points)
    ]
    order = [point.label for point in page.points]
    line: Spec = {"strokeWidth": 1.25, "interpolate": "step"}
    return framed(
        _WIDTH,
        190,
        {
            "data": {"values": values},
            "encoding": {
                "x": {
                    "field": "label",
                    "type": "ordinal",
                    "sort": order,
                    "axis": {"labelAngle": 0, "labelOverlap": True, "grid": False},
                }
            },
            "layer": [
                *(
                    {
                        "mark": {"type": "line", **line, "strokeDash": dash},
                        "encoding": {"y": _y(page, name), "color": {"value": "var(--soft)"}},
                    }
                    for name, dash in (("centre", [1, 0]), ("low", [5, 4]), ("high", [5, 4]))
                ),
                {
                    "mark": {"type": "line", "strokeWidth": 1.5},
                    "encoding": {"y": _y(page, "value"), "color": {"value": "var(--series-1)"}},
                },
                _marks(page, "value", "signal"),
            ],
        },
    )


def funnel(page: VerdictPage, found: Verdict) -> Spec:
    """Return everybody by rows and figure, with the limits within which nobody stands out."""
    judged = [one for one in found.standings if one.p_value is not None]
    scale = _scale(page)
    values = [
        {
            "rows": one.rows,
            "value": one.adjusted.estimate * scale,
            "apart": one.stands_out,
            "name": one.title if one.stands_out else "",
            "full": f"{one.title if one.stands_out else page.title}: "
            f"{amount(page, one.adjusted.estimate)} of {one.rows:,} rows",
        }
        for one in judged
    ]
    layers: list[Spec] = [
        {
            "data": {"values": _limits(page, found, judged)},
            "mark": {"type": "line", "strokeWidth": 1.25, "strokeDash": dash},
            "encoding": {"y": _y(page, name), "color": {"value": "var(--soft)"}},
        }
        for name, dash in (("centre", [1, 0]), ("low", [5, 4]), ("high", [5, 4]))
    ]
    name: Spec = {"type": "text", "dx": 9, "align": "left", "fontSize": 11, "color": "var(--ink)"}
    return framed(
        _WIDTH,
        240,
        {
            "encoding": {
                "x": {
                    "field": "rows",
                    "type": "quantitative",
                    "scale": {"type": "sqrt", "nice": False, "zero": False},
                    "axis": {"title": "rows", "titleColor": "var(--soft)", "grid": False},
                }
            },
            "layer": [
                *layers,
                {"data": {"values": values}, **_marks(page, "value", "apart")},
                {
                    "data": {"values": values},
                    "mark": name,
                    "encoding": {"y": _y(page, "value"), "text": {"field": "name"}},
                },
            ],
        },
    )


def ranks(page: VerdictPage, found: Verdict) -> Spec:
    """Return the figures with the same mix, the highest first, each with its interval."""
    judged = [one for one in found.standings if one.p_value is not None]
    shown = judged
    if len(judged) > _MOST:
        judged.sort(key=lambda one: -one.adjusted.estimate)
        shown = [*judged[: _MOST // 2], *judged[-_MOST // 2 :]]
    scale = _scale(page)
    values = [
        {
            "name": one.title,
            "value": one.adjusted.estimate * scale,
            "low": one.adjusted.low * scale,
            "high": one.adjusted.high * scale,
            "apart": one.stands_out,
            "full": f"{one.title}: {amount(page, one.adjusted.estimate)}, rank "
            f"{one.best_rank} to {one.worst_rank}",
        }
        for one in shown
    ]
    x = {**_y(page, "value"), "scale": {"zero": False}}
    rule: Spec = {"type": "rule", "strokeWidth": 2, "opacity": 0.45}
    middle: Spec = {"type": "rule", "strokeWidth": 1.25, "color": "var(--soft)"}
    y: Spec = {
        "field": "name",
        "type": "ordinal",
        "sort": [value["name"] for value in values],
        "axis": {"grid": False, "labelLimit": 150},
    }
    return framed(
        560,
        max(60, 17 * len(values)),
        {
            "data": {"values": values},
            "layer": [
                {
                    "data": {"values": [{"middle": found.overall * scale}]},
                    "mark": middle,
                    "encoding": {"x": {"field": "middle", "type": "quantitative"}},
                },
                {
                    "mark": rule,
                    "encoding": {
                        "y": y,
                        "x": {**x, "field": "low"},
                        "x2": {"field": "high"},
                        "color": {"value": "var(--series-1)"},
                    },
                },
                {**_marks(page, "value", "apart", across=True, y=y)},
            ],
        },
    )


def shares(page: VerdictPage, found: VarianceShares) -> Spec:
    """Return the parts of the variation of single rows, the largest first."""
    parts = [(title_of(page, one.part), one.share.estimate * 100) for one in found.parts]
    parts = [*sorted(parts, key=lambda one: -one[1]), (_LUCK, found.within * 100)]
    values = [
        {"part": name, "share": share, "text": f"{share:.1f} %", "luck": name == _LUCK}
        for name, share in parts
    ]
    y: Spec = {
        "field": "part",
        "type": "ordinal",
        "sort": [name for name, _ in parts],
        "axis": {"grid": False, "labelLimit": 150},
    }
    x: Spec = {"field": "share", "type": "quantitative", "axis": None}
    colour: Spec = {
        "condition": {"test": "datum.luck", "value": "var(--line)"},
        "value": "var(--series-1)",
    }
    return framed(
        420,
        22 * len(values),
        {
            "data": {"values": values},
            "encoding": {"y": y, "x": x},
            "layer": [
                {"mark": {"type": "bar", "height": {"band": 0.6}}, "encoding": {"color": colour}},
                {
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "dx": 5,
                        "fontSize": 11,
                        "color": "var(--ink)",
                    },
                    "encoding": {"text": {"field": "text"}},
                },
            ],
        },
    )


def title_of(page: VerdictPage, part: str) -> str:
    """Return what people call a part of the variation."""
    if part == "rep_id":
        return "Person"
    return DIMENSIONS[part].title if part in DIMENSIONS else part.capitalize()


def _scale(page: VerdictPage) -> int:
    return 100 if page.metric.unit is Unit.RATIO else 1  # axes then read as labels do


def _y(page: VerdictPage, field: str) -> Spec:
    is_ratio = page.metric.unit is Unit.RATIO
    written = {"labelExpr": "datum.label + ' %'"} if is_ratio else {"format": "~s"}
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": False},
        "axis": {"tickCount": 5, **written},
    }


def _marks(
    page: VerdictPage, field: str, loud: str, *, across: bool = False, y: Spec | None = None
) -> Spec:
    """Return a mark for each value; what is told of is a filled square, not only a colour."""
    shape: Spec = {"condition": {"test": f"datum.{loud}", "value": "square"}, "value": "circle"}
    fill: Spec = {
        "condition": {"test": f"datum.{loud}", "value": "var(--bad)"},
        "value": "var(--series-1)",
    }
    size: Spec = {"condition": {"test": f"datum.{loud}", "value": 70}, "value": 26}
    place = {"x": _y(page, field), "y": y} if across else {"y": _y(page, field)}
    return {
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 0},
        "encoding": {
            **place,
            "shape": shape,
            "fill": fill,
            "size": size,
            "description": {"field": "full"},
        },
    }


def _limits(page: VerdictPage, found: Verdict, judged: Sequence[Standing]) -> list[Spec]:
    """Return the limits along the number of rows, of the usual person with so many."""
    scale, rows = _scale(page), sorted(one.rows for one in judged)
    if not rows:
        return []
    widths = [((one.adjusted.high - one.adjusted.low) / 2 / 1.96) ** 2 * one.rows for one in judged]
    by_row = sorted(widths)[len(widths) // 2]
    low, high = rows[0], rows[-1]
    told: list[Spec] = []
    for step in range(_STEPS + 1):
        at = (sqrt(low) + (sqrt(high) - sqrt(low)) * step / _STEPS) ** 2
        width = found.reach * sqrt(by_row / max(at, 1) + found.spread**2)
        low_at, high_at = found.overall - width, found.overall + width
        low_at, high_at = max(found.bounds[0], low_at), min(found.bounds[1], high_at)
        told.append(
            {
                "rows": at,
                "centre": found.overall * scale,
                "low": low_at * scale,
                "high": high_at * scale,
            }
        )
    return told
