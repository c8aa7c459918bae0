"""A worker beside the web process: started with it, started again if it ends, ended with it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wald.cli.output import say

_FIRST_DELAY, _LONGEST_DELAY = 1.0, 60.0  # seconds before it is started again
_LIVED = 30.0  # seconds after which an end is no longer one at the start
_PATIENCE = 8.0  # seconds that it has to end; killed, it loses nothing
_HEAD_START = 2.0  # seconds that the pages have, to be there first


@contextmanager
def worker_beside(home: Path) -> Iterator[None]:
    """Keep one `wald worker` running until the block ends.

    It ends when its standard input does, so it outlives this process in no case.
    """
    over = threading.Event()
    thread = threading.Thread(target=_keep_one, args=(home, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_PATIENCE + 5)


def _keep_one(home: Path, over: threading.Event) -> None:
    delay = _FIRST_DELAY
    over.wait(_HEAD_START)
    while not over.is_set():
        with _started(home) as process:
            lived = _lives(process, over)
            _end(process)
        if over.is_set():
            return
        delay = _FIRST_DELAY if lived else min(delay * 2, _LONGEST_DELAY)
        say(f"The worker ended with code {process.returncode}; starting another.")
        over.wait(delay)


def _started(home: Path) -> subprocess.Popen[bytes]:
    """Start a worker; in a session of its own, a Ctrl-C reaches it through this process only."""
    words = ["-m", "wald", "worker", "--with-parent", "--home", str(home)]
    return subprocess.Popen(  # noqa: S603  # our own words
        [sys.executable, *words], stdin=subprocess.PIPE, start_new_session=True
    )


def _lives(process: subprocess.Popen[bytes], over: threading.Event) -> bool:
    """Wait until the worker ends or has to; return whether it lived for a while."""
    seconds = 0.0
    while process.poll() is None and not over.wait(0.2):
        seconds += 0.2
    return seconds >= _LIVED


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE)
        return
    process.kill()
