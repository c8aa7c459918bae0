"""The derivation of figures as nodes that anybody can recompute: parts before what is made of them.

Figures that say the same become one node. Ids are short and follow from the order in which the
figures are asked for, so the same statement has the same ids and the same bytes.
Source: docs/compensation/statements.md
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from wald.heart.compensation.figure import EXACT, Figure, How, figures_of


@dataclass(frozen=True, slots=True)
class Node:
    """One figure; `parts` are ids of nodes before it. A leaf says where it comes from."""

    node_id: str
    how: How
    value: Decimal
    parts: tuple[str, ...] = ()
    label: str = ""
    source: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the node without what is empty."""
        found: dict[str, object] = {"id": self.node_id, "how": self.how.value}
        if self.how is not How.GIVEN:
            found["parts"] = list(self.parts)
        found["value"] = plain(self.value)
        for name, text in (("label", self.label), ("source", self.source)):
            if text:
                found[name] = text
        return found


@dataclass(slots=True)
class Derivation:
    """Nodes in the order they were added."""

    nodes: list[Node] = field(default_factory=list)
    _ids: dict[int, str] = field(default_factory=dict)  # by identity of the figure
    _kept: list[Figure] = field(default_factory=list)  # so that no identity is used twice
    _same: dict[tuple[object, ...], str] = field(default_factory=dict)

    def add(self, figure: Figure) -> str:
        """Add a figure with all that it stands on; return the id of its node."""
        if id(figure) in self._ids:
            return self._ids[id(figure)]
        for one in _unknown(figure, self._ids):
            parts = tuple(self._ids[id(part)] for part in one.parts)
            self._ids[id(one)] = self._node(one, parts)
            self._kept.append(one)
        return self._ids[id(figure)]

    def _node(self, figure: Figure, parts: tuple[str, ...]) -> str:
        said = (figure.how, parts, plain(figure.value), figure.label, figure.source)
        if said not in self._same:
            node_id = f"n{len(self.nodes) + 1}"
            new = Node(node_id, figure.how, figure.value, parts, figure.label, figure.source)
            self.nodes.append(new)
            self._same[said] = node_id
        return self._same[said]

    def leaves(self) -> Iterator[Node]:
        return (node for node in self.nodes if node.how is How.GIVEN)


def _unknown(root: Figure, known: Mapping[int, str]) -> Iterator[Figure]:
    """Yield what a figure stands on and is not known, parts before wholes."""
    opened: set[int] = set()
    waiting = [root]
    while waiting:
        figure = waiting[-1]
        if id(figure) in known:
            waiting.pop()
        elif id(figure) in opened:
            waiting.pop()
            yield figure
        else:
            opened.add(id(figure))
            waiting += [one for one in reversed(figure.parts) if id(one) not in known]


def sources_of(figures: Iterable[Figure]) -> frozenset[str]:
    """Return where the leaves come from that the figures stand on."""
    return frozenset(one.source for one in figures_of(figures) if one.source)


def plain(value: Decimal) -> str:
    """Write a number in full, without zeros at its end: "6600", "0.05"."""
    if not value:
        return "0"
    return format(value.normalize(EXACT), "f")


# A step of a computation in words; {0} is the first part, and so on.
SAID: Mapping[How, str] = {
    How.SUM: "the sum of",
    How.MINUS: "less",
    How.TIMES: "times",
    How.OVER: "over",
    How.LEAST: "the least of",
    How.MOST: "the most of",
    How.ROUND: "rounded, half away from zero, to",
    How.ROUND_EVEN: "rounded, half to even, to",
    How.IF_REACHED: "where the first reaches the second, the third; else the fourth, of",
    How.IF_PASSED: "where the first passes the second, the third; else the fourth, of",
    How.GIVEN: "given",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A figure as a tree to unfold: what was done to which parts. `cut`: parts not shown."""

    value: Decimal
    label: str
    said: str
    source: str
    parts: tuple["Branch", ...] = ()
    cut: int = 0


MOST_PARTS = 200


def tree(figure: Figure, *, depth: int = 12, most: int = MOST_PARTS) -> Branch:
    """Return the derivation of one figure; deeper than `depth`, or after `most` parts of one
    figure, it is cut and says so. The whole of it is in the statement's JSON."""
    shown = figure.parts[:most] if depth else ()
    parts = tuple(tree(one, depth=depth - 1, most=most) for one in shown)
    said = "" if figure.how is How.GIVEN else SAID[figure.how]
    cut = len(figure.parts) - len(shown)
    return Branch(figure.value, figure.label, said, figure.source, parts, cut)
