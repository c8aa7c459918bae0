"""Charts of the pipeline: the waterfall between two days, and the flow between categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.pipeline.changes import Flow, Waterfall
from wald.heart.pipeline.parts import BARS
from wald.heart.pipeline.standing import CATEGORIES
from wald.kernel.unit import Unit
from wald.web.charts import Spec, framed
from wald.web.templatetags.fmt import exact, short_text

_WIDTH, _HEIGHT = 760, 240
_MANY = 8  # bars above which names are set aslant
_COLOURS = {
    "total": "var(--fill)",
    "comes": "var(--series-1)",
    "size": "var(--series-3)",
    "goes": "var(--series-2)",
}
_TITLES = {bar.key: bar.title for bar in BARS}


def waterfall(fall: Waterfall, currency: str, ends: tuple[str, str]) -> Spec:
    """Return a bar for each cause that moved anything, from the start to the end."""
    values: list[dict[str, object]] = []
    level = Decimal(0)

    def bar(name: str, kind: str, low: Decimal, high: Decimal, text: str, full: str) -> None:
        values.append(
            {
                "name": name,
                "kind": kind,
                "from": float(low),
                "to": float(high),
                "top": float(max(low, high)),
                "text": text,
                "full": f"{name}: {full}",
            }
        )

    def end(name: str, amount: Decimal) -> None:
        brief = short_text(amount, Unit.MONEY, currency)
        bar(name, "total", Decimal(0), amount, brief, exact(amount, Unit.MONEY, currency))

    end(ends[0], fall.start.amount)
    level = fall.start.amount
    for step in fall.steps:
        if not step.amount:
            continue
        brief, full = signed(step.amount, currency)
        bar(step.bar.title, step.bar.kind.value, level, level + step.amount, brief, full)
        level += step.amount
    end(ends[1], fall.end.amount)
    return _drawn(values)


def signed(amount: Decimal, currency: str) -> tuple[str, str]:
    """Return a change in three digits and in all of them, each with its sign."""
    plus = "+" if amount > 0 else ""
    brief = short_text(amount, Unit.MONEY, currency)
    return f"{plus}{brief}", f"{plus}{exact(amount, Unit.MONEY, currency)}"


def _drawn(values: list[dict[str, object]]) -> Spec:
    order = [value["name"] for value in values]
    angle = -35 if len(values) > _MANY else 0
    axis = {"labelAngle": angle, "grid": False, "labelOverlap": False}
    x: Spec = {"field": "name", "type": "ordinal", "sort": order, "axis": axis}
    scale = {"domain": list(_COLOURS), "range": list(_COLOURS.values())}
    return framed(
        _WIDTH,
        _HEIGHT,
        {
            "data": {"values": values},
            "encoding": {"x": x},
            "layer": [
                {
                    "mark": {"type": "bar", "width": {"band": 0.62}},
                    "encoding": {
                        "y": {
                            "field": "from",
                            "type": "quantitative",
                            "axis": {"tickCount": 4, "format": "~s"},
                        },
                        "y2": {"field": "to"},
                        "color": {
                            "field": "kind",
                            "type": "nominal",
                            "scale": scale,
                            "legend": None,
                        },
                        "description": {"field": "full"},
                    },
                },
                {
                    "mark": {
                        "type": "text",
                        "dy": -7,
                        "fontSize": 11,
                        "color": "var(--ink)",
                        "aria": False,
                    },
                    "encoding": {
                        "y": {"field": "top", "type": "quantitative"},
                        "text": {"field": "text"},
                    },
                },
            ],
        },
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A block of the flow chart; `tone` chooses its colour."""

    name: str
    text: str
    y: str
    height: str
    label_y: str
    tone: int


@dataclass(frozen=True, slots=True)
class Band:
    path: str
    tone: int
    title: str


@dataclass(frozen=True, slots=True)
class FlowChart:
    """What a template draws as SVG: blocks left and right, and the bands between them."""

    width: int
    height: int
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[Band, ...]


