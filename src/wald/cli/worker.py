"""Work in the background, in this process, until it is told to end."""

import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from wald.cli.door import moment, opened
from wald.cli.options import DEFAULT_HOME, Home
from wald.cli.output import say

WORKER_EXAMPLES = """\b
Examples:
  wald worker                     until Ctrl-C or SIGTERM
  wald worker --until-idle        do what waits, then end; for cron
  wald work list                  what waits, runs, and what became of it

\b
`wald serve` starts one by itself. Any number may run; they share the work safely.
Ending, a worker lets the step it is at end or breaks it off where that is safe; killed, its
job is taken over by another one within a minute.
"""


def worker(
    until_idle: Annotated[
        bool, typer.Option("--until-idle", help="End when nothing waits any more.")
    ] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End with standard input.")
    ] = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Do what waits in the background: loads, digests, deliveries, reviews."""
    workspace = opened(home)
    from wald.actions.work.worker import work

    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ends(ending))
    if with_parent:
        threading.Thread(target=_watch, args=(ending,), daemon=True).start()
    else:
        say("Working in the background until you press Ctrl-C.")
    taken = work(
        workspace=workspace,
        worker=f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}",
        clock=moment,
        ending=ending,
        until_idle=until_idle,
    )
    say(f"The worker has ended; it took {taken} {'job' if taken == 1 else 'jobs'}.")


def _ends(ending: threading.Event) -> Callable[[int, FrameType | None], None]:
    def end(number: int, frame: FrameType | None) -> None:
        if ending.is_set():
            raise KeyboardInterrupt  # asked twice: at once
        ending.set()

    return end


def _watch(ending: threading.Event) -> None:
    """End when whoever started this worker is gone, however it went."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ending.set()
