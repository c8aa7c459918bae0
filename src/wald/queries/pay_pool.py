"""Credits of plans that look at each deal, for some people at a time: never all of them as values.

An engine that keeps rows at hand is asked group by group; of another all rows are fetched once and
kept as an Arrow table. Whoever asks here has asked for rights before.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.seen import among
from wald.queries.pay_portions import VersionCredits

Source = Callable[[], exp.Expr]  # what credits are selected from, at hand when it is asked for
_MOST_PEOPLE = 125  # of one group
_MOST_CREDITS = 20_000


def persons_of(rows: pa.Table) -> pa.ChunkedArray:
    """Return the people of rows; engines give a column of none where there is no row."""
    return rows.column("person_id").cast(pa.string())


@dataclass(frozen=True, slots=True)
class _Version:
    """Credits of one version: where they are, or the rows themselves; and of whom."""

    name: str
    columns: tuple[str, ...]
    rows: Source | pa.Table
    persons: frozenset[str]


@dataclass(slots=True)
class Pool:
    """The credits of each version of a plan that looks at each deal."""

    engine: Engine
    _versions: list[_Version] = field(default_factory=list)

    def add(
        self, version: str, source: Source, columns: Iterable[str], persons: frozenset[str]
    ) -> None:
        """Offer the credits of one version, those of its people alone."""
        names = tuple(columns)
        if self.engine.stage is not None:
            self._versions.append(_Version(version, names, source, persons))
            return
        rows = run(self.engine, exp.select(*names).from_(source(), copy=False))
        self._versions.append(_Version(version, names, rows, persons))

    def credits(self, persons: Collection[str]) -> tuple[VersionCredits, ...]:
        """Return the credits of some people, version by version."""
        return tuple(
            (one.name, self._of(one, own))
            for one in self._versions
            if (own := one.persons.intersection(persons))
        )

    def groups(self, persons: Iterable[str]) -> Iterator[tuple[str, ...]]:
        """Yield people in groups that are folded together, in their order; few where each has
        many credits."""
        sizes = self._sizes()
        group: list[str] = []
        credits = 0
        for person in persons:
            size = sizes.get(person, 0)
            if group and (len(group) == _MOST_PEOPLE or credits + size > _MOST_CREDITS):
                yield tuple(group)
                group, credits = [], 0
            group.append(person)
            credits += size
        if group:
            yield tuple(group)

    def _of(self, version: _Version, persons: frozenset[str]) -> pa.Table:
        if isinstance(version.rows, pa.Table):
            chosen = pa.array(sorted(persons), pa.string())
            return version.rows.filter(pc.is_in(persons_of(version.rows), value_set=chosen))
        tree = exp.select(*version.columns).from_(version.rows(), copy=False)
        return run(self.engine, tree.where(among(exp.column("person_id"), persons)))

    def _sizes(self) -> Mapping[str, int]:
        """Return how many credits each person has."""
        found: dict[str, int] = {}
        for version in self._versions:
            for person, count in self._counted(version):
                found[person] = found.get(person, 0) + count
        return found

    def _counted(self, version: _Version) -> Iterable[tuple[str, int]]:
        if isinstance(version.rows, pa.Table):
            counted = pc.value_counts(persons_of(version.rows)).to_pylist()
            return [(one["values"], one["counts"]) for one in counted]
        count = exp.alias_(exp.Count(this=exp.Star()), "counted")
        tree = exp.select("person_id", count).from_(version.rows(), copy=False)
        rows = run(self.engine, tree.group_by("person_id"))
        names = ("person_id", "counted")
        return zip(*(rows.column(name).to_pylist() for name in names), strict=True)
