"""How shifts are told: in points, percent or days with their interval, and slot by slot."""

from collections.abc import Sequence
from datetime import date, timedelta

from wald.brain.detector import SLOT_DAYS, Chart, Size
from wald.brain.places import Where


def quantile(freedom: float) -> float:
    """Return how many standard errors the interval of 95 % reaches to each side."""
    from scipy import stats

    return float(stats.t.ppf(0.975, freedom))


def weeks(slots: int) -> str:
    """Return `13 weeks`: how long some slots last."""
    return f"{slots * SLOT_DAYS // 7} weeks"


def period_of(day: date, slots: int) -> str:
    """Return the days of the last slots as a period is asked for: `2026-03-28..2026-06-26`."""
    return f"{day - timedelta(days=SLOT_DAYS * slots - 1)}..{day}"


def in_points(effect: Size, where: Where) -> str:
    """Return `12 points less than elsewhere (95 %: 8 to 16)` of a difference of shares."""
    low, middle, high = sorted(abs(one) * 100 for one in (effect.low, effect.estimate, effect.high))
    if effect.low * effect.high < 0:
        low, high = effect.low * 100, effect.high * 100
        middle = abs(effect.estimate * 100)
    return f"{middle:.0f} points {_more(effect, where)} (95 %: {low:.0f} to {high:.0f})"


def in_percent(effect: Size, where: Where) -> str:
    """Return `30 % less than elsewhere (95 %: 12 to 44)` of a relative change."""
    return in_points(effect, where).replace(" points ", " % ", 1)


def _more(effect: Size, where: Where) -> str:
    beside = "than elsewhere" if where else "than before"
    return f"{'more' if effect.estimate > 0 else 'less'} {beside}"


def by_slot(values: Sequence[float | None], day: date) -> Chart:
    """Return a line of one value per slot, oldest first, each named by the slot's last day."""
    points = [
        ((day - timedelta(days=SLOT_DAYS * slot)).isoformat(), round(float(value), 6), None, None)
        for slot, value in enumerate(values)
        if value is not None
    ]
    return Chart("line", tuple(reversed(points)))
