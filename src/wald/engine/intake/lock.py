"""One load at a time: a lock the operating system takes back when its process dies.

The lock is on an open file, so nothing needs to guess whether a process still lives.
POSIX only, as the rest of the loading tools.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wald.kernel.problem import Conflict


@contextmanager
def held(path: Path, note: str, *, what: str = "load") -> Iterator[None]:
    """Hold the lock at `path` while the block runs. Raises Conflict, with the holder's note."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        if not _taken(handle):
            handle.seek(0)
            raise Conflict(
                f"Another {what} is running: {handle.read().strip() or 'it just started'}. "
                "Wait until it ends, then try again."
            )
        handle.truncate(0)
        handle.write(f"{note} (process {os.getpid()})")
        handle.flush()
        try:
            yield
        finally:
            handle.truncate(0)
            fcntl.flock(handle, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Does a living process hold the lock at `path`? A missing file is not held."""
    if not path.exists():
        return False
    with path.open("a+", encoding="utf-8") as handle:
        return not _taken(handle)


def _taken(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def held_in_turn(path: Path) -> Iterator[None]:
    """Hold the lock at `path`, after whoever holds it now."""
    with path.open("a+", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
