"""Hand a target down a tree, level by level, so that every level ties out to the last cent.

A node holds a figure and hands down a multiple of it: 1.1 times is an over-assignment of ten per
cent, rounded half away from zero to a minor unit. What it hands down is divided among its children
by their weights, by largest remainder. A pinned child holds exactly its pin; its siblings divide
what is left, and each is told what it would have held without the pins: the difference is what it
gave. Pins that cannot be met stop the cascade with a sentence for each.
Source: docs/agreements/quota_plan.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from wald.heart.quota.split import added, in_money, largest_remainder, nearest
from wald.heart.quota.tree import Node, Tree
from wald.kernel.problem import BadInput, Problem

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Held:
    """What one node holds and hands down, in minor units, and how that came.

    `weight` of `weights` is its part among its siblings; `free` is what it would hold if none of
    them, nor itself, were pinned.
    """

    node: Node
    held: int
    hands_down: int
    over: Decimal
    weight: Fraction
    weights: Fraction
    free: int
    is_pinned: bool = False

    @property
    def gave(self) -> int:
        """What it gave to pinned siblings; below zero: what a pin took or brought it."""
        return self.free - self.held


@dataclass(frozen=True, slots=True)
class Handing:
    """By what a target is handed down: weights and over-assignments by node, pins by node.

    A node without a weight weighs nothing; without an over-assignment it hands down what it holds.
    """

    weights: Mapping[str, Fraction]
    over: Mapping[str, Decimal]
    pins: Mapping[str, int]
    digits: int = 2


def cascade(tree: Tree, units: int, handing: Handing) -> Mapping[str, Held]:
    """Return what each node holds of `units`, by key, parents first.

    Raises BadInput with a Problem for every place where pins cannot be met.
    """
    root = tree.root
    found = {root.key: _held(root, units, Fraction(1), Fraction(1), units, tree, handing)}
    problems: list[Problem] = []
    for node in tree.nodes:
        children = tree.children.get(node.key, ())
        if children:
            problem = _hand_down(found, found[node.key], children, tree, handing)
            problems += [problem] if problem else []
    if problems:
        raise BadInput("The pins cannot be met.", problems)
    return MappingProxyType(found)


def _hand_down(
    found: dict[str, Held], above: Held, children: Sequence[Node], tree: Tree, handing: Handing
) -> Problem | None:
    weights = [handing.weights.get(child.key, Fraction(0)) for child in children]
    free = largest_remainder(above.hands_down, weights)
    pinned = [handing.pins.get(child.key) for child in children]
    open_places = [place for place, pin in enumerate(pinned) if pin is None]
    left = above.hands_down - sum(pin for pin in pinned if pin is not None)
    held = [pin or 0 for pin in pinned]
    if open_places and left >= 0:
        parts = largest_remainder(left, [weights[place] for place in open_places])
        for place, part in zip(open_places, parts, strict=True):
            held[place] = part
    total = added(weights)
    for place, child in enumerate(children):
        is_pinned = pinned[place] is not None
        found[child.key] = _held(
            child, held[place], weights[place], total, free[place], tree, handing, is_pinned
        )
    if left < 0 or (left > 0 and not open_places):
        return _unmet(above, left, handing.digits)
    return None


def _held(
    node: Node,
    held: int,
    weight: Fraction,
    weights: Fraction,
    free: int,
    tree: Tree,
    handing: Handing,
    is_pinned: bool = False,
) -> Held:
    is_end = node.key not in tree.children
    over = ONE if is_end else handing.over.get(node.key, ONE)
    hands_down = 0 if is_end else nearest(held * Fraction(over))
    return Held(node, held, hands_down, over, weight, weights, free, is_pinned)


def _unmet(above: Held, left: int, digits: int) -> Problem:
    whole, gap = (f"{in_money(units, digits):,f}" for units in (above.hands_down, abs(left)))
    name = above.node.key or "the organization"
    if left < 0:
        what = f"hands down {whole}, and the pins below it hold {gap} more than that"
        return Problem(f"pins below {name}", what, f"lower pins by {gap}, or let {name} hold more")
    what = f"hands down {whole}, and {gap} of it is left: everybody below it is pinned"
    return Problem(f"pins below {name}", what, f"raise a pin by {gap}, or take one away")
