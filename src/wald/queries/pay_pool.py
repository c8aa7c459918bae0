"""Credits of plans that look at each deal, for some people at a time: never all of them as values.

An engine that writes files writes them sorted by person, and each group reads its part. Of another
all rows are fetched once and kept as an Arrow table. Whoever asks here has asked for rights before.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from weakref import finalize

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from wald.engine.connect import Engine, run
from wald.facts.seen import among
from wald.language.write import write
from wald.queries.pay_portions import InFile, VersionCredits

Source = Callable[[], exp.Expr]  # what credits are selected from, at hand when it is asked for
_MOST_PEOPLE = 125  # of one group
_MOST_CREDITS = 20_000
_FEW = 300  # people of whom all credits are at hand at once


def persons_of(rows: pa.Table) -> pa.ChunkedArray:
    """Return the people of rows; engines give a column of none where there is no row."""
    return rows.column("person_id").cast(pa.string())


@dataclass(frozen=True, slots=True)
class _Version:
    """Credits of one version: the file they are in, or the rows themselves; and of whom."""

    name: str
    rows: Path | pa.Table
    persons: frozenset[str]


@dataclass(slots=True, weakref_slot=True)
class Pool:
    """The credits of each version of a plan that looks at each deal."""

    engine: Engine
    _versions: list[_Version] = field(default_factory=list)
    _room: Path | None = None  # for files, as long as the pool is there

    def add(
        self, version: str, source: Source, columns: Iterable[str], persons: frozenset[str]
    ) -> None:
        """Offer the credits of one version, those of its people alone."""
        tree = exp.select(*columns).from_(source(), copy=False)
        rows = self._saved(tree, persons) if len(persons) > _FEW else None
        if rows is None:
            rows = run(self.engine, tree)
        self._versions.append(_Version(version, rows, persons))

    def _saved(self, tree: exp.Select, persons: frozenset[str]) -> Path | None:
        """Return a file with the credits, None where the engine writes none."""
        if self.engine.save is None:
            return None
        if self._room is None:
            self._room = Path(mkdtemp(prefix="wald-pay-"))
            finalize(self, rmtree, self._room, ignore_errors=True)
        path = self._room / f"{len(self._versions)}.parquet"
        tree = tree.where(among(exp.column("person_id"), persons)).order_by("person_id")
        try:
            self.engine.save(write(tree, self.engine.dialect), path)
        except OSError:  # no room on the disk: there may be in memory
            return None
        return path

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

    def _of(self, version: _Version, persons: frozenset[str]) -> pa.Table | InFile:
        if isinstance(version.rows, Path):
            return InFile(version.rows, persons)
        chosen = pa.array(sorted(persons), pa.string())
        return version.rows.filter(pc.is_in(persons_of(version.rows), value_set=chosen))

    def _sizes(self) -> Mapping[str, int]:
        """Return how many credits each person has."""
        found: dict[str, int] = {}
        for version in self._versions:
            for person, count in self._counted(version):
                found[person] = found.get(person, 0) + count
        return found

    def _counted(self, version: _Version) -> Iterable[tuple[str, int]]:
        rows = version.rows
        if isinstance(rows, Path):
            rows = pq.read_table(rows, columns=["person_id"])
        counted = pc.value_counts(persons_of(rows)).to_pylist()
        return [(one["values"], one["counts"]) for one in counted]
