"""What the fold of a person's pay carries from stretch to stretch: counters, and what was earned.

Source: docs/compensation/README.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from wald.heart.compensation.component import Past
from wald.heart.compensation.figure import Figure
from wald.heart.compensation.ledger import Ledger
from wald.kernel.period import Period

Mark = tuple[Mapping[str, Figure], int, int, int, dict[str, int]]


@dataclass(slots=True)
class Counter:
    """What is remembered of one component."""

    window: Period
    began_on: date  # first day in the window
    paid_up_to: date  # first day that has not been paid
    seen_to: date  # end of the last days in which the component was in force
    balance: Mapping[str, Figure] = field(default_factory=dict)
    past: list[Past] = field(default_factory=list)
    own: list[Figure] = field(default_factory=list)  # earned in the window
    targets: list[Figure] = field(default_factory=list)  # target incentive in the window
    counted: dict[str, Ledger] = field(default_factory=dict)  # by measure

    def mark(self) -> Mark:
        counted = {key: len(ones) for key, ones in self.counted.items()}
        return self.balance, len(self.past), len(self.own), len(self.targets), counted

    def back_to(self, mark: Mark) -> None:
        """Forget what was remembered since the mark."""
        self.balance, past, own, targets, counted = mark
        del self.past[past:], self.own[own:], self.targets[targets:]
        self.counted = {key: self.counted[key] for key in counted}
        for key, count in counted.items():
            self.counted[key].cut(count)

    def copy(self) -> "Counter":
        """Return the same; what one remembers from now on the other does not."""
        return replace(
            self,
            past=[*self.past],
            own=[*self.own],
            targets=[*self.targets],
            counted={key: ones.copy() for key, ones in self.counted.items()},
        )


@dataclass(slots=True)
class Carried:
    """`earned`, by component: when it paid, how much. `explained`: see `fold`."""

    counters: dict[str, Counter] = field(default_factory=dict)
    earned: dict[str, list[tuple[date, Figure]]] = field(default_factory=dict)
    explained: bool = True

    def copy(self) -> "Carried":
        """Return the same, to be carried on in another way."""
        return Carried(
            {key: one.copy() for key, one in self.counters.items()},
            {key: [*ones] for key, ones in self.earned.items()},
            self.explained,
        )
