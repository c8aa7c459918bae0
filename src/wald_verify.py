"""Verify Wald's journal without Wald: the standard library, this file, and nothing else.

    python -m wald_verify journal.jsonl
    python -m wald_verify records.sqlite3 --head 1204:9f3c…

It reads an exported journal (one JSON object a line, "-" for standard input) or the record
database itself, never writes, and needs the same memory however long the journal is.

What it checks of each entry, in their order:

    its number is one more than the number before it
    `previous` is the hash of the entry before it; 64 zeros before the first
    `hash` is SHA-256 over `previous`, a line feed and `body`, all UTF-8
    the columns beside the body, made for searching, say what the body says

A chain proves that nothing inside it was changed. Who can write everything could still leave
out its end, or write all of it anew: that shows against a head, number and hash, that was kept
elsewhere. Give one or many with --head, or files of them with --heads (heads.jsonl).

Exit codes: 0 sound, 1 a fault was found, 2 it cannot be read.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

GENESIS = "0" * 64
COLUMNS = ("at", "who", "door", "action", "about")
_SQLITE = b"SQLite format 3\0"
_HASH = 64


class Unreadable(Exception):
    """What was given is no journal; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is kept. A field that cannot be read is None."""

    seq: int | None
    previous: str | None
    hash: str | None
    body: str | None
    columns: Mapping[str, str | None] | None = None  # None: the form has none beside the body
    line: int = 0  # of the file, from 1; 0: it has no lines


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: which entry, and what of it."""

    seq: int
    what: str

    def __str__(self) -> str:
        return f"Entry {self.seq:,}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries were read and found sound, the newest of them, and what came next."""

    entries: int
    head: str
    fault: Fault | None

    @property
    def is_sound(self) -> bool:
        return self.fault is None

    def as_json(self) -> dict[str, object]:
        fault = self.fault
        found = None if fault is None else {"seq": fault.seq, "what": fault.what}
        return {"entries": self.entries, "head": self.head, "fault": found}

    def __str__(self) -> str:
        if self.fault is None:
            return f"Sound: {self.entries:,} entries, head {self.entries}:{self.head}"
        return f"{self.fault}\n{self.entries:,} entries before it are sound."


def verify(entries: Iterable[Entry], heads: Mapping[int, Iterable[str]] | None = None) -> Verdict:
    """Return the verdict over a whole journal; `heads` are the hashes known, by number.

    It stops at the first fault, except that it reads on to tell what is missing from what
    stands out of order.
    """
    known = {seq: frozenset(hashes) for seq, hashes in (heads or {}).items()}
    seq, head = 0, GENESIS
    waiting = iter(entries)
    for entry in waiting:
        fault = _fault(entry, seq + 1, head, waiting) or _not_the_known(entry, known)
        if fault is not None:
            return Verdict(seq, head, fault)
        seq, head = seq + 1, entry.hash or ""
    return Verdict(seq, head, _cut_off(seq, known))


def _fault(entry: Entry, wanted: int, head: str, later: Iterator[Entry]) -> Fault | None:
    if entry.seq is None:
        return Fault(wanted, f"{_where(entry)}is altered: it cannot be read as an entry.")
    if entry.seq != wanted:
        return _misplaced(entry, wanted, later)
    if entry.body is None or entry.previous is None or entry.hash is None:
        return Fault(wanted, "is altered: a part of it is gone or is no text.")
    if entry.previous != head:
        before = f"the hash of entry {wanted - 1:,}" if wanted > 1 else "64 zeros"
        return Fault(wanted, f"is altered, or the one before it is: `previous` is not {before}.")
    if chained(entry.previous, entry.body) != entry.hash:
        return Fault(wanted, "is altered: its hash is not that of its body.")
    return _contradiction(entry, wanted)


def chained(previous: str, body: str) -> str:
    """Return the hash of an entry."""
    text = f"{previous}\n{body}".encode(errors="surrogatepass")
    return hashlib.sha256(text).hexdigest()


def _misplaced(entry: Entry, wanted: int, later: Iterator[Entry]) -> Fault:
    """Say how an entry came to stand where another was due: doubled, missing or out of order."""
    assert entry.seq is not None  # noqa: S101  # the caller has looked
    if entry.seq < wanted:
        return Fault(entry.seq, f"{_where(entry)}stands twice: entry {wanted:,} was due.")
    if any(other.seq == wanted for other in later):
        return Fault(wanted, f"stands out of order, after entry {entry.seq:,}.")
    last = entry.seq - 1
    gone = "is missing" if last == wanted else f"and the others up to {last:,} are missing"
    return Fault(wanted, f"{gone}: entry {entry.seq:,} comes next.")


def _contradiction(entry: Entry, wanted: int) -> Fault | None:
    """Compare what the hash covers with what stands beside it."""
    try:
        body = json.loads(entry.body or "")
    except ValueError:
        return Fault(wanted, "is no journal entry: its body is not JSON.")
    if not isinstance(body, dict) or body.get("seq") != wanted:
        return Fault(wanted, "is altered: its body has another number.")
    for name, value in (entry.columns or {}).items():
        said = as_column(str(body.get(name))) if name == "at" else body.get(name)
        if value != said:
            return Fault(wanted, f"is altered: its column {name!r} says other than its body.")
    return None


