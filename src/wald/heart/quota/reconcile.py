"""Top-down beside bottom-up: what a node is to hold, what was proposed, and what lies between.

The difference of a unit is the sum of the differences below it, less what over-assignment adds on
the way down, and what was proposed for the unit itself and not by those below. The difference of a
node that has nothing below is what its share asks beyond its proposal, and what pins moved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wald.heart.quota.plan import Figure
from wald.heart.quota.tree import Tree


@dataclass(frozen=True, slots=True)
class Gap:
    """Held less proposed, in minor units, and the parts that add up to it."""

    key: str
    held: int
    proposed: int
    below: int  # what lies between at the nodes below that somebody proposed for
    unsaid: int  # held by nodes below for which nobody proposed anything
    over: int  # less what is handed down beyond what is held: never above zero with over >= 1
    own: int  # what those below proposed, less what was proposed for the unit itself
    share: int  # what the share asks beyond the proposal
    pins: int  # what pins moved

    @property
    def difference(self) -> int:
        return self.held - self.proposed


def gaps(tree: Tree, figures: Mapping[str, Figure]) -> Mapping[str, Gap]:
    """Return the gap of every node for which somebody, or everybody below, proposed something."""
    return {gap.key: gap for gap in _gaps(tree, figures)}


def _gaps(tree: Tree, figures: Mapping[str, Figure]) -> Iterator[Gap]:
    for key, figure in figures.items():
        if figure.proposed is None:
            continue
        held, below = figure.held, [figures[one.key] for one in tree.children.get(key, ())]
        said = [(one.held.held, one.proposed) for one in below if one.proposed is not None]
        if not below or not said:
            share, pins = held.free - figure.proposed, held.held - held.free
            yield Gap(key, held.held, figure.proposed, 0, 0, 0, 0, share, pins)
            continue
        together = sum(proposed for _, proposed in said)
        yield Gap(
            key=key,
            held=held.held,
            proposed=figure.proposed,
            below=sum(own - proposed for own, proposed in said),
            unsaid=sum(one.held.held for one in below if one.proposed is None),
            over=held.held - held.hands_down,
            own=together - figure.proposed,
            share=0,
            pins=0,
        )
