"""A process that loads when told to, each time in a child of its own that it may kill.

Usage: python -m tests.loader HOME. Each line on standard input gives the time of the load, the
seconds after which its child is killed (or "never") and the folder; the answer is how many
seconds the child lived.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from time import perf_counter, sleep

from wald.actions import ingest
from wald.actions.workspace import open_workspace
from wald.facts.load_report import LoadOptions
from wald.kernel.actor import everything


def main() -> None:
    home = Path(sys.argv[1])
    for line in sys.stdin:
        at, kill_after, folder = line.strip().split(" ", 2)
        started = perf_counter()
        child = os.fork()
        if child == 0:
            load(home, datetime.fromisoformat(at), Path(folder))
            os._exit(0)
        if kill_after != "never":
            sleep(float(kill_after))
            os.kill(child, signal.SIGKILL)  # no harm if it ended: nobody has waited for it yet
        os.waitpid(child, 0)
        sys.stdout.write(f"{perf_counter() - started}\n")
        sys.stdout.flush()


def load(home: Path, at: datetime, folder: Path) -> None:
    ingest.load(
        actor=everything("ana"),
        workspace=open_workspace(home),
        folder=folder,
        options=LoadOptions(),
        at=at,
    )


if __name__ == "__main__":
    main()
