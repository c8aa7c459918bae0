"""Let several processes work on pieces of a list: for what Python computes person by person.

A worker is started anew, so it shares no lock, no connection and no thread with this process. It
takes pieces from its end of a pipe; when this process dies the pipe ends, and the worker with it.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def in_processes(
    function: Callable[[Piece], Result], pieces: Sequence[Piece], *, processes: int
) -> Iterator[Result]:
    """Yield the result of each piece, as they end. `function` is one of a module.

    With one process, or one piece, everything is done here. What a worker raises is raised here.
    """
    if processes <= 1 or len(pieces) <= 1:
        yield from map(function, pieces)
        return
    context = multiprocessing.get_context("spawn")
    waiting = deque(pieces)
    workers: dict[Connection, SpawnProcess] = {}
    try:
        for _ in range(min(processes, len(pieces))):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_work, args=(function, theirs), daemon=True)
            worker.start()
            theirs.close()
            workers[ours] = worker
            ours.send(waiting.popleft())
        yield from _results(workers, waiting)
    finally:
        for pipe, worker in workers.items():
            pipe.close()
            worker.terminate()
            worker.join()


def _results(
    workers: dict[Connection, SpawnProcess], waiting: "deque[Piece]"
) -> Iterator[Result]:
    busy = list(workers)
    while busy:
        for pipe in wait(busy):
            if not isinstance(pipe, Connection):
                continue
            try:
                found, error = pipe.recv()
            except EOFError:
                raise RuntimeError("a process that computes pay has died") from None
            if waiting and error is None:
                pipe.send(waiting.popleft())
            else:
                busy.remove(pipe)
            if error is not None:
                raise error
            yield found


def _work(function: Callable[[Piece], Result], pipe: Connection) -> None:
    while True:
        try:
            piece: Piece = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send((function(piece), None))
        except Exception as error:  # noqa: BLE001  # it is raised where the piece came from
            pipe.send((None, error))
