"""From sheets to rows that are new knowledge: feeds run, rows judged, every one of them counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from wald.actions.folder import Progress, Reading, repair_sheets, show_sheets
from wald.connectors.connector import Feed
from wald.engine.intake import formats, keeping, staging, verdicts
from wald.engine.intake.fetching import Fetched
from wald.engine.intake.staging import Staged
from wald.engine.intake.verdicts import Classified, Pool
from wald.facts.load_report import Counts, LoadLine, LoadOptions
from wald.facts.parts import Snapshot
from wald.facts.tables import TABLES


@dataclass(frozen=True, slots=True)
class Fed:
    """A feed with its number in this load, the files of its sheet, and its staged rows."""

    number: int
    feed: Feed
    files: tuple[Fetched, ...]
    staged: Staged


@dataclass(frozen=True, slots=True)
class TableRows:
    """All that a load brings to one table."""

    pool: Pool
    classified: Classified
    feeds: tuple[Fed, ...]
    faults: Mapping[tuple[int, int, str], int]  # (feed, file, fault code or "") -> rows
    verdicts: Mapping[tuple[int, int, str], int]  # (feed, file, verdict) -> rows
    classes: Mapping[tuple[int, int, str], int]  # (feed, file, new or changed) -> rows
    taken: Mapping[tuple[int, int, str], int]  # (feed, file, "read" or "brings") -> rows taken back
    # Feeds that account for the bad lines of their files, which became no row of any feed.
    bearers: frozenset[int]

    @property
    def brings(self) -> bool:
        return self.classified.new + self.classified.changed > 0


def make_rows(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    snapshot: Snapshot,
    options: LoadOptions,
    scratch: Path,
    progress: Progress,
) -> tuple[TableRows, ...]:
    """Run the feeds whose sheet has files, and judge their rows against what is stored."""
    fed = _run_feeds(connection, reading, options, scratch, progress)
    verdicts.name_sources(connection, [[one.file.name for one in each.files] for each in fed])
    tables = list(dict.fromkeys(each.feed.table for each in fed))
    return tuple(
        _judged(connection, name, fed, snapshot, scratch, progress, (done, len(tables)))
        for done, name in enumerate(tables)
    )


def _run_feeds(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    options: LoadOptions,
    scratch: Path,
    progress: Progress,
) -> list[Fed]:
    feeds = [feed for feed in reading.connector.feeds if feed.sheet in reading.fetched]
    try:
        return _staged(connection, reading, feeds, options, scratch, progress)
    except duckdb.Error:
        if not any(one.typed for many in reading.fetched.values() for one in many):
            raise
    # Feeds are written for text; a typed file that one cannot read is shown as text instead.
    show_sheets(connection, reading.connector, reading.fetched, as_text=True)
    repair_sheets(connection, reading.connector, reading.fetched, reading.formats, options)
    return _staged(connection, reading, feeds, options, scratch, progress)


def _staged(
    connection: duckdb.DuckDBPyConnection,
    reading: Reading,
    feeds: Sequence[Feed],
    options: LoadOptions,
    scratch: Path,
    progress: Progress,
) -> list[Fed]:
    fed = []
    for number, feed in enumerate(feeds):
        progress(f"Checking {feed.table}", number, len(feeds))
        forms = reading.formats[feed.sheet]
        formats.define_macros(connection, forms)
        staged = staging.stage(
            connection,
            TABLES[feed.table],
            feed.select,
            feed=number,
            formats=forms,
            currency=options.currency or reading.connector.currency,
            scratch=scratch,
        )
        fed.append(Fed(number, feed, reading.fetched[feed.sheet], staged))
    return fed


def _judged(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    fed: Sequence[Fed],
    snapshot: Snapshot,
    scratch: Path,
    progress: Progress,
    step: tuple[int, int],
) -> TableRows:
    progress(f"Comparing {name}", *step)
    own = tuple(each for each in fed if each.feed.table == name)
    pool = verdicts.pool(connection, TABLES[name], [each.staged for each in own])
    classified = verdicts.classify(
        connection,
        pool,
        [snapshot.root / part.path for part in snapshot.parts(name)],
        stored_rows=sum(part.rows for part in snapshot.parts(name)),
        replaces=snapshot.replaces(name),
        scratch=scratch,
    )
    return TableRows(
        pool,
        classified,
        own,
        verdicts.tally(connection, pool.rows, "COALESCE(_fault, '')"),
        verdicts.tally(connection, pool.verdicts, "_verdict"),
        verdicts.tally(connection, classified.rows, "_class"),
        {
            **verdicts.tally(connection, verdicts.taken_back(pool.good), "'read'"),
            **verdicts.tally(connection, verdicts.taken_back(classified.rows), "'brings'"),
        },
        frozenset(each.number for each in own) & _first_of_their_sheet(fed),
    )


def _first_of_their_sheet(fed: Sequence[Fed]) -> frozenset[int]:
    first: dict[str, int] = {}
    for each in fed:
        first.setdefault(each.feed.sheet, each.number)
    return frozenset(first.values())


def count_lines(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows]
) -> tuple[LoadLine, ...]:
    """Account for every row read: one line per file and table, in the order of the feeds."""
    ordered = sorted(
        ((each, rows) for rows in tables for each in rows.feeds), key=lambda pair: pair[0].number
    )
    lines = []
    for each, rows in ordered:
        bears = each.number in rows.bearers
        for place, file in enumerate(each.files):
            derived = each.feed.derived
            counts = _counts(each.number, place, rows, len(file.bad_lines) if bears else 0)
            taken = rows.taken.get((each.number, place, "read"), 0)
            if derived:  # rows made to take back what nobody had stand for nothing in the file
                moot = min(taken - rows.taken.get((each.number, place, "brings"), 0), counts.same)
                counts = replace(counts, read=counts.read - moot, same=counts.same - moot)
                taken -= moot
            left_out = 0 if derived else _left_out(connection, each, place, file, counts)
            name = file.file.name
            lines.append(LoadLine(name, each.feed.table, counts, derived, left_out, taken))
    return tuple(lines)


def _counts(feed: int, place: int, rows: TableRows, bad_lines: int) -> Counts:
    def among(counted: Mapping[tuple[int, int, str], int], *kinds: str) -> int:
        return sum(counted.get((feed, place, kind), 0) for kind in kinds)

    here = {kind: n for (one, at, kind), n in rows.faults.items() if (one, at) == (feed, place)}
    faulty = sum(n for kind, n in here.items() if kind)
    good = here.get("", 0)
    conflicts = among(rows.verdicts, "conflict")
    duplicate = among(rows.verdicts, "duplicate")
    new, changed = among(rows.classes, "new"), among(rows.classes, "changed")
    return Counts(
        read=good + faulty + bad_lines,
        new=new,
        changed=changed,
        same=good - conflicts - duplicate - new - changed,
        rejected=faulty + conflicts + bad_lines,
        duplicate=duplicate,
    )


def _left_out(
    connection: duckdb.DuckDBPyConnection, each: Fed, place: int, file: Fetched, counts: Counts
) -> int:
    """Count the rows of the file that gave no row; most feeds give one row for each."""
    if counts.read == file.rows:
        return 0
    used = verdicts.rows_used(connection, each.staged, place)
    return max(0, file.rows - len(file.bad_lines) - used)


def rejected_by_file(rows: TableRows, lines: Sequence[LoadLine]) -> dict[str, str]:
    """Return, per file that has any, the relation of its rejected rows of one table."""
    table = rows.pool.table
    rejecting = {line.file for line in lines if line.table == table.name and line.counts.rejected}
    relations: dict[str, list[str]] = {}
    for each in rows.feeds:
        for place, file in enumerate(each.files):
            mine = relations.setdefault(file.file.name, [])
            mine.append(
                keeping.rejected_rows(table, rows.pool.rows, rows.pool.verdicts, each.number, place)
            )
            if file.bad_lines and each.number in rows.bearers:
                bad = [(line.line, line.what) for line in file.bad_lines]
                mine.append(keeping.bad_line_rows(table, bad))
    return {
        name: "(" + " UNION ALL ".join(f"FROM {one}" for one in many) + ")"
        for name, many in relations.items()
        if name in rejecting
    }
