"""Kill -9 at random points while cases, documents and decisions are written.

Each kill has a child of its own that acts and says so after each action has returned; what it was
doing when it died is done again by the next child, under the same key. After every kill the
records are opened as after a crash, and read: everything acknowledged is there, everything once,
nothing in part, each with its entry, and the journal goes on from where it was.

A kill leaves the operating system's memory as it is: this is about crashes of the process. What
survives a power cut rests on SQLite's full sync.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection, connect

import wald_verify
from tests.reliability.desk import prepared
from tests.reliability.result import Result

KILLS_PER_WORKSPACE = 250
MOST_HEARD = 5  # a child dies after it has acknowledged up to four actions
LONGEST = 0.03  # seconds that it may still live then

# Where each kind of action shows, by its token; a row of each belongs to the first one.
_TOKENS = {
    "case": "SELECT title FROM records_case WHERE id > ?",
    "document": "SELECT name FROM records_document WHERE id > ?",
    "decision": "SELECT question FROM records_decision WHERE id > ?",
}
# How often the last thing that each kind of action does is there.
_DONE = {
    "case": "SELECT count(*) FROM records_case WHERE title = ?",
    "comment": """SELECT count(*) FROM records_caseevent e JOIN records_case c ON c.id = e.case_id
        WHERE e.number > 1 AND c.title = ?""",
    "document": """SELECT count(*) FROM records_documentversion v JOIN records_document d
        ON d.id = v.document_id WHERE d.name = ?""",
    "approved": """SELECT count(*) FROM records_documentversion v JOIN records_document d
        ON d.id = v.document_id WHERE v.approved_at IS NOT NULL AND d.name = ?""",
    "decision": "SELECT count(*) FROM records_decision WHERE question = ?",
}
_LAST = {"case": "records_case", "document": "records_document", "decision": "records_decision"}
# What must never be seen: half of an action.
_TORN = {
    "a case without its opening": """SELECT c.id FROM records_case c LEFT JOIN records_caseevent e
        ON e.case_id = c.id AND e.number = 1 WHERE e.id IS NULL""",
    "a case that is not the fold of its events": """SELECT c.id FROM records_case c WHERE c.version
        <> (SELECT max(number) FROM records_caseevent e WHERE e.case_id = c.id)""",
    "a document without a version": """SELECT d.id FROM records_document d
        LEFT JOIN records_documentversion v ON v.document_id = d.id WHERE v.id IS NULL""",
    "a decision that is not found": """SELECT d.id FROM records_decision d
        LEFT JOIN records_searchentry s ON s.kind = 'decision' AND s.number = d.id
        WHERE s.id IS NULL""",
    "a case without its entry": """SELECT c.id FROM records_case c LEFT JOIN records_journalentry j
        ON j.about = 'case:' || c.id AND j.action = 'case.open' WHERE j.seq IS NULL""",
    "an entry of a case that is not there": """SELECT j.seq FROM records_journalentry j
        LEFT JOIN records_case c ON j.about = 'case:' || c.id
        WHERE j.action = 'case.open' AND c.id IS NULL""",
    "a decision without its entry": """SELECT d.id FROM records_decision d
        LEFT JOIN records_journalentry j ON j.about = 'decision:' || d.id
        WHERE j.seq IS NULL""",
    "an approved version without its entry": """SELECT v.id FROM records_documentversion v
        WHERE v.approved_at IS NOT NULL AND (SELECT count(*) FROM records_journalentry j
        WHERE j.action = 'document.approve') < (SELECT count(*) FROM records_documentversion w
        WHERE w.approved_at IS NOT NULL)""",
}
_MOST_WORDS = 20


@dataclass
class _Desk:
    """One workspace under fire, and what is known of it."""

    home: Path
    writer: "subprocess.Popen[str]"
    acknowledged: int = 0
    again: str = "-"
    seen: set[str] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_TOKENS, 0))
    seq: int = 0
    head: str = wald_verify.GENESIS
    faults: list[str] = field(default_factory=list)


def run(count: int, seed: int) -> Result:
    """Kill `count` times. `failed` counts what was lost, doubled, in part, or unchained."""
    prepared()
    started, chance = time.monotonic(), random.Random(seed)  # noqa: S311  # a seed
    acknowledged, faults, killed = 0, [], 0
    with tempfile.TemporaryDirectory(prefix="wald-kills-") as folder:
        template = prepared_home(Path(folder) / "template")
        while killed < count:
            with _desk(template, Path(folder) / f"{killed}") as desk:
                for _ in range(min(KILLS_PER_WORKSPACE, count - killed)):
                    _kill(desk, killed, chance)
                    killed += 1
                acknowledged += desk.acknowledged
                faults += [*desk.faults, *faults_of(desk.home)]
    words = [f"{acknowledged:,} acknowledged actions", *faults[:_MOST_WORDS]]
    return Result(killed, len(faults), "\n".join(words), time.monotonic() - started)


def prepared_home(home: Path) -> Path:
    """Make the workspace that each desk starts from, in a process that is gone afterwards."""
    words = [sys.executable, "-m", "tests.reliability.writer", str(home), "--prepare"]
    subprocess.run(words, check=True)
    return home


@contextmanager
def _desk(template: Path, home: Path) -> Iterator[_Desk]:
    shutil.copytree(template, home)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.writer", str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        desk = _Desk(home, writer)
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        with closing(connect(home / "records.sqlite3")) as records:
            _new(desk, records)
            _follow(desk, records)
        yield desk
        writer.stdin.close()
    shutil.rmtree(home)


def _kill(desk: _Desk, number: int, chance: random.Random) -> None:
    """Let a child act, kill it, and look at what is new."""
    did, begun = _round(desk, number, chance.randrange(MOST_HEARD), chance.random() * LONGEST)
    desk.acknowledged += len(did)
    with closing(connect(desk.home / "records.sqlite3")) as records:
        found = _new(desk, records)
        lost = [token for token in did if not _is_done(token, records)]
        _follow(desk, records)
    desk.faults += [f"kill {number}: {token} was lost" for token in lost]
    unheard = {*found} - {*did, begun}
    desk.faults += [f"kill {number}: {token} is there, and nobody did it" for token in unheard]
    # A client that heard nothing asks again, if what it asked for has a key: a decision has none.
    is_open = bool(begun) and begun not in did and not begun.startswith("decision")
    desk.again = begun if is_open else "-"


def _round(desk: _Desk, number: int, heard: int, seconds: float) -> tuple[list[str], str]:
    """Kill a child some time after its first `heard` words; return what it did and last began."""
    assert desk.writer.stdin is not None
    assert desk.writer.stdout is not None
    desk.writer.stdin.write(f"{number} {desk.again}\n")
    desk.writer.stdin.flush()
    did, begun, child = [], "", 0
    for line in desk.writer.stdout:
        word, _, said = line.strip().partition(" ")
        if word == "killed":
            return did, begun
        if word == "broke":
            desk.faults.append(f"kill {number}: the child broke at {begun}")
            return did, begun
        if word == "child":
            child = int(said)
        else:
            begun = said
        if word == "did":
            did.append(said)
        if word != "does" and len(did) == heard:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)  # its parent waits for it, so the number is still its
            heard = -1
    raise AssertionError("the writer ended by itself")


def _is_done(token: str, records: Connection) -> bool:
    """Is an action there, up to its last transaction, and once?"""
    (times,) = records.execute(_DONE[token.partition("_")[0]], (token,)).fetchone()
    return bool(times == 1)


def _new(desk: _Desk, records: Connection) -> list[str]:
    """Return the tokens that were not there before; one that is there twice is a fault."""
    found = []
    for kind, sql in _TOKENS.items():
        for (token,) in records.execute(sql, (desk.last[kind],)):
            if token in desk.seen:
                desk.faults.append(f"{token} is there twice")
            desk.seen.add(token)
            found.append(token)
        row = records.execute(f"SELECT coalesce(max(id), 0) FROM {_LAST[kind]}").fetchone()
        desk.last[kind] = int(row[0])
    return found


def _follow(desk: _Desk, records: Connection) -> None:
    """See that the journal goes on from where it was."""
    rows = records.execute(
        "SELECT seq, previous, hash, body FROM records_journalentry WHERE seq > ? ORDER BY seq",
        (desk.seq,),
    )
    for seq, previous, hash_, body in rows:
        if (seq, previous) != (desk.seq + 1, desk.head) or (
            wald_verify.chained(previous, body) != hash_
        ):
            desk.faults.append(f"entry {seq} does not follow entry {desk.seq}")
        desk.seq, desk.head = seq, hash_
    if wald_verify.kept_head(records) != (desk.seq, desk.head):
        desk.faults.append(f"the kept head is not entry {desk.seq}")


def faults_of(home: Path) -> list[str]:
    """Verify the whole journal, and that nothing at all was done in part."""
    path, faults = home / "records.sqlite3", []
    with wald_verify.opened(str(path)) as (entries, kept):
        verdict = wald_verify.verify(entries, wald_verify.gathered([kept] if kept else []))
    if verdict.fault is not None:
        faults.append(str(verdict.fault))
    with closing(connect(path)) as records:
        for what, sql in _TORN.items():
            faults += [f"{what}: {row[0]}" for row in records.execute(sql).fetchall()]
        (whole,) = records.execute("PRAGMA integrity_check").fetchone()
    return faults if whole == "ok" else [*faults, f"the database says: {whole}"]
