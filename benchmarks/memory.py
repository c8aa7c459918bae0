"""How much memory a process and those it started take together, truly: shared pages count once."""

import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

_EVERY = 0.25  # seconds between two looks


class Watched:
    """While it is open, `peak` is the highest sum of the proportional set sizes of this process
    and all below it, in GB, as it was seen several times a second."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._is_over = Event()
        self._looking = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watched":
        self._looking.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._is_over.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_size, _family(os.getpid()))))


def _family(process: int) -> list[int]:
    """Return a process and all that it, or one of its threads, has started."""
    found = [process]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, children.read_text().split())
    return found


def _size(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024**2
    return 0.0  # it has ended meanwhile
