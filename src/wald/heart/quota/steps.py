"""How a quota arose, step by step from the total down: each step a sentence and its figure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from wald.heart.quota.plan import Figure, Ground, Relief
from wald.heart.quota.split import in_money
from wald.heart.quota.tree import Node, path_to
from wald.heart.quota.weights import COUNTED, Weighing
from wald.kernel.money import rounded

_SPOKEN = {
    Weighing.BOOKINGS: "what was measured in the year before",
    Weighing.POTENTIAL: "potential",
    Weighing.HEAD_COUNT: "people, by the part of the year they count for",
    Weighing.EQUAL: "equal parts",
}

_ALONE = (
    "A part of what {name} hands down. How much that is is not shown: {name} has fewer than three "
    "people, and the sum would tell what the other one is to sell."
)


@dataclass(frozen=True, slots=True)
class Step:
    """`figure` is in minor units, None where the step only says why."""

    node: Node
    sentence: str
    figure: int | None


def steps(
    ground: Ground,
    figures: Mapping[str, Figure],
    key: str,
    hidden: Collection[str] = frozenset(),
) -> tuple[Step, ...]:
    """Return how the figure of a node arose, from the total down to its windows.

    Of the units `hidden`, by key, nothing is told that gives what they hold together.
    """
    path = path_to(ground.tree, key)
    found: list[Step] = []
    if path[0].key not in hidden:
        whole = figures[path[0].key].held.held
        found.append(Step(path[0], "The plan's total for the year.", whole))
    for above, node in pairwise(path):
        if above.key in hidden:
            if node.key not in hidden:
                found.append(
                    Step(node, _ALONE.format(name=above.title), figures[node.key].held.held)
                )
        elif node.key not in hidden:
            found += _handed(ground, figures[above.key], figures[node.key])
    if path[-1].seat:
        found += _person(ground, figures[key])
    return tuple(found)


def _handed(ground: Ground, above: Figure, figure: Figure) -> Iterator[Step]:
    held, name = figure.held, above.node.title
    if above.held.over != 1:
        told = f"{name} hands down {percent(Fraction(above.held.over))} of what it holds."
        yield Step(above.node, told, above.held.hands_down)
    if held.is_pinned:
        moved = _signed(-held.gave, ground)
        told = f"Pinned: {figure.node.title} holds exactly this, {moved} against its share."
        yield Step(figure.node, told, held.held)
        return
    yield Step(figure.node, _share(ground, above, figure), held.held)
    if held.gave > 0:
        told = f"{money(held.gave, ground)} less than its share, which pinned neighbours took."
        yield Step(figure.node, told, None)
    elif held.gave < 0:
        told = f"{money(-held.gave, ground)} more than its share, which pins of neighbours left."
        yield Step(figure.node, told, None)


def _share(ground: Ground, above: Figure, figure: Figure) -> str:
    held, title = figure.held, figure.node.title
    if not held.weights:
        siblings = len(ground.tree.children[above.node.key])
        return f"{title} holds one part of {siblings}: nobody below {above.node.title} weighs more."
    part = percent(held.weight / held.weights)
    by = _SPOKEN[ground.weighing]
    if figure.node.key in ground.shares or f"@{figure.node.person_id}" in ground.shares:
        by = "the share that the plan gives it"
    return f"{title} weighs {part} of those below {above.node.title}: by {by}."


def _person(ground: Ground, figure: Figure) -> Iterator[Step]:
    own, capacity = figure.brings, figure.capacity
    if own is None or capacity is None:
        return
    if ground.weighing not in COUNTED:
        told = f"Brings {_plain(own.amount)} by {_SPOKEN[ground.weighing]}"
        why = "; nothing is known of it, so the average of its place counts." * own.is_average
        yield Step(figure.node, told + (why or "."), None)
    if capacity.part != 1:
        told = f"Counts for {percent(capacity.part)} of the year, by season"
        yield Step(figure.node, f"{told}{_why_less(ground, figure)}.", None)
    for window, season, part in zip(ground.windows, figure.season, figure.assigned, strict=True):
        share = sum((capacity.season[month] for month in window.months), Fraction(0))
        counted = sum((capacity.counted[month] for month in window.months), Fraction(0))
        told = f"{window.period.label}: the season gives it {percent(share)}"
        if share != counted:
            told += f", of which {percent(counted / share)} count"
        if ground.relief is Relief.NOBODY and season != part:
            told += f", {money(season - part, ground)} of that is relief"
        yield Step(figure.node, f"{told}.", part)


def _why_less(ground: Ground, figure: Figure) -> str:
    capacity = figure.capacity
    reasons = []
    if capacity is not None and any(part != 1 for part in capacity.days):
        reasons.append(f"days ({ground.day_count.value})")
    if capacity is not None and any(part != 1 for part in capacity.ramp):
        reasons.append("ramp")
    return f": {' and '.join(reasons)}" if reasons else ""


def percent(share: Fraction) -> str:
    """Return a share as people read it, to two digits after the point."""
    exact = Decimal(share.numerator) * 100 / Decimal(share.denominator)
    return f"{rounded(exact, 2).normalize():f} %"


def money(units: int, ground: Ground) -> str:
    return f"{in_money(units, ground.digits):,f}"


def _signed(units: int, ground: Ground) -> str:
    return f"{in_money(units, ground.digits):+,f}"


def _plain(amount: Fraction) -> str:
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return f"{rounded(exact, 2).normalize():,f}"
