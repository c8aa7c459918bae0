"""Let several processes work on pieces of a list: for what Python computes person by person.

A worker is a Python started anew, so it shares no lock, no connection and no thread with this
process, and runs nothing of the program that was started here. It reads pieces from its input and
writes what came of them; when this process dies its input ends, and the worker with it.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import IO, TypeVar

Name = TypeVar("Name")
Piece = TypeVar("Piece")
Result = TypeVar("Result")
_WORKER = "from wald.engine.processes import work; work()"


def in_processes(
    function: Callable[[Piece], Result], pieces: Sequence[Piece], *, processes: int
) -> Iterator[Result]:
    """Yield the result of each piece, as they end. `function` is one of a module.

    With one process, or one piece, everything is done here. What a worker raises is raised here.
    """
    return made_in_processes(function, pieces, _itself, processes=processes)


def made_in_processes(
    function: Callable[[Piece], Result],
    pieces: Sequence[Name],
    make: Callable[[Name], Piece],
    *,
    processes: int,
) -> Iterator[Result]:
    """Do the same with pieces that are made here, in several threads, when a worker is free: so
    no more of them are in memory than are worked on."""
    if processes <= 1 or len(pieces) <= 1:
        for name in pieces:
            yield function(make(name))
        return
    waiting = deque(pieces)
    results: SimpleQueue[tuple[Result | None, Exception | None]] = SimpleQueue()
    workers = [_started() for _ in range(min(processes, len(pieces)))]
    threads = [
        Thread(target=_hand_out, args=(one, function, waiting, make, results), daemon=True)
        for one in workers
    ]
    try:
        for thread in threads:
            thread.start()
        for _ in pieces:
            found, error = results.get()
            if error is not None:
                raise error
            yield found  # type: ignore[misc]  # without an error there is a result
    finally:
        waiting.clear()
        for worker in workers:
            worker.kill()
        for worker, thread in zip(workers, threads, strict=True):
            worker.communicate()
            thread.join()


def work() -> None:
    """Take pieces from the input until it ends. The output is for results alone."""
    given, taken = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Values refer to one another without rings: they go as the last one lets go of them, and to
    # look for rings among millions again and again takes a seventh of the time.
    gc.disable()
    while True:
        gc.collect()
        try:
            function, piece = pickle.load(given)  # noqa: S301  # of the process that started us
        except EOFError:
            return
        pickle.dump(_done(function, piece), taken, pickle.HIGHEST_PROTOCOL)
        taken.flush()
        del piece
        if not gc.get_freeze_count():  # modules are all there now: no ring of theirs ever goes
            gc.collect()
            gc.freeze()


def _done(
    function: Callable[[object], object], piece: object
) -> tuple[object | None, Exception | None]:
    try:
        return function(piece), None
    except Exception as error:  # noqa: BLE001  # it is raised where the piece came from
        return None, error


def _started() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", _WORKER]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe)  # noqa: S603  # ourselves


def _itself(piece: Piece) -> Piece:
    return piece


def _hand_out(
    worker: "subprocess.Popen[bytes]",
    function: Callable[[Piece], Result],
    waiting: "deque[Name]",
    make: Callable[[Name], Piece],
    results: "SimpleQueue[tuple[Result | None, Exception | None]]",
) -> None:
    """Give one worker piece after piece; whatever fails is a result too."""
    while waiting:
        try:
            name = waiting.popleft()
        except IndexError:  # another thread was quicker
            return
        try:
            piece = make(name)
        except Exception as error:  # noqa: BLE001  # it is raised by who waits for the result
            results.put((None, error))
            return
        try:
            results.put(_exchanged(worker.stdin, worker.stdout, (function, piece)))
        except Exception as error:  # noqa: BLE001  # it is raised by who waits for the result
            failure = RuntimeError("a process that computes pay has died")
            failure.__cause__ = error
            results.put((None, failure))
            return


def _exchanged(
    given: IO[bytes] | None, taken: IO[bytes] | None, piece: tuple[object, object]
) -> "tuple[Result | None, Exception | None]":
    if given is None or taken is None:
        raise OSError("the worker has no pipes")
    pickle.dump(piece, given, pickle.HIGHEST_PROTOCOL)
    given.flush()
    found: tuple[Result | None, Exception | None] = pickle.load(taken)  # noqa: S301  # of a worker of ours
    return found
