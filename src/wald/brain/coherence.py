"""Ways to make what is told of a hierarchy add up, each from what it knew on the day.

Bottom up: reps as told, and the rest of each team as it usually was. MinT: all levels weighed by
how they missed in earlier periods, leans taken out. With people: the method and what leads and reps
committed to, each by its own measured lean and variance. None ever spreads a total downward.

A rep without a record as long as that of the others, and bookings of nobody who is a rep, stand in
one node per team; what reconciling adds to it goes to its reps by the squares of what they usually
book. No rep falls below what they have closed: Di Fonzo & Girolimetto (2023), Optimization 55.
Source: docs/forecast/reconciled.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from wald.brain.deal_weeks import Floats
from wald.brain.frames import Amounts, Frame
from wald.brain.hierarchy import Place
from wald.brain.reconcile import ENOUGH, Solved, Statement, Tree, mint, record, solve

BOTTOM_UP, MINT, PEOPLE = "bottom_up", "mint_shrink", "with_people"
REST = "rest:"  # begins the key of what a sum holds beside its children
_PRIOR = 2.0  # periods that count for a rest of nothing more
_TOLD = 3  # periods from which people's records count
_METHOD = "method"


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts of every place and rest, adding up. `weights`: what a unit of money more that its
    lead said would add to a place, where people's numbers count."""

    method: str
    amounts: Amounts
    weights: Amounts


def ways(
    now: Frame, past: Sequence[Frame], rests: Sequence[Amounts], *, floored: bool
) -> Mapping[str, Sums]:
    """Return what each way that can be gone makes of `now`; `past` are the frames of periods that
    were over, oldest first, with the rests that were told then. `floored`: no sum falls."""
    known = _Known(now, tuple(past), (*rests, rest_told(now, past)), floored)
    found = {BOTTOM_UP: known.up(_leaves(known), BOTTOM_UP, {})}
    for make in (_mint, _people):
        sums = make(known)
        if sums is not None:
            found[sums.method] = sums
    return MappingProxyType(found)


def rest_told(now: Frame, past: Sequence[Frame]) -> Amounts:
    """Return what each sum will hold beside its children: what it has, and what usually came."""
    found = {}
    ends = [(one.rest(one.actual), one.rest(one.closed)) for one in past]
    for key, closed in now.rest(now.closed).items():
        more = [came[key] - had[key] for came, had in ends if key in came]
        found[key] = closed + sum(more) / (len(more) + _PRIOR)
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """A frame, those before it, and the rests told in each; the last are those of now."""

    now: Frame
    past: tuple[Frame, ...]
    rests: tuple[Amounts, ...]
    floored: bool

    @property
    def reps(self) -> tuple[Place, ...]:
        return tuple(one for one in self.now.places if one.level == "rep")

    def up(self, leaves: Mapping[str, float], method: str, weights: Amounts) -> Sums:
        """Return everything that leaves add up to; reps stay above what they have closed."""
        amounts = {
            key: max(amount, self.now.closed[key]) if self._is_floored(key) else amount
            for key, amount in leaves.items()
        }
        below = self.now.below
        for one in reversed(self.now.places):
            if one.key in below:
                parts = [amounts[key] for key in below[one.key]]
                amounts[one.key] = sum(parts) + amounts[REST + one.key]
        return Sums(method, MappingProxyType(amounts), weights)

    def _is_floored(self, key: str) -> bool:
        return self.floored and not key.startswith(REST)


def _leaves(known: _Known) -> dict[str, float]:
    points = {one.key: known.now.points[one.key] for one in known.reps}
    return points | {REST + key: amount for key, amount in known.rests[-1].items()}


@dataclass(frozen=True, slots=True)
class _Node:
    """A leaf of MinT: a rep with a whole record, or all that a sum holds beside such reps."""

    key: str
    parent: str
    members: tuple[str, ...]


def _mint(known: _Known) -> Sums | None:
    past = known.past
    if len(past) < ENOUGH:
        return None
    whole = frozenset.intersection(*(frozenset(one.actual) & frozenset(one.points) for one in past))
    misses, nodes = _misses(known, whole), _nodes(known, whole)
    told = {node.key: _told(known.now, known.rests[-1], node) for node in nodes}
    free = [node for node in nodes if misses[node.key].std() > 0]
    fixed = [node for node in nodes if misses[node.key].std() == 0]
    rows = [
        row
        for row in _sum_rows(known, free, fixed, told)
        if row.place.key in whole and misses[row.place.key].std() > 0
    ]
    if len(free) < 2 or not rows:
        return None
    record_of = np.array([misses[key] for key in (*(r.place.key for r in rows), *_keys(free))])
    turn = mint(Tree((), np.array([*(row.adds for row in rows), *np.eye(len(free))])), record_of)
    if turn is None:
        return None
    points = np.array([*(row.point for row in rows), *(told[node.key] for node in free)])
    leans = np.array([record(one).lean for one in record_of])
    bottom = dict(zip(_keys(free), turn @ (points + leans), strict=True))
    leaves = _leaves(known)
    for node in free:
        _share(known, leaves, node, float(bottom[node.key]) - told[node.key])
    return known.up(leaves, MINT, {})


def _nodes(known: _Known, whole: frozenset[str]) -> list[_Node]:
    reps = {one.key: one.parent for one in known.reps}
    found = [_Node(key, parent, (key,)) for key, parent in reps.items() if key in whole]
    for key in known.rests[-1]:
        others = tuple(rep for rep, parent in reps.items() if parent == key and rep not in whole)
        found.append(_Node(REST + key, key, others))
    return found


