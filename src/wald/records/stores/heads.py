"""Heads of the journal, kept day by day in a file of the workspace that is only added to.

Whoever rewrites the journal has to rewrite this file too, and every copy of it elsewhere.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import wald_verify
from wald.records.stores.journal import stamp

NAME = "heads.jsonl"


def keep(home: Path, *, at: datetime, seq: int, hash: str) -> None:
    """Add a head, and see it on the disk. One that the file ends with is not added again."""
    path = home / NAME
    if (seq, hash) in tuple(read(home))[-1:]:
        return
    line = json.dumps({"at": stamp(at), "seq": seq, "hash": hash}, separators=(",", ":"))
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())


def read(home: Path) -> Iterator[tuple[int, str]]:
    """Return the heads kept, oldest first. Raises wald_verify.Unreadable if it was altered."""
    path = home / NAME
    return wald_verify.read_heads(path) if path.exists() else iter(())


def lines(home: Path, last: int) -> Iterator[bytes]:
    """Yield the file's lines as they are, without heads of later entries than `last`."""
    path = home / NAME
    kept = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    yield from (line for line in kept if json.loads(line)["seq"] <= last)
