"""The credits of one measure that a component has seen, oldest first: by day and by deal.

A component that looks at each deal asks at each payout period what happened to a deal before, and
what was credited in a period long past. Both are found without going through all credits again.
Source: docs/compensation/clawback.md
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import overload

from wald.heart.compensation.component import Counted
from wald.heart.compensation.figure import Figure, total
from wald.kernel.period import Period


class Ledger(Sequence[Counted]):
    """Credits in the order of their days; more may be added at the end, and taken off again."""

    __slots__ = ("_by_deal", "_days", "_found", "_ones", "_sums")

    def __init__(self, ones: Iterable[Counted] = ()) -> None:
        self._ones: list[Counted] = []
        self._days: list[date] = []
        self._by_deal: dict[str, list[Counted]] = {}  # of the first `_found`: few ask for deals
        self._found = 0
        self._sums: dict[Period, Figure] = {}
        self.extend(ones)

    def extend(self, ones: Iterable[Counted]) -> None:
        new = tuple(ones)
        self._ones += new
        self._days += [one.credit.credited_on for one in new]

    def cut(self, count: int) -> None:
        """Keep the first `count` credits alone."""
        for one in reversed(self._ones[count : self._found]):
            self._by_deal[one.credit.deal_id].pop()
        del self._ones[count:], self._days[count:]
        self._found = min(self._found, count)
        self._sums.clear()

    def copy(self) -> "Ledger":
        return Ledger(self._ones)

    def within(self, days: Period) -> list[Counted]:
        """Return the credits of some days."""
        return self._ones[bisect_left(self._days, days.start) : bisect_left(self._days, days.end)]

    def of_deal(self, deal_id: str) -> Sequence[Counted]:
        """Return the credits of a deal; not to be kept beyond the next that are added."""
        if self._found < len(self._ones):
            self._find()
        return self._by_deal.get(deal_id, ())

    def _find(self) -> None:
        by_deal = self._by_deal
        for one in self._ones[self._found :]:
            deal = one.credit.deal_id
            if deal in by_deal:
                by_deal[deal].append(one)
            else:
                by_deal[deal] = [one]
        self._found = len(self._ones)

    def credit_of(self, days: Period) -> Figure:
        """Return what the credits of some days add up to; no more of them may be added later."""
        if days not in self._sums:
            self._sums[days] = total((one.part for one in self.within(days)), "credit")
        return self._sums[days]

    def __len__(self) -> int:
        return len(self._ones)

    def __iter__(self) -> Iterator[Counted]:
        return iter(self._ones)

    @overload
    def __getitem__(self, place: int) -> Counted: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Counted]: ...
    def __getitem__(self, place: int | slice) -> Counted | Sequence[Counted]:
        return self._ones[place]


def ledger_of(ones: Sequence[Counted]) -> Ledger:
    """Return credits as a ledger, or the ledger itself."""
    return ones if isinstance(ones, Ledger) else Ledger(ones)