def _keys(nodes: Sequence[_Node]) -> list[str]:
    return [one.key for one in nodes]


def _told(frame: Frame, rests: Amounts, node: _Node) -> float:
    """Return what was told of a node in the frame of now."""
    own = sum(frame.points[one] for one in node.members)
    return own + (rests[node.parent] if node.key.startswith(REST) else 0.0)


def _misses(known: _Known, whole: frozenset[str]) -> Mapping[str, Floats]:
    """Return what came of each possible node minus what was told, of each earlier frame."""
    found: dict[str, list[float]] = {REST + key: [] for key in known.rests[-1]}
    for frame, rests in zip(known.past, known.rests, strict=False):
        beside = frame.rest(frame.actual)
        for key in known.rests[-1]:
            reps = [one for one in frame.below.get(key, ()) if _is_rep(one) and one not in whole]
            came = sum(frame.actual[one] for one in reps) + beside.get(key, 0.0)
            said = sum(frame.points[one] for one in reps) + rests.get(key, 0.0)
            found[REST + key].append(came - said)
    for key in whole:
        found[key] = [one.actual[key] - one.points[key] for one in known.past]
    return {key: np.array(own) for key, own in found.items()}


def _is_rep(key: str) -> bool:
    return key.startswith("rep:")


@dataclass(frozen=True, slots=True)
class _Row:
    """A sum as MinT sees it: which free nodes it adds, and its point without those fixed."""

    place: Place
    adds: Floats
    point: float


def _sum_rows(
    known: _Known, free: Sequence[_Node], fixed: Sequence[_Node], told: Amounts
) -> list[_Row]:
    sums = [one for one in known.now.places if one.level != "rep"]
    keys = [one.key for one in sums]
    adds = _adds(known, keys, [node.parent for node in free])
    aside = _adds(known, keys, [node.parent for node in fixed]) @ [told[n.key] for n in fixed]
    return [
        _Row(place, adds[row], known.now.points[place.key] - float(aside[row]))
        for row, place in enumerate(sums)
        if adds[row].any()
    ]


def _adds(known: _Known, sums: Sequence[str], parents: Sequence[str]) -> Floats:
    """Return which sums hold what lies directly below each of some places: a row per sum."""
    above = {one.key: one.parent for one in known.now.places}
    row = {key: place for place, key in enumerate(sums)}
    found = np.zeros((len(sums), len(parents)))
    for column, parent in enumerate(parents):
        at = parent
        while at:
            found[row[at], column] = 1.0
            at = above[at]
    return found


def _share(known: _Known, leaves: dict[str, float], node: _Node, more: float) -> None:
    """Add to the leaves of a node what reconciling adds to it."""
    if not node.members:
        leaves[node.key] += more
        return
    squares = np.array([known.now.scales[one] ** 2 for one in node.members])
    whole = squares.sum()
    shares = squares / whole if whole else np.full(len(squares), 1 / len(squares))
    for key, share in zip(node.members, shares, strict=True):
        leaves[key] += more * float(share)


def _people(known: _Known) -> Sums | None:
    """Fuse the method with what people committed to. None: nobody with a record said anything."""
    said = _statements(known, "said", lambda frame: frame.said)
    if not any(one.record.periods >= _TOLD for one in said):
        return None
    method = _statements(known, _METHOD, lambda frame: frame.points)
    reps = [one.key for one in known.reps]
    sums = [one.key for one in known.now.places if one.level != "rep"]
    above = _adds(known, sums, [one.parent for one in known.reps])
    shape = Tree((*sums, *reps), np.vstack([above, np.eye(len(reps))]))
    rests = known.rests[-1]
    aside = _adds(known, sums, list(rests)) @ list(rests.values())
    beside = dict(zip(sums, map(float, aside), strict=True))
    found = solve(shape, [_without(one, beside.get(one.unit, 0.0)) for one in (*method, *said)])
    if found is None:
        return None
    leaves = _leaves(known) | dict(zip(reps, map(float, found.bottom), strict=True))
    return known.up(leaves, PEOPLE, _weights(shape, found))


def _weights(shape: Tree, found: Solved) -> Amounts:
    """Return what each person's number weighs in its own place."""
    spreads = ((shape.adds @ found.covariance) * shape.adds).sum(axis=1)
    place = {key: row for row, key in enumerate(shape.keys)}
    return MappingProxyType(
        {
            one.unit: float(spreads[place[one.unit]] / one.record.variance)
            for one in found.statements
            if one.source != _METHOD
        }
    )


def _statements(
    known: _Known, source: str, of: Callable[[Frame], Amounts]
) -> tuple[Statement, ...]:
    """Return what is told of each place now, each with its own record; few periods are drawn to
    the variance of the others of its level."""
    level = {one.key: one.level for frame in (*known.past, known.now) for one in frame.places}
    misses: dict[str, list[float]] = {}
    alike: dict[str, list[float]] = {}
    for frame in known.past:
        for key, amount in of(frame).items():
            if key in frame.actual and key in level and frame.scales[key] > 0:
                misses.setdefault(key, []).append(frame.actual[key] - amount)
                alike.setdefault(level[key], []).append(misses[key][-1] / frame.scales[key])
    found = []
    for key, amount in of(known.now).items():
        if key in level and level[key] in alike and known.now.scales[key] > 0:
            usual = float(np.mean(np.square(alike[level[key]]))) * known.now.scales[key] ** 2
            own = record(np.array(misses.get(key, [])), others=usual)
            found.append(Statement(source, key, amount, own))
    return tuple(found)


def _without(one: Statement, rest: float) -> Statement:
    return Statement(one.source, one.unit, one.said - rest, one.record)
