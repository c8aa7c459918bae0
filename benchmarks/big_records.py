"""A workspace as full as a large company's after years: 100,000 cases, 1,000 documents, a
million entries in the journal.

The invented company and its people are made as `wald run` makes them; then its rows are copied
by SQL, each under numbers and names of its own, and the journal grows by a chain that verifies.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

CASES = 100_000
DOCUMENTS = 1_000
INSIGHTS = 5_000
DECISIONS = 2_000
NOTICES = 50_000
JOBS = 10_000
ENTRIES = 1_000_000
_STRIDE = 100_000  # between the numbers of a row and of its copies; no template has a higher one
_BATCH = 50_000
_ACTIONS = ("case.open", "case.comment", "case.change", "document.draft", "insight.record")


def fill(home: Path) -> None:
    """Make the workspace in `home`, whose records this process knows by the usual name."""
    from wald.actions.workspace import open_workspace
    from wald.cli.example import example_loaded

    workspace = open_workspace(home)
    example_loaded(workspace, years=2, scale=0.2)
    # Autocommit: each statement is a transaction, and there are few.
    with closing(sqlite3.connect(home / "records.sqlite3", isolation_level=None)) as records:
        records.execute("PRAGMA synchronous = OFF")  # made anew if it breaks
        _copy_all(records)
        records.execute("ANALYZE")
    _grow_journal(home, workspace.database)


def _copy_all(records: sqlite3.Connection) -> None:
    far = f"c.i * {_STRIDE}"
    copies = _copies(records, "case", CASES)
    earlier = {name: _earlier(name) for name in ("opened_at", "moved_at", "due_at", "closed_at")}
    _copy(records, "case", copies, {"fingerprint": "''", "title": "title || ' ' || c.i", **earlier})
    _copy(records, "caseevent", copies, {"case_id": f"case_id + {far}", "at": _earlier("at")})
    _copy(records, "caselink", copies, {"case_id": f"case_id + {far}"})
    # Most of what was ever worked on is done.
    records.execute("UPDATE records_case SET is_open = 0 WHERE id > ? AND id % 5 > 0", [_STRIDE])
    # Whoever was to hear of what is late has heard: the watch of deadlines finds nothing to do.
    records.execute(
        "UPDATE records_case SET reminded_at = due_at, escalated_at = due_at "
        "WHERE is_open AND due_at < strftime('%Y-%m-%d %H:%M:%S', 'now', '+1 day')"
    )
    copies = _copies(records, "document", DOCUMENTS)
    _copy(records, "document", copies, {"name": "name || '-' || c.i"})
    based = f"based_on_id + {far}"
    versions = {"document_id": f"document_id + {far}", "based_on_id": based}
    _copy(records, "documentversion", copies, versions)
    copies = noticed = _copies(records, "insight", INSIGHTS)
    _copy(records, "insight", copies, {"fingerprint": "fingerprint || c.i",
                                       "claim": "claim || ' ' || c.i"})  # fmt: skip
    _copy(records, "insightevent", copies, {"insight_id": f"insight_id + {far}"})
    copies = _copies(records, "decision", DECISIONS)
    _copy(records, "decision", copies, {"supersedes_id": "NULL"})
    _copy(records, "outcome", copies, {"decision_id": f"decision_id + {far}"})
    numbered = {"number": f"number + {far}"}
    _copy(records, "searchentry", noticed, numbered, "o.kind = 'insight'")
    _copy(records, "searchentry", copies, numbered, "o.kind = 'decision'")
    _copy(records, "notice", _copies(records, "notice", NOTICES), {"at": _earlier("at")})
    _copy(records, "job", _copies(records, "job", JOBS), {"key": "NULL", "state": "'done'"})


def _copies(records: sqlite3.Connection, table: str, wanted: int) -> int:
    """Return how often the rows of a table are to be copied."""
    (there,) = records.execute(f"SELECT count(*) FROM records_{table}").fetchone()
    return max(0, wanted // there - 1) if there else 0


def _copy(
    records: sqlite3.Connection,
    table: str,
    copies: int,
    changes: Mapping[str, str],
    which: str = "TRUE",
) -> None:
    """Add copies of the rows of a table; `changes` says what each column of copy c.i becomes."""
    described = records.execute(f"PRAGMA table_info(records_{table})").fetchall()
    columns = [row[1] for row in described]
    told = {"id": f"o.id + c.i * {_STRIDE}", **changes}
    shown = ", ".join(told.get(name, f"o.{name}") for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    records.execute(
        f"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {copies}) "
        f"INSERT INTO records_{table} ({names}) "
        f"SELECT {shown} FROM records_{table} AS o, c "
        f"WHERE o.id < {_STRIDE} AND {copies} > 0 AND {which}"
    )


def _earlier(column: str) -> str:
    """Return the SQL of an instant some minutes earlier with each copy."""
    return f"strftime('%Y-%m-%d %H:%M:%f000', o.{column}, '-' || (c.i * 7) || ' minutes')"


def _grow_journal(home: Path, database: str) -> None:
    """Append to the journal as the product does, many entries in one transaction."""
    from wald.records.stores import journal
    from wald.records.stores.sealing import subject_of
    from wald.records.stores.users import list_users

    names = [user.name for user in list_users(database=database)]
    people = [subject_of(name, database=database) for name in names]
    seq, found = journal.head(database=database)
    with closing(sqlite3.connect(home / "records.sqlite3", isolation_level=None)) as records:
        records.execute("PRAGMA synchronous = OFF")
        while seq < ENTRIES:
            rows = list(_entries(people, seq, found, min(_BATCH, ENTRIES - seq)))
            seq, found = rows[-1][0], rows[-1][-1]
            records.execute("BEGIN")
            records.executemany(
                "INSERT INTO records_journalentry "
                "(seq, at, who, door, action, about, body, previous, hash) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            records.execute("UPDATE records_journalhead SET seq = ?, hash = ?", [seq, found])
            records.execute("COMMIT")
        records.execute("ANALYZE")


def _entries(
    people: list[tuple[str, bytes]], seq: int, found: str, count: int
) -> Iterator[tuple[int, str, str, str, str, str, str, str, str]]:
    from wald.records.stores.journal import canonical, stamp
    from wald.records.stores.sealing import seal

    start = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(seq + 1, seq + count + 1):
        who, key = people[number % len(people)]
        at = start + timedelta(seconds=number * 50)
        action, about = _ACTIONS[number % len(_ACTIONS)], f"case:{number % CASES}"
        detail = {"before": {}, "after": {"text": f"what changed {number}"}, "why": ""}
        told = {"about": about, "action": action, "at": stamp(at), "concerns": who}
        sealed = seal(key, who, detail)
        body = canonical({**told, "door": "page", "sealed": sealed, "seq": number, "who": who})
        previous, found = found, hashlib.sha256(f"{found}\n{body}".encode()).hexdigest()
        moment = at.strftime("%Y-%m-%d %H:%M:%S")
        yield number, moment, who, "page", action, about, body, previous, found


def summary(home: Path) -> str:
    """Return how many rows of each kind there are, as JSON."""
    tables = ("case", "caseevent", "document", "documentversion", "insight", "decision", "notice",
              "job", "journalentry")  # fmt: skip
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        counts = {
            table: records.execute(f"SELECT count(*) FROM records_{table}").fetchone()[0]
            for table in tables
        }
    return json.dumps(counts)
