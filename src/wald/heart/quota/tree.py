"""Who stands below whom when a target is handed down: organization, units, and people at the ends.

A seat is somebody's place for a stretch of days. Whoever changes team within the year has two
seats, each with its own days. A node is known by its path: "EMEA", "EMEA/DACH", and for the seat of
a person "EMEA/DACH/@P1".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import MappingProxyType

from wald.kernel.problem import Problem

ROOT = ""


class Level(Enum):
    """What a node of the tree is."""

    ORGANIZATION = "organization"
    REGION = "region"
    TEAM = "team"
    MANAGER = "manager"
    PERSON = "person"


class Hierarchy(Enum):
    """Along which lines a target is handed down."""

    UNITS = "units"  # organization, region, team, person
    MANAGERS = "managers"  # organization, then whoever reports to whom


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit or manager on the way down: its part of the path, what it is called, what it is."""

    part: str
    title: str
    level: Level


Stay = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place, and the stays in it, half-open; `full_stays` are what they would be if
    nobody were hired within the year and nobody left."""

    person_id: str
    name: str
    units: tuple[Unit, ...]
    stays: tuple[Stay, ...]
    full_stays: tuple[Stay, ...]
    hired_on: date | None = None

    @property
    def path(self) -> str:
        return "/".join(unit.part for unit in self.units)

    @property
    def key(self) -> str:
        return _below(self.path, f"@{self.person_id}")


@dataclass(frozen=True, slots=True)
class Node:
    key: str
    title: str
    level: Level
    parent: str
    seat: Seat | None = None

    @property
    def person_id(self) -> str:
        return self.seat.person_id if self.seat else ""


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes with each parent before its children; children stand in the order of their keys."""

    nodes: tuple[Node, ...]
    children: Mapping[str, tuple[Node, ...]]

    @property
    def root(self) -> Node:
        return self.nodes[0]

    @property
    def seats(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.seat)

    def node(self, key: str) -> Node | None:
        return next((node for node in self.nodes if node.key == key), None)


def tree_of(seats: Iterable[Seat], title: str = "Organization") -> Tree:
    """Return the tree whose ends are these seats."""
    root = Node(ROOT, title, Level.ORGANIZATION, ROOT)
    found = {ROOT: root}
    for seat in seats:
        above = ROOT
        for unit in seat.units:
            key = _below(above, unit.part)
            found.setdefault(key, Node(key, unit.title, unit.level, above))
            above = key
        found[seat.key] = Node(seat.key, seat.name, Level.PERSON, above, seat)
    return grown(root, (node for node in found.values() if node is not root))


def grown(root: Node, others: Iterable[Node]) -> Tree:
    """Return the tree of some nodes; each names its parent, which is among them."""
    below: dict[str, list[Node]] = {}
    for node in others:
        below.setdefault(node.parent, []).append(node)
    children = {key: tuple(sorted(many, key=lambda n: n.key)) for key, many in below.items()}
    return Tree(tuple(_downwards(root, children)), MappingProxyType(children))


def upwards(tree: Tree) -> Iterator[Node]:
    """Yield every node after all that stand below it."""
    return reversed(tree.nodes)


def path_to(tree: Tree, key: str) -> tuple[Node, ...]:
    """Return the nodes from the root down to one, both included."""
    by_key = {node.key: node for node in tree.nodes}
    found = [by_key[key]]
    while found[-1].key != ROOT:
        found.append(by_key[found[-1].parent])
    return tuple(reversed(found))


def names_of(tree: Tree) -> Mapping[str, tuple[Node, ...]]:
    """Return the nodes that each name in a document means: whole keys, "organization" for the
    root, and "@P1" for the seats of P1."""
    found: dict[str, tuple[Node, ...]] = {Level.ORGANIZATION.value: (tree.root,)}
    found |= {node.key: (node,) for node in tree.nodes if node.key}
    for node in tree.seats:
        name = f"@{node.person_id}"
        if node.key != name:
            found[name] = (*found.get(name, ()), node)
    return found


def unknown(tree: Tree, names: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Yield what is wrong with names of nodes, given with where each stands."""
    known = names_of(tree)
    for where, name in names:
        found = known.get(name, ())
        if not found:
            fix = "write a unit such as EMEA/DACH, or @ and the key of a person who sells"
            yield Problem(where, f"there is nothing called {name!r} in the hierarchy", fix)
        elif len(found) > 1:
            keys = " and ".join(node.key for node in found)
            yield Problem(where, f"{name} stands at {keys}", "name one of the two")


def _downwards(node: Node, children: Mapping[str, tuple[Node, ...]]) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(children.get(one.key, ()))


def _below(path: str, part: str) -> str:
    return f"{path}/{part}" if path else part
