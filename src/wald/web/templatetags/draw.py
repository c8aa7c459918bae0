"""Small pictures drawn by a template: a line no bigger than a word, and a bar in a cell."""

from collections.abc import Sequence
from decimal import Decimal

from django import template

from wald.kernel.unit import Unit
from wald.web.templatetags.fmt import UNKNOWN, Number, exact

register = template.Library()

_MARGIN = 3.5  # keeps the last dot inside
Points = Sequence[tuple[str, Number]]


@register.inclusion_tag("parts/sparkline.html")
def sparkline(
    points: Points, title: str, unit: Unit, currency: str | None, width: int = 150, height: int = 34
) -> dict[str, object]:
    """Draw a line through the points; where a value is not known the line has a gap."""
    placed = _placed(points, width, height)
    strokes, is_drawing = [], False
    for place in placed:
        if place is not None:
            strokes.append(f"{'L' if is_drawing else 'M'}{place[0]:.1f} {place[1]:.1f}")
        is_drawing = place is not None
    said = ", ".join(f"{label} {exact(value, unit, currency)}" for label, value in points)
    last = next((place for place in reversed(placed) if place is not None), None)
    return {
        "label": f"{title}: {said or UNKNOWN}",
        "line": "".join(strokes),
        "last": (f"{last[0]:.1f}", f"{last[1]:.1f}") if last else None,
        "width": width,
        "height": height,
    }


@register.filter
def percent(share: Decimal | None) -> str:
    """Return a share as the length of a bar, from 0 % to 100 %, for an SVG attribute."""
    return f"{min(max(share or Decimal(0), Decimal(0)), Decimal(1)) * 100:.1f}%"


def _placed(points: Points, width: int, height: int) -> list[tuple[float, float] | None]:
    known = [float(value) for _, value in points if value is not None]
    if not known:
        return [None for _ in points]
    low, high = min(known), max(known)
    across = (width - 2 * _MARGIN) / max(len(points) - 1, 1)
    tall = (height - 2 * _MARGIN) / ((high - low) or 1.0)
    return [
        None
        if value is None
        else (_MARGIN + i * across, height - _MARGIN - (float(value) - low) * tall)
        for i, (_, value) in enumerate(points)
    ]
