"""The history of one field of many deals: its first value and every change, in order."""

from dataclasses import dataclass

import numpy as np

from wald.simulator.streams import Flags, Ints

Step = tuple[Ints, Ints, Ints]  # deals, instants, new values

_INSTANTS = 1 << 33  # every instant in seconds fits below it


@dataclass(frozen=True, slots=True)
class History:
    """Values are codes; NOTHING stands for null. Changes are sorted by deal and instant."""

    first: Ints  # per deal: the value it opened with
    deal: Ints
    at: Ints
    old: Ints
    new: Ints

    def value(self, deals: Ints, at: Ints) -> Ints:
        """Return the value each deal had at the end of each instant."""
        found = np.searchsorted(self._keys, deals * _INSTANTS + at, side="right") - 1
        index = np.maximum(found, 0)
        if not len(self.deal):
            return self.first[deals]
        changed = (found >= 0) & (self.deal[index] == deals)
        return np.where(changed, self.new[index], self.first[deals])

    def until(self, at: int) -> "History":
        """Return the history without the changes after an instant."""
        return self.only(self.at <= at)

    def only(self, kept: Flags) -> "History":
        return History(self.first, self.deal[kept], self.at[kept], self.old[kept], self.new[kept])

    @property
    def _keys(self) -> Ints:
        return self.deal * _INSTANTS + self.at


def history(first: Ints, *steps: Step) -> History:
    """Chain steps (deal, instant, new value), given in any order, into one history.

    Of two steps at one instant the later given holds; a step that changes nothing is left out.
    """
    deal, at, new = (np.concatenate([step[part] for step in steps]) for part in range(3))
    order = np.lexsort((np.arange(len(deal)), at, deal))
    deal, at, new = deal[order], at[order], new[order]
    overruled = np.zeros(len(deal), dtype=bool)
    overruled[:-1] = (deal[1:] == deal[:-1]) & (at[1:] == at[:-1])
    deal, at, new = deal[~overruled], at[~overruled], new[~overruled]
    old = first[deal]
    follows = deal[1:] == deal[:-1]
    old[1:][follows] = new[:-1][follows]
    moves = old != new
    return History(first, deal[moves], at[moves], old[moves], new[moves])
