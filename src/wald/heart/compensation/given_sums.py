"""What a component is given that is made only where one asks: sums of others' pay, credits.

Most components look at neither, and there are many payout periods.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Protocol

from wald.heart.compensation.component import Counted
from wald.heart.compensation.figure import Figure, total
from wald.heart.compensation.ledger import Ledger
from wald.heart.compensation.plan import Plan


class HasCredits(Protocol):
    def counted(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Counted, ...]: ...


class Sums(Mapping[str, Figure]):
    """By component what was earned in payout periods that ended after `start`, added up when a
    component asks: most ask for nothing. What is paid after `end` may be added to the lists."""

    __slots__ = ("_end", "_found", "_paid", "_start")

    def __init__(
        self, paid: Mapping[str, list[tuple[date, Figure]]], start: date, end: date
    ) -> None:
        self._paid = paid
        self._start, self._end = start, end
        self._found: dict[str, Figure] = {}

    def __getitem__(self, key: str) -> Figure:
        if key not in self._found:
            within = (one for day, one in self._paid[key] if self._start < day <= self._end)
            self._found[key] = total(within, f"earned by {key}")
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paid)

    def __len__(self) -> int:
        return len(self._paid)


def counted(
    inputs: HasCredits,
    plan: Plan,
    kept: dict[str, Ledger],
    days: tuple[date, date, date],
    measures: Iterable[str],
) -> dict[str, Ledger]:
    """Return, by measure, the credits since the component is in force, each with what it adds.

    `days`: its first one, the first not yet paid, the first after those now paid. Only those of
    the payout period are asked for; earlier ones are `kept` as they were counted then.
    """
    began, unpaid, end = days
    for key in filter(None, measures):
        since = unpaid if key in kept else began
        kept.setdefault(key, Ledger()).extend(inputs.counted(plan, key, since, end))
    return {key: kept[key] for key in measures if key}
