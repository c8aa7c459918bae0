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


_MINUS = "\N{MINUS SIGN}"
_DIGITS = 10  # shown of what does not end; the statement's JSON has all
_WRITTEN = 6  # of so many terms at most a sum is written out


def readable(value: Decimal) -> str:
    """Write a number for reading: "7,827.68"; of many digits behind the point the first ten."""
    whole, _, rest = plain(abs(value)).partition(".")
    cut = f"{rest[:_DIGITS]}…" if len(rest) > _DIGITS else rest
    sign = _MINUS if value < 0 else ""
    return f"{sign}{int(whole):,}" + (f".{cut}" if cut else "")


_BETWEEN = {How.SUM: " + ", How.MINUS: f" {_MINUS} ", How.TIMES: " × ", How.OVER: " ÷ "}
_AMONG = {How.LEAST: "the smallest of", How.MOST: "the largest of"}
_ROUNDED = {How.ROUND: "halves away from zero", How.ROUND_EVEN: "halves to the even digit"}


def in_words(figure: Figure) -> str:
    """Return what was done to the parts of a figure, with their values: "7,827.68 × 0.04"."""
    how, shown = figure.how, [readable(part.value) for part in figure.parts]
    if how is How.SUM and len(shown) > _WRITTEN:
        return f"the sum of {len(shown)}"
    if how in _BETWEEN:
        return _BETWEEN[how].join(shown)
    if how in _AMONG:
        return f"{_AMONG[how]} {' and '.join(shown)}"
    if how in _ROUNDED:
        return f"{shown[0]} rounded to {shown[1]}, {_ROUNDED[how]}"
    if how is How.IF_REACHED:
        is_so = figure.parts[0].value >= figure.parts[1].value
        return f"as {shown[0]} has {'' if is_so else 'not '}reached {shown[1]}"
    if how is How.IF_PASSED:
        is_so = figure.parts[0].value > figure.parts[1].value
        return f"as {shown[0]} is {'' if is_so else 'not '}above {shown[1]}"
    return ""


def where_from(source: str) -> str:
    """Return where a given figure stands, for reading: "reps, version 1: commission, rate"."""
    kind, _, rest = source.partition(":")
    if kind == "plan":
        path, _, version = rest.partition("@")
        path = path.removeprefix("components.").replace(".terms.", ", ")
        return f"{version}: {path}" if version else path
    if kind in ("credit", "quota", "score"):
        return f"{kind} {rest}"
    return source


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
    figure, it is cut and says so. The whole of it is in the statement's JSON. Numbers that a rule
    brings itself stand in its words alone."""
    told = [one for one in figure.parts if one.how is not How.GIVEN or one.label or one.source]
    shown = told[:most] if depth else []
    parts = tuple(tree(one, depth=depth - 1, most=most) for one in shown)
    cut = len(told) - len(shown)
    source = where_from(figure.source)
    return Branch(figure.value, figure.label, in_words(figure), source, parts, cut)