_FLOW_WIDTH, _FLOW_HEIGHT, _BLOCK, _GAP = 760, 300, 12, 8
_SIDE = 150  # room for words on either side


def flow_chart(flows: Sequence[Flow], currency: str) -> FlowChart | None:
    """Return the flow between categories, blocks as high as their amounts; None for nothing."""
    known = [flow for flow in flows if flow.amount > 0]
    if not known:
        return None
    befores = _ordered({flow.before for flow in known})
    afters = _ordered({flow.after for flow in known})
    total = float(sum((flow.amount for flow in known), Decimal(0)))
    room = _FLOW_HEIGHT - _GAP * (max(len(befores), len(afters)) - 1)
    scale = room / total
    tones = {name: place % 6 for place, name in enumerate(befores)}
    left = _column(befores, {n: [f for f in known if f.before == n] for n in befores}, scale)
    right = _column(afters, {n: [f for f in known if f.after == n] for n in afters}, scale)
    down_left, down_right = dict(left), dict(right)
    bands = []
    for before in befores:
        for after in afters:
            for flow in (f for f in known if f.before == before and f.after == after):
                thick = float(flow.amount) * scale
                bands.append(
                    Band(
                        _band(down_left[before], down_right[after], thick),
                        tones[before],
                        f"{_named(before)} to {_named(after)}: {flow.deals:,} deals, "
                        f"{exact(flow.amount, Unit.MONEY, currency)}",
                    )
                )
                down_left[before] += thick
                down_right[after] += thick
    return FlowChart(
        _FLOW_WIDTH,
        _FLOW_HEIGHT + 4,
        _nodes(left, known, scale, tones, currency, is_left=True),
        _nodes(right, known, scale, tones, currency, is_left=False),
        tuple(bands),
    )


def _ordered(names: set[str]) -> list[str]:
    """Return categories first, in their order, then what came or went."""
    order = {name: place for place, name in enumerate((*CATEGORIES, "none", *_TITLES))}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def _named(name: str) -> str:
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def _column(names: Sequence[str], flows: dict[str, list[Flow]], scale: float) -> dict[str, float]:
    """Return where each block begins, from above."""
    at, found = 2.0, {}
    for name in names:
        found[name] = at
        at += float(sum((flow.amount for flow in flows[name]), Decimal(0))) * scale + _GAP
    return found


def _band(y0: float, y1: float, thick: float) -> str:
    x0, x1 = _SIDE + _BLOCK, _FLOW_WIDTH - _SIDE - _BLOCK
    middle = (x0 + x1) / 2
    return (
        f"M{x0} {y0:.1f}C{middle:.0f} {y0:.1f} {middle:.0f} {y1:.1f} {x1} {y1:.1f}"
        f"L{x1} {y1 + thick:.1f}C{middle:.0f} {y1 + thick:.1f} {middle:.0f} {y0 + thick:.1f} "
        f"{x0} {y0 + thick:.1f}Z"
    )


def _nodes(
    starts: dict[str, float],
    flows: Sequence[Flow],
    scale: float,
    tones: dict[str, int],
    currency: str,
    *,
    is_left: bool,
) -> tuple[Node, ...]:
    found, below = [], 0.0
    for name, y in starts.items():
        own = [f for f in flows if (f.before if is_left else f.after) == name]
        amount = sum((flow.amount for flow in own), Decimal(0))
        height = float(amount) * scale
        # Words of thin blocks keep a line's distance from those above.
        label = max(y + height / 2 + 4, below + 13)
        below = label
        found.append(
            Node(
                _named(name),
                short_text(amount, Unit.MONEY, currency),
                f"{y:.1f}",
                f"{max(height, 1):.1f}",
                f"{label:.1f}",
                tones[name] if is_left else (tones.get(name, 5)),
            )
        )
    return tuple(found)