def _not_the_known(entry: Entry, known: Mapping[int, frozenset[str]]) -> Fault | None:
    seq = entry.seq or 0
    if known.get(seq, frozenset((entry.hash,))) == {entry.hash}:
        return None
    return Fault(seq, "is not the one whose hash was kept: the journal was written anew.")


def _cut_off(seq: int, known: Mapping[int, frozenset[str]]) -> Fault | None:
    last = max(known, default=0)
    if last <= seq:
        return None
    return Fault(seq + 1, f"is cut off with all after it: entry {last:,} was there once.")


def _where(entry: Entry) -> str:
    return f"(line {entry.line:,}) " if entry.line else ""


def as_column(at: str) -> str:
    """Return an instant of a body as SQLite keeps it: without the zone, nor zero microseconds."""
    return at.replace("T", " ").removesuffix("Z").removesuffix(".000000")


# Reading


def read_lines(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Yield the entries of an exported journal. A line that is no entry has no number."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _entry_of(line, number)


def _entry_of(line: bytes, number: int) -> Entry:
    """Read a line. Written otherwise than Wald writes it, it may mean other things to others."""
    try:
        found = json.loads(line)
        if line.rstrip(b"\n") != as_line(found).encode():
            found = {}
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        found = {}
    seq = found.get("seq")
    return Entry(
        seq=seq if type(seq) is int else None,
        previous=_text(found.get("previous")),
        hash=_text(found.get("hash")),
        body=_text(found.get("body")),
        line=number,
    )


def as_line(found: Mapping[str, object]) -> str:
    """Return an entry as a line of an export, without the line feed."""
    return json.dumps(
        {key: found[key] for key in ("seq", "previous", "hash", "body")},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def read_records(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Yield the entries of a record database, with the columns beside each body."""
    connection.text_factory = bytes
    fields = ", ".join(("seq", "previous", "hash", "body", *COLUMNS))
    # Sorted by the number as it is kept; the order of a table has no other meaning.
    for row in connection.execute(f"SELECT {fields} FROM records_journalentry ORDER BY seq"):  # noqa: S608  # no name of others
        seq = row[0] if isinstance(row[0], int) else None
        previous, hash_, body, *columns = (_text(value) for value in row[1:])
        yield Entry(seq, previous, hash_, body, dict(zip(COLUMNS, columns, strict=True)))


def kept_head(connection: sqlite3.Connection) -> tuple[int, str] | None:
    """Return number and hash of the newest entry as the database keeps them, if it does."""
    connection.text_factory = bytes
    row = connection.execute("SELECT seq, hash FROM records_journalhead WHERE id = 1").fetchone()
    return None if row is None else (int(row[0]), _text(row[1]) or "")


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


@contextmanager
def opened(path: str) -> Iterator[tuple[Iterator[Entry], tuple[int, str] | None]]:
    """Give the entries of a file, and the head that it keeps itself. Raises Unreadable."""
    if path == "-":
        yield read_lines(sys.stdin.buffer), None
        return
    try:
        with Path(path).open("rb") as file:
            if file.read(len(_SQLITE)) != _SQLITE:
                file.seek(0)
                yield read_lines(file), None
                return
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    address = f"{Path(path).resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.execute("BEGIN")  # entries and head of one moment, while others write
            yield read_records(connection), kept_head(connection)
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read as records of Wald: {error}.") from error


# The command


def read_head(text: str) -> tuple[int, str]:
    """Read NUMBER:HASH. Raises ValueError with a sentence."""
    seq, _, hash_ = text.strip().partition(":")
    is_hash = len(hash_) == _HASH and set(hash_) <= set("0123456789abcdef")
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 19 and is_hash):
        raise ValueError(f"{text[:90]!r} is no head; write the number, a colon and the hash.")
    return int(seq), hash_


def read_heads(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the heads of a file as Wald keeps them, one JSON object a line. Raises Unreadable."""
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            yield read_head(f"{found['seq']}:{found['hash']}")
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise Unreadable(f"{path} is no file of heads: {error}.") from error


def gathered(heads: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    """Return hashes by number. The number 0 stands before the first entry and says nothing."""
    found: dict[int, set[str]] = {}
    for seq, hash_ in heads:
        if seq:
            found.setdefault(seq, set()).add(hash_)
    return found


def main(words: list[str] | None = None) -> int:
    """Run one command line; return its exit code."""
    given = _arguments().parse_args(words)
    try:
        heads = [read_head(text) for text in given.head]
        heads += [head for path in given.heads for head in read_heads(Path(path))]
        with opened(given.file) as (entries, kept):
            verdict = verify(entries, gathered([*heads, *([kept] if kept else [])]))
    except (ValueError, Unreadable) as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2
    said = json.dumps(verdict.as_json()) if given.json else str(verdict)
    sys.stdout.write(f"{said}\n")
    return 0 if verdict.is_sound else 1


def _arguments() -> argparse.ArgumentParser:
    about, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        prog="python -m wald_verify",
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="journal.jsonl, records.sqlite3, or -")
    parser.add_argument(
        "--head", action="append", default=[], metavar="SEQ:HASH", help="kept elsewhere; repeatable"
    )
    parser.add_argument(
        "--heads", action="append", default=[], metavar="FILE", help="such as heads.jsonl"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
